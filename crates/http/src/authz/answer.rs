//! The answers to a proxy: small, each with its body here. `200` lets through and nothing else does.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use countersign::ChildSession;
use countersign::requirement::Requirement;

use crate::cookies::Jar;
use crate::envelope::Told;
use crate::problem::{Failure, Problem};
use crate::state::Front;
use crate::visit::Visit;

/// `200`, and who it is. Every header is always there, so that a proxy that copies them overwrites
/// whatever the client sent under their names.
pub(super) fn allow(session: &ChildSession, assertion: String) -> Response {
    let assurance = session.assurance();
    let name = session.user_name();
    let fields = [
        ("remote-user", name.to_owned()),
        ("remote-groups", String::new()),
        ("remote-name", name.to_owned()),
        ("remote-email", String::new()),
        ("remote-amr", assurance.amr.names().join(",")),
        ("remote-acr", assurance.acr().to_owned()),
        ("remote-auth-time", assurance.auth_time.rfc3339()),
        ("remote-assertion", assertion),
    ];
    let mut response = StatusCode::OK.into_response();
    for (field, text) in fields {
        let Ok(value) = HeaderValue::from_bytes(text.as_bytes()) else {
            return Failure::from(Problem::Internal).into_response();
        };
        let name = HeaderName::from_static(field);
        response.headers_mut().insert(name, value);
    }
    response
}

/// To `target`, without a body.
pub(super) fn redirect(status: StatusCode, jar: Jar, target: &str) -> Response {
    let Ok(target) = HeaderValue::from_str(target) else {
        return Failure::from(Problem::Internal).into_response();
    };
    told((status, jar, [(header::LOCATION, target)]).into_response())
}

/// `401` with a challenge for programs.
pub(super) fn challenge(
    front: &Front,
    visit: &Visit,
    jar: Jar,
    lacking: Option<Requirement>,
) -> Response {
    let problem = match lacking {
        Some(_) => Problem::AssuranceTooLow,
        None => Problem::SessionRequired,
    };
    let document = Failure::from(problem).document(&visit.request_id, front.mfa.policy().fresh);
    let mut response = (jar, document).into_response();
    if let Some(value) = lacking.and_then(insufficient) {
        response
            .headers_mut()
            .insert(header::WWW_AUTHENTICATE, value);
    }
    told(response)
}

/// The same with the way out, for a proxy that makes a redirection of it.
pub(super) fn challenge_to(mut challenge: Response, target: &str) -> Response {
    if let Ok(target) = HeaderValue::from_str(target) {
        challenge.headers_mut().insert(header::LOCATION, target);
    }
    challenge
}

/// RFC 9470 §3.
fn insufficient(requirement: Requirement) -> Option<HeaderValue> {
    let age = requirement
        .max_age
        .map(|most| format!(", max_age=\"{}\"", most.as_secs()));
    let text = format!(
        "Bearer error=\"insufficient_user_authentication\", acr_values=\"{}\"{}",
        requirement.minimum.as_str(),
        age.unwrap_or_default()
    );
    HeaderValue::from_str(&text).ok()
}

fn told(mut response: Response) -> Response {
    response.extensions_mut().insert(Told);
    response
}
