//! The cookies: how they are named, read, set and taken back. None is readable by a script.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponseParts, ResponseParts};
use zeroize::Zeroizing;

use countersign::session::Token;

/// 400 days: as long as browsers keep any cookie.
const KNOWN_SECONDS: u32 = 400 * 86_400;
/// How long a sign-in that began at a protected host may take.
const START_SECONDS: u32 = 3600;
/// The length of what a browser keeps there: 256 bits in base64url.
const START: usize = 43;
/// Longer than any value of ours.
const LONGEST: usize = 128;

/// A cookie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    /// Opens the session.
    Session,
    /// Opens the second step, nothing else.
    Pending,
    /// Tells a browser that this user has signed in with before.
    Known,
    /// Binds the forms shown before there is a session.
    Form,
    /// Opens the session at a protected host; set there.
    App,
    /// Tells which browser began to sign in at a protected host; set there.
    Start,
}

impl Name {
    fn stem(self) -> &'static str {
        match self {
            Self::Session => "countersign-session",
            Self::Pending => "countersign-login",
            Self::Known => "countersign-known",
            Self::Form => "countersign-form",
            Self::App => "countersign-app",
            Self::Start => "countersign-start",
        }
    }

    /// With the prefix that makes a browser refuse it from any other host, path or scheme.
    fn full(self, secure: bool) -> String {
        let prefix = if secure { "__Host-" } else { "" };
        format!("{prefix}{}", self.stem())
    }
}

/// What a request brought along.
#[derive(Clone, Default)]
pub(crate) struct Cookies {
    session: Option<Zeroizing<String>>,
    pending: Option<Zeroizing<String>>,
    known: Option<Zeroizing<String>>,
    form: Option<Zeroizing<String>>,
    app: Option<Zeroizing<String>>,
    start: Option<Zeroizing<String>>,
}

impl Cookies {
    /// Reads ours. One that occurs twice counts as absent: somebody has planted the other.
    pub(crate) fn read(headers: &HeaderMap, secure: bool) -> Self {
        let one = |name: Name| {
            let full = name.full(secure);
            let mut found = headers
                .get_all(COOKIE)
                .iter()
                .filter_map(|line| line.to_str().ok())
                .flat_map(|line| line.split(';'))
                .filter_map(|pair| pair.trim().split_once('='))
                .filter(|(key, value)| *key == full && !value.is_empty() && value.len() <= LONGEST)
                .map(|(_, value)| Zeroizing::new(value.to_owned()));
            let first = found.next();
            first.filter(|_| found.next().is_none())
        };
        Self {
            session: one(Name::Session),
            pending: one(Name::Pending),
            known: one(Name::Known),
            form: one(Name::Form),
            app: one(Name::App),
            start: one(Name::Start),
        }
    }

    /// The session's token.
    pub(crate) fn session(&self) -> Option<Token> {
        self.session.as_ref().and_then(|text| Token::parse(text))
    }

    /// The pending login's token.
    pub(crate) fn pending(&self) -> Option<Token> {
        self.pending.as_ref().and_then(|text| Token::parse(text))
    }

    /// The known browser's token.
    pub(crate) fn known(&self) -> Option<Token> {
        self.known.as_ref().and_then(|text| Token::parse(text))
    }

    /// The token of the session at a protected host.
    pub(crate) fn app(&self) -> Option<Token> {
        self.app.as_ref().and_then(|text| Token::parse(text))
    }

    /// What this browser keeps at a protected host since it began to sign in.
    pub(crate) fn start(&self) -> Option<&str> {
        let kept = self.start.as_ref().map(|text| text.as_str());
        kept.filter(|text| text.len() >= START)
    }

    /// What the forms of this browser are bound to: the strongest it has.
    pub(crate) fn binding(&self) -> Option<&str> {
        [&self.session, &self.pending, &self.form]
            .into_iter()
            .find_map(|text| text.as_ref().map(|text| text.as_str()))
    }
}

/// Cookies to set with an answer.
pub(crate) struct Jar {
    secure: bool,
    lines: Vec<HeaderValue>,
}

impl Jar {
    /// None yet.
    pub(crate) fn new(secure: bool) -> Self {
        Self {
            secure,
            lines: Vec::new(),
        }
    }

    /// Sets one, until the browser closes; the known-browser one for 400 days.
    #[must_use]
    pub(crate) fn keep(self, name: Name, value: &str) -> Self {
        let age = match name {
            Name::Known => format!("; Max-Age={KNOWN_SECONDS}"),
            Name::Start => format!("; Max-Age={START_SECONDS}"),
            Name::Session | Name::Pending | Name::Form | Name::App => String::new(),
        };
        self.line(name, value, &age)
    }

    /// Takes one back.
    #[must_use]
    pub(crate) fn forget(self, name: Name) -> Self {
        self.line(name, "", "; Max-Age=0")
    }

    fn line(mut self, name: Name, value: &str, age: &str) -> Self {
        let secure = if self.secure { "; Secure" } else { "" };
        let full = name.full(self.secure);
        let line = Zeroizing::new(format!(
            "{full}={value}; Path=/; HttpOnly{secure}; SameSite=Lax{age}"
        ));
        // A token is base64url, so the text is always a header value.
        if let Ok(mut header) = HeaderValue::from_str(&line) {
            header.set_sensitive(true);
            self.lines.push(header);
        }
        self
    }
}

impl IntoResponseParts for Jar {
    type Error = std::convert::Infallible;

    fn into_response_parts(self, mut parts: ResponseParts) -> Result<ResponseParts, Self::Error> {
        for line in self.lines {
            parts.headers_mut().append(SET_COOKIE, line);
        }
        Ok(parts)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(lines: &[&'static str], secure: bool) -> Cookies {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(COOKIE, HeaderValue::from_static(line));
        }
        Cookies::read(&headers, secure)
    }

    #[test]
    fn forms_bind_to_the_strongest_cookie() {
        let all = "countersign-form=f; countersign-login=p; countersign-session=s";
        assert_eq!(read(&[all], false).binding(), Some("s"));
        assert_eq!(
            read(&["countersign-form=f; countersign-login=p"], false).binding(),
            Some("p")
        );
        assert_eq!(read(&["countersign-form=f"], false).binding(), Some("f"));
        assert_eq!(read(&["other=f"], false).binding(), None);
    }

    #[test]
    fn a_cookie_without_the_prefix_is_nothing_under_https() {
        assert_eq!(read(&["countersign-session=s"], true).binding(), None);
        assert_eq!(
            read(&["__Host-countersign-session=s"], true).binding(),
            Some("s")
        );
    }

    #[test]
    fn a_cookie_that_occurs_twice_is_nothing() {
        let twice = "countersign-session=a; countersign-session=b";
        assert_eq!(read(&[twice], false).binding(), None);
        let lines = ["countersign-session=a", "countersign-session=b"];
        assert_eq!(read(&lines, false).binding(), None);
    }
}
