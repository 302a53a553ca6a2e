//! What each route takes, what its gate told somebody, and whether that was right.

use super::visitor::Visitor;
use crate::support::Answer;

/// What a route takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    Nothing,
    /// The pending login of this browser.
    Pending,
    /// A session.
    Session,
    /// A session with a fresh proof at the strongest level the user has.
    Proof,
    /// A back end's API key, and no cookie.
    Key,
}

/// The one place that says what a route takes. A route that is not here fails the test.
pub fn need(route: &str, html: bool) -> Need {
    match route {
        route if route.contains(" /v1/") => Need::Key,
        // The page is the one where new ones are made; programs read how many are left.
        "GET /mfa/backup-codes" | "GET /mfa/passkeys/new" if html => Need::Proof,
        "GET /"
        | "GET /robots.txt"
        | "GET /.well-known/change-password"
        | "GET /.well-known/webauthn"
        | "GET /.well-known/passkey-endpoints"
        | "POST /login/passkey/options"
        | "POST /login/passkey"
        | "GET /assets/{name}"
        | "GET /problems/{code}"
        | "GET /api/docs"
        | "GET /api/openapi.json"
        | "GET /setup/{token}"
        | "POST /setup/{token}"
        | "GET /login"
        | "POST /login"
        // It leads on from whatever there is, and a proxy asks about other hosts' cookies.
        | "GET /return"
        | "GET /.well-known/jwks.json"
        | "GET /api/authz/forward-auth"
        | "GET /api/authz/auth-request"
        | "GET /lost-access" => Need::Nothing,
        "GET /login/mfa" | "POST /login/mfa" | "POST /login/mfa/options" => Need::Pending,
        "POST /logout"
        | "GET /session"
        | "GET /sessions"
        | "GET /mfa"
        | "GET /reauthenticate"
        | "POST /reauthenticate"
        | "POST /reauthenticate/options"
        | "GET /mfa/passkeys/new"
        // Its proof was asked for by its options, and is asked again where it is stored.
        | "POST /mfa/passkeys"
        | "GET /mfa/setup/done"
        | "GET /mfa/confirm"
        | "POST /mfa/confirm"
        | "GET /mfa/backup-codes"
        | "GET /mfa/backup-codes/acknowledge"
        | "POST /mfa/backup-codes/acknowledge" => Need::Session,
        // Whoever has only the password must not hide what warns of it.
        "POST /mfa/notices/dismiss"
        | "GET /password"
        | "POST /password"
        | "GET /mfa/setup"
        | "POST /mfa/setup"
        | "POST /mfa/passkeys/options"
        | "POST /mfa/backup-codes"
        | "DELETE /sessions"
        | "GET /sessions/end"
        | "POST /sessions/end"
        | "DELETE /sessions/{id}"
        | "POST /sessions/{id}/end"
        | "PATCH /mfa/authenticators/{id}"
        | "DELETE /mfa/authenticators/{id}"
        | "GET /mfa/authenticators/{id}/rename"
        | "POST /mfa/authenticators/{id}/rename"
        | "GET /mfa/authenticators/{id}/remove"
        | "POST /mfa/authenticators/{id}/remove" => Need::Proof,
        other => panic!("{other} is not in the matrix"),
    }
}

/// How somebody was turned away, if by the gate.
#[derive(Debug, PartialEq, Eq)]
pub enum Gate {
    NoSession,
    Stale,
    NoPending,
    NoKey,
    Passed(u16),
}

impl Gate {
    pub fn of(answer: &Answer) -> Self {
        let target = answer.field("location").unwrap_or("");
        match (answer.status, answer.code().as_str()) {
            (303, _) if target == "/login?done=signed-out" => Self::Passed(303),
            (401, "session_required") => Self::NoSession,
            (401, "api_key_required") => Self::NoKey,
            (401, "reauthentication_required") => Self::Stale,
            (400, "password_step_required") => Self::NoPending,
            (303, _) if target.starts_with("/login") && target != "/login/mfa" => Self::NoSession,
            (303, _) if target.starts_with("/reauthenticate") => Self::Stale,
            (400, _) if answer.text().contains("<h1>Sign in again") => Self::NoPending,
            (status, _) => Self::Passed(status),
        }
    }
}

/// Asserts what the gate told somebody.
#[track_caller]
pub fn judge(need: Need, visitor: Visitor, route: &str, html: bool, answer: &Answer) {
    let gate = Gate::of(answer);
    let outside = [Visitor::Nobody, Visitor::Pending, Visitor::Ended].contains(&visitor);
    let right = match (need, visitor) {
        (Need::Nothing, _) => answer.status < 500,
        (Need::Key, _) => gate == Gate::NoKey && answer.cookies().is_empty(),
        (Need::Pending, Visitor::Pending) => matches!(gate, Gate::Passed(_)),
        // Where only JSON is spoken a form is told so first.
        (Need::Pending, _) => matches!(gate, Gate::NoPending | Gate::Passed(405 | 415)),
        // A browser is signed out whether it was signed in or not.
        _ if outside && html && route == "POST /logout" => gate == Gate::Passed(303),
        _ if outside => gate == Gate::NoSession,
        (Need::Proof, Visitor::Behind) => {
            matches!(gate, Gate::Stale | Gate::Passed(405 | 415))
        }
        _ if visitor == Visitor::Other && route.contains("{id}") => {
            gate == Gate::Passed(404) || gate == Gate::Passed(405)
        }
        _ => matches!(gate, Gate::Passed(status) if status < 500),
    };
    assert!(
        right,
        "{visitor:?} at {route} (page: {html}): {gate:?} {answer}"
    );
}
