//! What proxies ask: a portal, two proxies' endpoints, and browsers that have cookies at each host.

mod ask;
mod assertion;
mod journey;
mod minimum;
mod theft;

use std::time::Duration;

use axum::http::Method;
use countersign::requirement::{Minimum, Requirement};
use countersign_http::{ProtectedHost, PublicUrl, Site};

use crate::support::{Answer, Client, Phone, World};

pub const APP: &str = "https://app.example.com";

/// Every header that tells who it is.
pub const IDENTITY: [&str; 8] = [
    "remote-user",
    "remote-groups",
    "remote-name",
    "remote-email",
    "remote-amr",
    "remote-acr",
    "remote-auth-time",
    "remote-assertion",
];

fn host(name: &str, minimum: Minimum, minutes: Option<u64>) -> ProtectedHost {
    let requirement = Requirement {
        minimum,
        max_age: minutes.map(Duration::from_mins),
    };
    ProtectedHost::new(name, requirement).unwrap()
}

/// `app` takes two factors, `wiki` one, `vault` a passkey, `bank` a proof of the last ten minutes.
pub fn world() -> World {
    limited(0)
}

/// The same with a limit by address.
pub fn limited(address_limit: u32) -> World {
    let mut site = Site::new(PublicUrl::parse("https://login.example.com").unwrap());
    site.address_limit = address_limit;
    site.trusted_proxies = vec!["10.0.0.0/8".parse().unwrap()];
    site.protected_hosts = vec![
        host("app.example.com", Minimum::Aal2, None),
        host("wiki.example.com", Minimum::Aal1, None),
        host("vault.example.com", Minimum::PhishingResistant, None),
        host("bank.example.com", Minimum::Aal2, Some(10)),
        host("app.localhost:8081", Minimum::Aal1, None),
    ];
    World::with(site)
}

/// Which endpoint a proxy asks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proxy {
    Forward,
    Nginx,
}

impl Proxy {
    pub const BOTH: [Self; 2] = [Self::Forward, Self::Nginx];

    /// Asks, from a trusted address, for whoever has these cookies.
    pub async fn ask(self, client: &Client, method: &str, page: &str, html: bool) -> Answer {
        let (scheme, rest) = page.split_once("://").unwrap();
        let at = rest.find('/').unwrap_or(rest.len());
        let (host, uri) = rest.split_at(at);
        let uri = if uri.is_empty() { "/" } else { uri };
        let request = match self {
            Self::Forward => client
                .request(Method::GET, "/api/authz/forward-auth")
                .header("x-forwarded-method", method)
                .header("x-forwarded-proto", scheme)
                .header("x-forwarded-host", host)
                .header("x-forwarded-uri", uri),
            Self::Nginx => client
                .request(Method::GET, "/api/authz/auth-request")
                .header("x-original-method", method)
                .header("x-original-url", page),
        };
        // Caddy leaves the name of the host that was asked for, nginx puts the portal's address.
        let request = request.host(host);
        if html { request.html() } else { request }.send().await
    }
}

/// A browser: its cookies at the portal, and those at one protected host.
pub struct Browser {
    pub portal: Client,
    pub app: Client,
    proxy: Proxy,
}

impl Browser {
    pub fn new(world: &World, proxy: Proxy) -> Self {
        Self {
            portal: world.client(),
            app: at_app(world),
            proxy,
        }
    }

    /// Goes to a page at a protected host.
    pub async fn open(&self, page: &str) -> Answer {
        self.proxy.ask(&self.app, "GET", page, true).await
    }

    /// Follows the portal, from the address that a protected host sent it to, until it leads away.
    pub async fn through_portal(&self, from: &Answer) -> Answer {
        let mut target = own(from.header("location")).to_owned();
        for _ in 0..4 {
            let answer = self.portal.page(&target).await;
            assert_eq!(answer.status, 303, "{}", answer.text());
            let next = answer.header("location").to_owned();
            if !next.starts_with('/') {
                return answer;
            }
            target = next;
        }
        panic!("the portal leads nowhere");
    }

    /// Opens a page, signed in at the portal, and comes back to it.
    pub async fn arrive(&self, page: &str) {
        let away = self.open(page).await;
        let back = self.through_portal(&away).await;
        let arrived = self.open(back.header("location")).await;
        assert_eq!(arrived.header("location"), page);
        assert_eq!(self.open(page).await.status, 200);
    }
}

/// Somebody's cookies at a protected host, as its proxy passes them on.
pub fn at_app(world: &World) -> Client {
    let mut client = world.client();
    client.peer = "10.0.0.1:4000".parse().unwrap();
    client
}

/// The portal's own part of an address at it.
pub fn own(address: &str) -> &str {
    let own = address.strip_prefix("https://login.example.com");
    own.unwrap_or_else(|| panic!("not at the portal: {address}"))
}

/// Alice in a browser, with two factors.
pub async fn alice(world: &World, proxy: Proxy) -> (Browser, Phone) {
    let (portal, phone, _) = world.enrolled("alice").await;
    let browser = Browser {
        portal,
        ..Browser::new(world, proxy)
    };
    (browser, phone)
}
