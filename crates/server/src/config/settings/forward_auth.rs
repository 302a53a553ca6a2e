//! The hosts whose proxies ask here: a name, and what it takes to be let through. Refuses what could
//! let nobody through.

use countersign::clock::parse_span;
use std::time::Duration;

use countersign::requirement::{Minimum, Requirement};
use countersign_http::ProtectedHost;

use super::Reader;
use crate::config::ConfigError;

const HOSTS: &str = "forward_auth.hosts";

impl Reader<'_> {
    pub(super) fn protected_hosts(&self) -> Result<Vec<ProtectedHost>, ConfigError> {
        let portal = self.public_url()?;
        let mut hosts = Vec::new();
        let text = self.text(HOSTS).to_owned();
        for item in text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
        {
            let host = host(item).ok_or_else(|| {
                self.refuse(
                    HOSTS,
                    "holds hosts, each with a minimum (aal1, aal2 or phr) and an age if they are not \
                     the usual ones: app.example.com, or app.example.com phr 15m",
                )
            })?;
            if hosts
                .iter()
                .any(|before: &ProtectedHost| before.is_same(&host))
            {
                return Err(self.refuse(HOSTS, "names a host twice"));
            }
            if portal.as_ref().is_some_and(|url| url.is_at(&host)) {
                return Err(
                    self.refuse(HOSTS, "names the portal itself: nobody could sign in there")
                );
            }
            hosts.push(host);
        }
        if !hosts.is_empty() && self.networks("trusted_proxies")?.is_empty() {
            let problem = "wants `trusted_proxies`: only those may ask about a host";
            return Err(self.refuse(HOSTS, problem));
        }
        Ok(hosts)
    }
}

/// A name, a minimum if it is not `aal2`, an age if there is one.
fn host(item: &str) -> Option<ProtectedHost> {
    let mut words = item.split_whitespace();
    let name = words.next()?;
    let mut requirement = Requirement {
        minimum: Minimum::Aal2,
        max_age: None,
    };
    let mut rest = words.peekable();
    if let Some(minimum) = rest.peek().copied().and_then(Minimum::parse) {
        requirement.minimum = minimum;
        rest.next();
    }
    if let Some(age) = rest.next() {
        let seconds = parse_span(age)?.as_secs();
        let seconds = Some(seconds).filter(|seconds| (60..=86_400).contains(seconds))?;
        requirement.max_age = Some(Duration::from_secs(seconds));
    }
    if rest.next().is_some() {
        return None;
    }
    ProtectedHost::new(name, requirement).ok()
}
