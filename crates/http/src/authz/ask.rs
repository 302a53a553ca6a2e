//! What a proxy asks about: a page, a method, and who sent it. A header that is missing, occurs twice
//! or does not fit is refused; nothing is guessed.

use axum::http::HeaderMap;

use crate::cookies::Cookies;
use crate::problem::{Failure, Problem};
use crate::protected::{Elsewhere, Page};
use crate::state::Front;
use crate::visit::{Asked, Visit, names_html};

/// One question.
pub(super) struct Ask<'a> {
    /// What is wanted.
    pub(super) page: Page<'a>,
    /// Whether the method promises to change nothing.
    pub(super) reads: bool,
    /// Whether it is a browser on its way to a page.
    pub(super) html: bool,
    /// What the browser keeps at that host.
    pub(super) cookies: Cookies,
}

impl<'a> Ask<'a> {
    /// From `X-Forwarded-*`.
    pub(super) fn forwarded(
        front: &'a Front,
        visit: &Visit,
        headers: &HeaderMap,
    ) -> Result<Self, Failure> {
        trusted(visit)?;
        let proto = one(headers, "x-forwarded-proto")?;
        let host = one(headers, "x-forwarded-host")?;
        let uri = one(headers, "x-forwarded-uri")?;
        if !uri.starts_with('/') {
            return Err(Problem::MalformedForwarding.into());
        }
        let address = format!("{proto}://{host}{uri}");
        Self::about(
            front,
            headers,
            &address,
            one(headers, "x-forwarded-method")?,
        )
    }

    /// From `X-Original-*`.
    pub(super) fn original(
        front: &'a Front,
        visit: &Visit,
        headers: &HeaderMap,
    ) -> Result<Self, Failure> {
        trusted(visit)?;
        let address = one(headers, "x-original-url")?;
        Self::about(front, headers, address, one(headers, "x-original-method")?)
    }

    fn about(
        front: &'a Front,
        headers: &HeaderMap,
        address: &str,
        method: &str,
    ) -> Result<Self, Failure> {
        if method.is_empty() || !method.bytes().all(|letter| letter.is_ascii_uppercase()) {
            return Err(Problem::MalformedForwarding.into());
        }
        let page = Page::read(&front.site().protected_hosts, address).map_err(|why| match why {
            Elsewhere::Malformed => Problem::MalformedForwarding,
            Elsewhere::Unknown => Problem::HostNotProtected,
        })?;
        let script = headers
            .get("x-requested-with")
            .is_some_and(|by| by.as_bytes().eq_ignore_ascii_case(b"xmlhttprequest"));
        Ok(Self {
            cookies: Cookies::read(headers, page.secure),
            reads: matches!(method, "GET" | "HEAD" | "OPTIONS"),
            html: names_html(headers) && !script,
            page,
        })
    }
}

fn trusted(visit: &Visit) -> Result<(), Failure> {
    if visit.asked == Asked::Trusted {
        Ok(())
    } else {
        Err(Problem::ProxyNotTrusted.into())
    }
}

/// The one value of a header.
fn one<'h>(headers: &'h HeaderMap, name: &str) -> Result<&'h str, Failure> {
    let mut values = headers.get_all(name).iter();
    let value = values.next().and_then(|value| value.to_str().ok());
    let value = value.filter(|_| values.next().is_none());
    value.ok_or_else(|| Problem::MalformedForwarding.into())
}
