//! Several realms behind one listener. A page's realm is that of the request's `Host`; a back end's is
//! that of its API key. Which realms there are is told, never looked up.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, PoisonError, RwLock};
use std::task::{Context, Poll};

use axum::Router;
use axum::extract::Request;
use axum::response::Response;
use countersign::Countersign;
use countersign::realm::RealmId;
use tower::Service;

use crate::alone;
use crate::site::{PublicUrl, Site};
use crate::state::Front;
use crate::visit::authority;

/// The engines by realm.
pub(crate) struct Engines(RwLock<Arc<HashMap<RealmId, Countersign>>>);

impl Engines {
    /// One realm.
    pub(crate) fn of(mfa: &Countersign) -> Self {
        Self(RwLock::new(Arc::new(by_realm([mfa]))))
    }

    /// The engine of a realm.
    pub(crate) fn find(&self, realm: &RealmId) -> Option<Countersign> {
        let engines = self.0.read().unwrap_or_else(PoisonError::into_inner);
        engines.get(realm).cloned()
    }

    fn replace<'a>(&self, all: impl IntoIterator<Item = &'a Countersign>) {
        let engines = Arc::new(by_realm(all));
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = engines;
    }
}

fn by_realm<'a>(
    engines: impl IntoIterator<Item = &'a Countersign>,
) -> HashMap<RealmId, Countersign> {
    let named = |mfa: &Countersign| (mfa.realm().id.clone(), mfa.clone());
    engines.into_iter().map(named).collect()
}

/// The realms of a process: the first, and others that come and change while it serves. Cheap to
/// clone.
#[derive(Clone)]
pub struct Realms {
    first: Front,
    whole: Router,
    hosts: Arc<RwLock<Arc<HashMap<String, Router>>>>,
}

impl Realms {
    /// The first realm, which also answers where a host is nobody's.
    pub fn new(mfa: Countersign, site: Site) -> Self {
        let first = Front::new(mfa, site);
        Self {
            whole: alone(first.clone()),
            hosts: Arc::default(),
            first,
        }
    }

    /// Takes these as all the others, from the next request on: each with the URL of its pages, if it
    /// has any. A host that an earlier one has, or the first, stays theirs.
    pub fn replace(&self, others: Vec<(Countersign, Option<PublicUrl>)>) {
        let engines = others.iter().map(|(mfa, _)| mfa);
        self.first
            .engines()
            .replace(engines.chain([&self.first.mfa]));
        let mut hosts = HashMap::new();
        for (mfa, url) in others {
            let Some(url) = url.filter(|url| !self.holds_host(url)) else {
                continue;
            };
            hosts
                .entry(url.host().to_owned())
                .or_insert_with(|| alone(self.first.beside(mfa, url)));
        }
        *self.hosts.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(hosts);
    }

    /// Whether the first realm has the host of this URL, so that no other's pages are there.
    pub fn holds_host(&self, url: &PublicUrl) -> bool {
        self.first.site().public_url.shares_host(url)
    }

    /// All routes of all realms. As [`crate::router`], it has to be served at the root of its hosts.
    pub fn router(&self) -> Router {
        Router::new().fallback_service(ByHost(self.clone()))
    }

    fn of(&self, request: &Request) -> Router {
        let host = authority(request).and_then(|authority| PublicUrl::host_of(&authority));
        let hosts = self.hosts.read().unwrap_or_else(PoisonError::into_inner);
        let found = host.and_then(|host| hosts.get(&host).cloned());
        found.unwrap_or_else(|| self.whole.clone())
    }
}

#[derive(Clone)]
struct ByHost(Realms);

impl Service<Request> for ByHost {
    type Response = Response;
    type Error = Infallible;
    type Future = <Router as Service<Request>>::Future;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request) -> Self::Future {
        self.0.of(&request).call(request)
    }
}
