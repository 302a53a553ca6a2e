//! Who asks, from where and in which form: read once for each request, before anything else.

use std::net::{IpAddr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts, Request};
use axum::http::HeaderMap;
use axum::http::header::{ACCEPT, HOST, USER_AGENT};
use axum::http::request::Parts;

use countersign::Client;
use countersign::audit::Actor;
use countersign::session::Origin;

use crate::cookies::{Cookies, Jar};
use crate::problem::{Failure, Problem};
use crate::site::{Served, Site};
use crate::state::Front;
use crate::{address, authz, origin, v1};

/// The most bytes that are kept of a user agent.
const AGENT: usize = 256;

/// What a request may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Intent {
    /// Its method promises to change nothing.
    Read,
    /// It may change something, and nothing says that another site made a browser send it.
    Change,
    /// It would change something for another site.
    Foreign,
}

/// By whom a request about another host's is made. There are no pages then, and the cookies are that
/// host's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Asked {
    /// It is about none.
    Not,
    /// By a configured proxy.
    Trusted,
    /// By anybody else.
    Stranger,
}

impl Asked {
    fn of(path: &str, peer: Option<IpAddr>, site: &Site) -> Self {
        let trusted = |peer| address::is_trusted(peer, &site.trusted_proxies);
        match path.starts_with(authz::PREFIX) {
            false => Self::Not,
            true if peer.is_some_and(trusted) => Self::Trusted,
            true => Self::Stranger,
        }
    }
}

/// One request's circumstances.
#[derive(Clone)]
pub(crate) struct Visit {
    /// The id in the answer, the log and the audit trail.
    pub(crate) request_id: String,
    /// The client's address.
    pub(crate) address: Option<IpAddr>,
    /// Whether a page is wanted; a program gets JSON.
    pub(crate) html: bool,
    /// What the browser keeps for us.
    pub(crate) cookies: Cookies,
    /// Under which name the request came.
    pub(crate) served: Served,
    /// What it may do.
    pub(crate) intent: Intent,
    /// Whether it is the service API's: no cookie counts there, and there are no pages.
    pub(crate) service: bool,
    /// Whether a proxy asks for somebody else.
    pub(crate) asked: Asked,
    /// The path, for the closed set of places only.
    pub(crate) path: String,
    agent: Option<String>,
    secure: bool,
}

impl Visit {
    /// Reads it off a request.
    pub(crate) fn of(request: &Request, site: &Site, request_id: String) -> Self {
        let headers = request.headers();
        let service = request.uri().path().starts_with(v1::PREFIX);
        let secure = site.public_url.is_secure();
        let authority = authority(request);
        let served = authority
            .as_deref()
            .map_or(Served::Nowhere, |name| site.public_url.serves(name));
        let own_origin = match (&served, authority) {
            (Served::Loopback, Some(name)) => site.public_url.origin_at(&name),
            _ => None,
        };
        let own_origin = own_origin.unwrap_or_else(|| site.public_url.origin());
        let peer = request
            .extensions()
            .get::<ConnectInfo<SocketAddr>>()
            .map(|ConnectInfo(peer)| peer.ip());
        let asked = Asked::of(request.uri().path(), peer, site);
        let foreign = service || asked != Asked::Not;
        Self {
            request_id,
            address: peer.map(|peer| address::client(peer, headers, &site.trusted_proxies)),
            html: !foreign && names_html(headers),
            cookies: if foreign {
                Cookies::default()
            } else {
                Cookies::read(headers, secure)
            },
            service,
            asked,
            served,
            intent: match origin::is_safe(request.method()) {
                true => Intent::Read,
                false if origin::is_own(headers, &own_origin) => Intent::Change,
                false => Intent::Foreign,
            },
            path: request.uri().path().to_owned(),
            agent: agent(headers),
            secure,
        }
    }

    /// As the engine records it.
    pub(crate) fn origin(&self) -> Origin {
        Origin {
            actor: Actor::User,
            address: self.address,
            agent: self.agent.clone(),
            request_id: Some(self.request_id.clone()),
        }
    }

    /// As the engine counts it.
    pub(crate) fn client(&self) -> Client {
        Client {
            origin: self.origin(),
            known: self.cookies.known(),
        }
    }

    /// Cookies to answer with.
    pub(crate) fn jar(&self) -> Jar {
        Jar::new(self.secure)
    }

    /// Goes on only for browsers; a program is told which methods there are for it.
    pub(crate) fn browser(&self, allow: &'static str) -> Result<(), Failure> {
        if self.html {
            return Ok(());
        }
        Err(if allow.is_empty() {
            Problem::NotAcceptable.into()
        } else {
            Failure {
                allow: Some(Box::new(axum::http::HeaderValue::from_static(allow))),
                ..Problem::MethodNotAllowed.into()
            }
        })
    }
}

impl FromRequestParts<Front> for Visit {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Front) -> Result<Self, Failure> {
        let visit = parts.extensions.get::<Self>().cloned();
        visit.ok_or_else(|| Problem::Internal.into())
    }
}

/// HTTP/2 has the authority in the address, HTTP/1.1 in exactly one `Host`.
pub(crate) fn authority(request: &Request) -> Option<String> {
    if let Some(authority) = request.uri().authority() {
        return Some(authority.as_str().to_owned());
    }
    let mut hosts = request.headers().get_all(HOST).iter();
    let host = hosts.next()?.to_str().ok()?;
    hosts.next().is_none().then(|| host.to_owned())
}

/// Whether `Accept` names `text/html` and does not rule it out.
pub(crate) fn names_html(headers: &HeaderMap) -> bool {
    headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .any(|range| {
            let mut parts = range.split(';').map(str::trim);
            let html = parts
                .next()
                .is_some_and(|kind| kind.eq_ignore_ascii_case("text/html"));
            let refused = |part: &str| {
                part.strip_prefix("q=")
                    .and_then(|weight| weight.parse::<f32>().ok())
                    .is_some_and(|weight| weight <= 0.0)
            };
            html && !parts.any(refused)
        })
}

/// The user agent, cut to 256 bytes, control characters removed.
fn agent(headers: &HeaderMap) -> Option<String> {
    clean_agent(headers.get(USER_AGENT)?.to_str().ok()?)
}

/// The same of what somebody else has read.
pub(crate) fn clean_agent(text: &str) -> Option<String> {
    let mut clean = String::new();
    for letter in text.chars().filter(|letter| !letter.is_control()) {
        if clean.len() + letter.len_utf8() > AGENT {
            break;
        }
        clean.push(letter);
    }
    (!clean.is_empty()).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn a_page_is_for_those_who_name_it() {
        let wants = |accept: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static(accept));
            names_html(&headers)
        };
        assert!(wants(
            "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
        ));
        assert!(wants("application/json, TEXT/HTML;q=0.1"));
        for accept in ["*/*", "application/json", "text/*", "text/html;q=0", ""] {
            assert!(!wants(accept), "{accept}");
        }
        assert!(!names_html(&HeaderMap::new()));
    }
}
