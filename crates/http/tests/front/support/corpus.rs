//! The routes with something in place of their variables, and a right body for each that changes
//! something. A route that is not in here fails the sweeps.

use axum::http::Method;
use countersign_http::{Route, routes};

const ID: &str = "0190b0a0-0000-7000-8000-000000000001";

/// A passkey's answer that has all its members, and means nothing.
const ASSERTION: &str = r#"{"credential":{"id":"AAAA","rawId":"AAAA","type":"public-key",
    "clientExtensionResults":{},"response":{"clientDataJSON":"e30","authenticatorData":"AAAA",
    "signature":"AAAA"}}}"#;
const ATTESTATION: &str = r#"{"credential":{"id":"AAAA","rawId":"AAAA","type":"public-key",
    "clientExtensionResults":{},"response":{"clientDataJSON":"e30","attestationObject":"AAAA"}}}"#;

/// Whether a page's form may be sent there; passkeys come from scripts.
pub fn takes_forms(route: &Route) -> bool {
    !(route.path.ends_with("/options") || route.path.contains("/passkey"))
}

/// A path that the route matches.
pub fn path(route: &Route) -> String {
    let token = "A".repeat(54);
    let path = route.path.replace("{id}", ID).replace("{token}", &token);
    path.replace("{name}", "app.css")
        .replace("{code}", "internal")
}

/// All routes that change something.
pub fn changing() -> Vec<Route> {
    let mut all = routes();
    all.retain(|route| route.method != Method::GET);
    assert!(all.len() > 15);
    all
}

/// The JSON body of a changing route, and the same as the fields of a form.
pub fn body(route: &Route) -> (&'static str, Vec<(&'static str, &'static str)>) {
    let empty = ("{}", vec![]);
    match (route.method.as_str(), route.path) {
        ("POST", "/login" | "/setup/{token}") => (
            r#"{"username":"alice","password":"correct horse battery staple"}"#,
            vec![
                ("username", "alice"),
                ("password", "correct horse battery staple"),
            ],
        ),
        ("POST", "/login/mfa" | "/mfa/confirm") => {
            (r#"{"code":"123456"}"#, vec![("code", "123456")])
        }
        ("POST", "/login/passkey") => (ASSERTION, vec![]),
        ("POST", "/mfa/passkeys") => (ATTESTATION, vec![]),
        ("POST", "/password") => (
            r#"{"current":"correct horse battery staple","new":"purple monkey dishwasher"}"#,
            vec![
                ("current", "correct horse battery staple"),
                ("new", "purple monkey dishwasher"),
            ],
        ),
        ("POST", "/reauthenticate") => (
            r#"{"password":"correct horse battery staple"}"#,
            vec![("password", "correct horse battery staple")],
        ),
        ("PATCH", "/mfa/authenticators/{id}") | ("POST", "/mfa/authenticators/{id}/rename") => {
            (r#"{"label":"Pixel"}"#, vec![("label", "Pixel")])
        }
        ("POST", "/mfa/backup-codes/acknowledge") => (
            r#"{"backup_code":"0000-0000-0000-0000"}"#,
            vec![("backup_code", "0000-0000-0000-0000")],
        ),
        ("POST", "/mfa/setup") => (r#"{"label":"Pixel"}"#, vec![("label", "Pixel")]),
        (
            "POST",
            "/logout"
            | "/sessions/end"
            | "/sessions/{id}/end"
            | "/mfa/authenticators/{id}/remove"
            | "/mfa/backup-codes"
            | "/mfa/notices/dismiss"
            | "/login/passkey/options"
            | "/login/mfa/options"
            | "/reauthenticate/options"
            | "/mfa/passkeys/options",
        )
        | ("DELETE", "/sessions" | "/sessions/{id}" | "/mfa/authenticators/{id}") => empty,
        (method, path) => panic!("the corpus does not know {method} {path}"),
    }
}
