//! Tells a request of the own pages and of programs from one that another site made a browser send.

use axum::http::header::ORIGIN;
use axum::http::{HeaderMap, Method};

/// Whether a method promises to change nothing (RFC 9110 §9.2.1).
pub(crate) fn is_safe(method: &Method) -> bool {
    matches!(
        *method,
        Method::GET | Method::HEAD | Method::OPTIONS | Method::TRACE
    )
}

/// Whether a state-changing request may go on: what is there of `Origin` and `Sec-Fetch-Site`
/// names exactly the own origin. A program that sends neither goes on to the other checks.
pub(crate) fn is_own(headers: &HeaderMap, own: &str) -> bool {
    let all_are = |name: &str, expected: &str| {
        headers
            .get_all(name)
            .iter()
            .all(|value| value.as_bytes() == expected.as_bytes())
    };
    all_are(ORIGIN.as_str(), own) && all_are("sec-fetch-site", "same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    const OWN: &str = "https://login.example.com";

    fn judged(pairs: &[(&'static str, &'static str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        is_own(&headers, OWN)
    }

    #[test]
    fn only_the_exact_own_origin_passes() {
        assert!(judged(&[]));
        assert!(judged(&[("origin", OWN)]));
        assert!(judged(&[
            ("origin", OWN),
            ("sec-fetch-site", "same-origin")
        ]));
        for origin in [
            "null",
            "https://evil.example",
            "http://login.example.com",
            "https://login.example.com:8443",
            "https://login.example.com.evil.example",
            "https://sub.login.example.com",
            "https://login.example.com/",
            "",
        ] {
            assert!(!judged(&[("origin", origin)]), "{origin}");
            assert!(
                !judged(&[("origin", origin), ("sec-fetch-site", "same-origin")]),
                "{origin}"
            );
        }
    }

    #[test]
    fn another_site_does_not_pass() {
        for site in ["cross-site", "same-site", "none", "nonsense", ""] {
            assert!(!judged(&[("sec-fetch-site", site)]), "{site}");
            assert!(
                !judged(&[("origin", OWN), ("sec-fetch-site", site)]),
                "{site}"
            );
        }
    }

    #[test]
    fn a_second_header_cannot_outvote_the_first() {
        assert!(!judged(&[
            ("origin", OWN),
            ("origin", "https://evil.example")
        ]));
        assert!(!judged(&[
            ("origin", "https://evil.example"),
            ("origin", OWN)
        ]));
    }
}
