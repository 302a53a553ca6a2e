//! The public URL: the one origin that browsers know the server by.

use std::fmt;
use std::net::IpAddr;

use axum::http::Uri;

use crate::config::ConfigError;

/// An origin: scheme, host and port, nothing else; never `http` unless the host is this machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: &'static str,
    host: String,
    port: Option<u16>,
}

impl PublicUrl {
    /// Where a server without configuration is found.
    pub fn localhost(port: u16) -> Self {
        Self {
            scheme: "http",
            host: "localhost".to_owned(),
            port: (port != 80).then_some(port),
        }
    }

    /// From its text; the inner error is what it should look like.
    pub fn parse(text: &str) -> Result<Result<Self, &'static str>, ConfigError> {
        let Ok(uri) = text.parse::<Uri>() else {
            return Ok(Err("is not a URL"));
        };
        let (scheme, standard) = match uri.scheme_str() {
            Some("https") => ("https", 443),
            Some("http") => ("http", 80),
            _ => return Ok(Err("begins with https://, or http:// on this machine")),
        };
        let host = uri.host().unwrap_or_default().to_ascii_lowercase();
        let userinfo = uri
            .authority()
            .is_some_and(|authority| authority.as_str().contains('@'));
        if host.is_empty() || userinfo || !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Ok(Err(
                "is an origin: scheme, host and port, without path, query or user",
            ));
        }
        let url = Self {
            scheme,
            host,
            port: uri.port_u16().filter(|port| *port != standard),
        };
        if url.scheme == "http" && !url.is_loopback() {
            return Err(ConfigError::Cleartext(url.to_string()));
        }
        Ok(Ok(url))
    }

    /// Whether the host is this machine.
    pub fn is_loopback(&self) -> bool {
        let bare = self.host.trim_start_matches('[').trim_end_matches(']');
        self.host == "localhost"
            || self.host.ends_with(".localhost")
            || bare.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// Whether cookies are `Secure` and carry the `__Host-` prefix.
    pub fn is_secure(&self) -> bool {
        self.scheme == "https"
    }
}

impl fmt::Display for PublicUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}://{}", self.scheme, self.host)?;
        self.port
            .map_or(Ok(()), |port| write!(formatter, ":{port}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_taken_in_its_plain_form() {
        for (text, expected) in [
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
            ("http://127.0.0.1:80", "http://127.0.0.1"),
            ("http://[::1]:9000", "http://[::1]:9000"),
        ] {
            let url = PublicUrl::parse(text).unwrap().unwrap();
            assert_eq!(url.to_string(), expected);
        }
    }

    #[test]
    fn http_is_for_this_machine_only() {
        for text in [
            "http://example.com",
            "http://10.0.0.1:8080",
            "http://localhost.example.com",
            "http://0.0.0.0",
        ] {
            assert!(
                matches!(PublicUrl::parse(text), Err(ConfigError::Cleartext(_))),
                "{text}"
            );
        }
    }

    #[test]
    fn what_is_no_origin_is_refused() {
        for text in [
            "",
            "example.com",
            "ftp://example.com",
            "https://example.com/login",
            "https://example.com/?a",
            "https://user@example.com",
            "https://",
            "https://exämple.com",
        ] {
            assert!(PublicUrl::parse(text).unwrap().is_err(), "{text}");
        }
    }
}
