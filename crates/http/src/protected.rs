//! Hosts behind the portal: which there are, what each asks for, and the addresses at them. Nothing
//! that a request names is led to unless it is at one of these.

use std::fmt;

use axum::http::Uri;
use countersign::requirement::Requirement;

/// Longer addresses lead to their host's first page.
const LONGEST: usize = 2000;

/// The parameter of a page's address that carries a ticket, for one redirection.
const TICKET: &str = "countersign-ticket";

/// A host whose proxy asks before it answers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProtectedHost {
    host: String,
    port: Option<u16>,
    requirement: Requirement,
}

/// A text is no host's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProtectedHostError;

impl fmt::Display for ProtectedHostError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a protected host is a name and perhaps a port, like app.example.com")
    }
}

impl std::error::Error for ProtectedHostError {}

impl ProtectedHost {
    /// From its name, with a port where that is not the usual one.
    pub fn new(name: &str, requirement: Requirement) -> Result<Self, ProtectedHostError> {
        let (host, port) = authority(name).ok_or(ProtectedHostError)?;
        Ok(Self {
            host,
            port,
            requirement,
        })
    }

    /// What it asks for.
    pub fn requirement(&self) -> Requirement {
        self.requirement
    }

    /// Whether it is the host of this name and port.
    pub fn is_at(&self, host: &str, port: u16) -> bool {
        self.host == host && self.port.unwrap_or(443) == port
    }

    /// Whether the other is the same host: without a port it is the usual one of either scheme.
    pub fn is_same(&self, other: &Self) -> bool {
        let usual = |port: Option<u16>| port.is_none_or(|port| port == 443 || port == 80);
        let (one, two) = (self.port, other.port);
        self.host == other.host
            && (one == two || (one.is_none() && usual(two)) || (two.is_none() && usual(one)))
    }

    /// Whether it never leaves this machine: only then it may be `http`.
    fn is_loopback(&self) -> bool {
        self.host == "localhost" || self.host.ends_with(".localhost")
    }
}

/// A page at a protected host.
#[derive(Clone, Debug)]
pub(crate) struct Page<'a> {
    pub(crate) host: &'a ProtectedHost,
    /// Whether it is `https`.
    pub(crate) secure: bool,
    /// Scheme, host and port as a browser writes them.
    pub(crate) origin: String,
    /// Path and query, without a ticket.
    pub(crate) rest: String,
    /// The ticket that came along, unless there were several.
    pub(crate) ticket: Option<String>,
}

/// Why an address is no page at a protected host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Elsewhere {
    /// No address, or in the clear.
    Malformed,
    /// Somewhere else.
    Unknown,
}

impl<'a> Page<'a> {
    /// Reads an absolute address.
    pub(crate) fn read(hosts: &'a [ProtectedHost], text: &str) -> Result<Self, Elsewhere> {
        let uri: Uri = text.parse().map_err(|_| Elsewhere::Malformed)?;
        let secure = match uri.scheme_str() {
            Some("https" | "wss") => true,
            Some("http" | "ws") => false,
            _ => return Err(Elsewhere::Malformed),
        };
        let named = uri.authority().and_then(|named| authority(named.as_str()));
        let (name, port) = named.ok_or(Elsewhere::Malformed)?;
        let rest = uri.path_and_query().map_or("/", |rest| rest.as_str());
        if text.contains('#') || !rest.starts_with('/') || !rest.is_ascii() {
            return Err(Elsewhere::Malformed);
        }
        let usual = if secure { 443 } else { 80 };
        let port = port.unwrap_or(usual);
        let host = hosts
            .iter()
            .find(|host| host.host == name && host.port.unwrap_or(usual) == port)
            .ok_or(Elsewhere::Unknown)?;
        if !secure && !host.is_loopback() {
            return Err(Elsewhere::Malformed);
        }
        let scheme = if secure { "https" } else { "http" };
        let origin = if port == usual {
            format!("{scheme}://{name}")
        } else {
            format!("{scheme}://{name}:{port}")
        };
        let (rest, ticket) = without_ticket(rest);
        Ok(Self {
            host,
            secure,
            origin,
            rest,
            ticket,
        })
    }

    /// Its host, with a port where that is not the usual one.
    pub(crate) fn authority(&self) -> &str {
        self.origin.split_once("://").map_or("", |(_, host)| host)
    }

    /// Its address.
    pub(crate) fn address(&self) -> String {
        if self.rest.len() > LONGEST {
            return format!("{}/", self.origin);
        }
        format!("{}{}", self.origin, self.rest)
    }

    /// Its address with a ticket, which is taken off again where it leads.
    pub(crate) fn address_with(&self, ticket: &str) -> String {
        let address = self.address();
        let joint = if address.contains('?') { '&' } else { '?' };
        format!("{address}{joint}{TICKET}={ticket}")
    }
}

/// Host in lower case, and the port that is written.
fn authority(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.split_once(':') {
        Some((host, port)) => (host, Some(port.parse().ok().filter(|port| *port > 0)?)),
        None => (text, None),
    };
    let host = host.to_ascii_lowercase();
    let label = |label: &str| {
        let letter =
            |letter: u8| letter.is_ascii_alphanumeric() || letter == b'-' || letter == b'_';
        !label.is_empty() && label.len() <= 63 && label.bytes().all(letter)
    };
    (host.len() <= 253 && host.split('.').all(label)).then_some((host, port))
}

/// Path and query as they were, but for the ticket.
fn without_ticket(rest: &str) -> (String, Option<String>) {
    let Some((path, query)) = rest.split_once('?') else {
        return (rest.to_owned(), None);
    };
    let ticket = |pair: &str| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (name == TICKET).then(|| value.to_owned())
    };
    let mut tickets: Vec<String> = query.split('&').filter_map(ticket).collect();
    if tickets.is_empty() {
        return (rest.to_owned(), None);
    }
    let kept: Vec<&str> = query
        .split('&')
        .filter(|pair| ticket(pair).is_none())
        .collect();
    let rest = if kept.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", kept.join("&"))
    };
    let one = tickets.pop().filter(|_| tickets.is_empty());
    (rest, Some(one.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use countersign::requirement::Minimum;

    fn host(name: &str) -> ProtectedHost {
        let requirement = Requirement {
            minimum: Minimum::Aal2,
            max_age: None,
        };
        ProtectedHost::new(name, requirement).unwrap()
    }

    fn read(text: &str) -> Result<String, Elsewhere> {
        let hosts = [
            host("App.example.com"),
            host("wiki.example.com:8443"),
            host("app.localhost"),
        ];
        Page::read(&hosts, text).map(|page| page.address())
    }

    #[test]
    fn pages_at_protected_hosts_are_read_and_written_back() {
        for (text, address) in [
            ("https://app.example.com", "https://app.example.com/"),
            (
                "https://APP.example.com:443/a?b=c&d=%2F//x",
                "https://app.example.com/a?b=c&d=%2F//x",
            ),
            (
                "https://app.example.com//evil.example/",
                "https://app.example.com//evil.example/",
            ),
            ("wss://app.example.com/live", "https://app.example.com/live"),
            (
                "https://wiki.example.com:8443/?",
                "https://wiki.example.com:8443/?",
            ),
            ("http://app.localhost/a", "http://app.localhost/a"),
        ] {
            assert_eq!(read(text).as_deref(), Ok(address), "{text}");
        }
    }

    #[test]
    fn anything_else_is_led_nowhere() {
        for text in [
            "https://evil.example/",
            "https://app.example.com.evil.example/",
            "https://evil.example/https://app.example.com/",
            "https://xapp.example.com/",
            "https://example.com/",
            "https://app.example.com:8443/",
            "https://wiki.example.com/",
            "https://www.app.example.com/",
        ] {
            assert_eq!(read(text), Err(Elsewhere::Unknown), "{text}");
        }
        for text in [
            "",
            "/",
            "//app.example.com/",
            "app.example.com",
            "http://app.example.com/",
            "javascript://app.example.com/%0aalert(1)",
            "data:text/html,x",
            "https://app.example.com@evil.example/",
            "https://evil.example\\@app.example.com/",
            "https://a:b@app.example.com/",
            "https://app.example.com:/",
            "https://app.example.com:x/",
            "https://app.example.com./",
            "https://app.example.com/#x",
            "https://app.example.com/a b",
            "https://app.example.com/\r\nset-cookie: a=b",
            "https://app.example.com/é",
            " https://app.example.com/",
            "https:///app.example.com/",
        ] {
            assert_eq!(read(text), Err(Elsewhere::Malformed), "{text}");
        }
    }

    #[test]
    fn a_ticket_is_taken_off_and_nothing_else() {
        for (text, rest, ticket) in [
            ("/a?b", "/a?b", None),
            ("/a?countersign-ticket=t", "/a", Some("t")),
            ("/a?b=c&countersign-ticket=t", "/a?b=c", Some("t")),
            ("/?countersign-ticket=t&&b", "/?&b", Some("t")),
            ("/?countersign-ticket", "/", Some("")),
            (
                "/?countersign-ticket=t&b&countersign-ticket=u",
                "/?b",
                Some(""),
            ),
            ("/?countersign-tickets=t", "/?countersign-tickets=t", None),
        ] {
            let (left, taken) = without_ticket(text);
            assert_eq!((left.as_str(), taken.as_deref()), (rest, ticket), "{text}");
        }
    }

    #[test]
    fn names_that_are_none_protect_nothing() {
        let requirement = host("a").requirement();
        for name in [
            "",
            ".",
            "a b",
            "a/b",
            "https://a",
            "a:",
            "a:0",
            "a:65536",
            "*.a",
            "[::1]",
        ] {
            assert!(ProtectedHost::new(name, requirement).is_err(), "{name}");
        }
    }

    proptest::proptest! {
        #[test]
        fn any_text_leads_to_a_protected_host_or_nowhere(text in "(https?://)?(app.example.com)?\\PC{0,80}") {
            if let Ok(address) = read(&text) {
                let own = ["https://app.example.com/", "https://wiki.example.com:8443/", "http://app.localhost/"];
                proptest::prop_assert!(own.iter().any(|own| address.starts_with(own)), "{}", address);
            }
        }
    }
}
