//! Where the pages live and whom they trust; reads no configuration and no environment.

use std::time::Duration;

use axum::http::Uri;
use axum::http::uri::Authority;
use ipnet::IpNet;

use crate::protected::ProtectedHost;

/// What the front channel has to know about its place in the network.
#[derive(Clone, Debug)]
pub struct Site {
    /// The origin that browsers see.
    pub public_url: PublicUrl,
    /// Peers whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// State-changing requests a minute from one client address (one /64 for IPv6); 0 is no limit.
    pub address_limit: u32,
    /// How somebody locked out reaches the operator, as plain text.
    pub contact: Option<String>,
    /// Hosts whose proxies ask here before they answer.
    pub protected_hosts: Vec<ProtectedHost>,
    /// How long a request may take. A verification that has begun goes on behind it.
    pub deadline: Duration,
}

impl Site {
    /// A site at `public_url` with the defaults: no trusted proxy, 120 submissions a minute, 30 s.
    pub fn new(public_url: PublicUrl) -> Self {
        Self {
            public_url,
            trusted_proxies: Vec::new(),
            address_limit: 120,
            contact: None,
            protected_hosts: Vec::new(),
            deadline: Duration::from_secs(30),
        }
    }
}

/// An origin: `https` with any host, or `http` with a loopback host.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    secure: bool,
    host: String,
    port: u16,
}

/// Why a text is no public URL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PublicUrlError {
    /// No absolute URL.
    Malformed,
    /// Neither `http` nor `https`.
    Scheme,
    /// `http` on a host that is not a loopback one: cookies and codes would travel in the clear.
    Insecure,
    /// It has a user, a path, a query or a fragment.
    NotAnOrigin,
}

impl std::fmt::Display for PublicUrlError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(match self {
            Self::Malformed => "the public URL is not like https://login.example.com",
            Self::Scheme => "the public URL begins with neither https:// nor http://",
            Self::Insecure => "a public URL with http:// needs localhost, 127.0.0.1 or [::1]",
            Self::NotAnOrigin => "the public URL has more than scheme, host and port",
        })
    }
}

impl std::error::Error for PublicUrlError {}

/// Under which name a request came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Served {
    /// The public one.
    Public,
    /// Another name of the same loopback interface.
    Loopback,
    /// Somebody else's.
    Nowhere,
}

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl PublicUrl {
    /// Reads an origin, with or without the slash at its end.
    pub fn parse(text: &str) -> Result<Self, PublicUrlError> {
        let uri: Uri = text.parse().map_err(|_| PublicUrlError::Malformed)?;
        let secure = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            Some(_) => return Err(PublicUrlError::Scheme),
            None => return Err(PublicUrlError::Malformed),
        };
        let authority = uri.authority().ok_or(PublicUrlError::Malformed)?;
        let bare = authority.as_str().find('@').is_none()
            && uri.path_and_query().is_none_or(|rest| rest.as_str() == "/")
            && !text.contains('#');
        if !bare {
            return Err(PublicUrlError::NotAnOrigin);
        }
        let (host, port) = split(authority, secure).ok_or(PublicUrlError::Malformed)?;
        if !secure && !LOOPBACK.contains(&host.as_str()) {
            return Err(PublicUrlError::Insecure);
        }
        Ok(Self { secure, host, port })
    }

    /// Whether it is `https`.
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is `http` on this machine only.
    pub fn is_loopback(&self) -> bool {
        !self.secure
    }

    /// The host, without port.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether a protected host is this site itself.
    pub fn is_at(&self, host: &ProtectedHost) -> bool {
        host.is_at(&self.host, self.port)
    }

    /// As an `Origin` header has it: no default port, no slash.
    pub fn origin(&self) -> String {
        self.origin_of(&self.host)
    }

    /// The origin of another loopback name under which a request came.
    pub(crate) fn origin_at(&self, authority: &str) -> Option<String> {
        let authority: Authority = authority.parse().ok()?;
        split(&authority, self.secure).map(|(host, _)| self.origin_of(&host))
    }

    /// Whose request one with this `Host` is.
    pub(crate) fn serves(&self, authority: &str) -> Served {
        let named = authority
            .parse::<Authority>()
            .ok()
            .filter(|authority| !authority.as_str().contains('@'))
            .and_then(|authority| split(&authority, self.secure));
        match named {
            Some((host, port)) if port == self.port && host == self.host => Served::Public,
            Some((host, port))
                if port == self.port && self.is_loopback() && LOOPBACK.contains(&host.as_str()) =>
            {
                Served::Loopback
            }
            _ => Served::Nowhere,
        }
    }

    /// Whether cookies of one would reach the other: they know no ports, and a loopback URL has all
    /// names of its interface.
    pub fn shares_host(&self, other: &Self) -> bool {
        let loopback = |url: &Self| LOOPBACK.contains(&url.host.as_str());
        self.host == other.host || (loopback(self) && loopback(other))
    }

    /// The host that an authority names, in lower case.
    pub(crate) fn host_of(authority: &str) -> Option<String> {
        let authority: Authority = authority.parse().ok()?;
        split(&authority, true).map(|(host, _)| host)
    }

    fn origin_of(&self, host: &str) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        if self.port == default_port(self.secure) {
            format!("{scheme}://{host}")
        } else {
            format!("{scheme}://{host}:{}", self.port)
        }
    }
}

fn default_port(secure: bool) -> u16 {
    if secure { 443 } else { 80 }
}

/// Host in lower case and port; a port that is written and no port is none.
fn split(authority: &Authority, secure: bool) -> Option<(String, u16)> {
    let host = authority.host().to_ascii_lowercase();
    let rest = authority.as_str().rsplit('@').next()?;
    let written = rest.get(host.len()..)?;
    let port = match written.strip_prefix(':') {
        Some(_) => authority.port_u16()?,
        None if written.is_empty() => default_port(secure),
        None => return None,
    };
    (!host.is_empty()).then_some((host, port))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_read_and_written_back() {
        for (text, origin) in [
            ("https://Login.Example.com", "https://login.example.com"),
            (
                "https://login.example.com:443/",
                "https://login.example.com",
            ),
            (
                "https://login.example.com:8443",
                "https://login.example.com:8443",
            ),
            ("http://localhost:8080", "http://localhost:8080"),
            ("http://[::1]:8080", "http://[::1]:8080"),
        ] {
            assert_eq!(PublicUrl::parse(text).unwrap().origin(), origin, "{text}");
        }
    }

    #[test]
    fn what_is_no_origin_or_not_safe_is_refused() {
        for (text, why) in [
            ("login.example.com", PublicUrlError::Malformed),
            ("", PublicUrlError::Malformed),
            ("ftp://example.com", PublicUrlError::Scheme),
            ("http://example.com", PublicUrlError::Insecure),
            ("http://localhost.example.com", PublicUrlError::Insecure),
            ("http://127.0.0.1.example.com", PublicUrlError::Insecure),
            ("https://example.com/path", PublicUrlError::NotAnOrigin),
            ("https://example.com/?a", PublicUrlError::NotAnOrigin),
            ("https://a@example.com", PublicUrlError::NotAnOrigin),
        ] {
            assert_eq!(PublicUrl::parse(text), Err(why), "{text}");
        }
    }

    #[test]
    fn hosts_are_shared_whatever_the_port() {
        let shared = |one: &str, other: &str| {
            let other = PublicUrl::parse(other).unwrap();
            PublicUrl::parse(one).unwrap().shares_host(&other)
        };
        assert!(shared("https://a.example", "https://A.example:8443"));
        assert!(shared("http://localhost:8080", "http://127.0.0.1:9090"));
        assert!(!shared("https://a.example", "https://b.a.example"));
        assert!(!shared("http://localhost:8080", "https://a.example"));
    }

    #[test]
    fn only_the_own_names_are_served() {
        let public = PublicUrl::parse("https://login.example.com").unwrap();
        for host in ["login.example.com", "LOGIN.example.com:443"] {
            assert_eq!(public.serves(host), Served::Public, "{host}");
        }
        for host in [
            "example.com",
            "login.example.com:8443",
            "login.example.com:",
            "login.example.com.",
            "a@login.example.com",
            "127.0.0.1",
            "",
            " ",
        ] {
            assert_eq!(public.serves(host), Served::Nowhere, "{host}");
        }
        let local = PublicUrl::parse("http://localhost:8080").unwrap();
        assert_eq!(local.serves("localhost:8080"), Served::Public);
        assert_eq!(local.serves("127.0.0.1:8080"), Served::Loopback);
        assert_eq!(local.serves("[::1]:8080"), Served::Loopback);
        assert_eq!(local.serves("127.0.0.1:8081"), Served::Nowhere);
        assert_eq!(local.serves("rebound.example.com:8080"), Served::Nowhere);
    }
}
