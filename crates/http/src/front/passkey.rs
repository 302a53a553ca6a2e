//! Passkeys: the options of each ceremony and its answer. Browsers speak JSON here, as Level 3 of
//! WebAuthn has it; a page only holds the button.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

use countersign::webauthn::{AuthenticationResponse, RegistrationResponse};

use super::login;
use crate::cookies::Name;
use crate::extract::{Ceremony, Nothing, Signed};
use crate::pages::PasskeyStart;
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::reply;
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;

pub(super) fn routes(table: Table) -> Table {
    table
        .post("/login/passkey/options", sign_in_options)
        .post("/login/passkey", sign_in)
        .post("/login/mfa/options", second_step_options)
        .post("/reauthenticate/options", step_up_options)
        .get("/mfa/passkeys/new", page)
        .post("/mfa/passkeys/options", enroll_options)
        .post("/mfa/passkeys", enroll)
        .get("/.well-known/webauthn", related_origins)
        .get("/.well-known/passkey-endpoints", endpoints)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asserted {
    credential: AuthenticationResponse,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Registered {
    credential: RegistrationResponse,
    label: Option<String>,
}

#[derive(Serialize)]
struct Answer<'a> {
    status: &'static str,
    authenticator_id: String,
    label: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_codes: Option<Vec<&'a str>>,
    /// For the forms of the page that asked: it stays, and the session has a new token.
    form_token: String,
}

/// For whoever answers: it names nobody, and asking writes nothing.
async fn sign_in_options(
    State(front): State<Front>,
    visit: Visit,
    Ceremony(Nothing {}): Ceremony<Nothing>,
) -> Result<Response, Failure> {
    let options = front.mfa.sign_in_options()?;
    Ok(reply::json(StatusCode::OK, visit.jar(), &options))
}

async fn sign_in(
    State(front): State<Front>,
    visit: Visit,
    Ceremony(fields): Ceremony<Asserted>,
) -> Result<Response, Failure> {
    let step = front
        .mfa
        .sign_in_by_passkey(fields.credential, visit.client());
    let signed_in = step.await?.settle()?;
    login::enter(&front, &visit, &signed_in, None).await
}

async fn second_step_options(
    State(front): State<Front>,
    visit: Visit,
    Ceremony(Nothing {}): Ceremony<Nothing>,
) -> Result<Response, Failure> {
    let pending = visit.cookies.pending();
    let pending = pending.ok_or(Problem::PasswordStepRequired)?;
    let options = front.mfa.second_step_options(&pending).await?.settle()?;
    Ok(reply::json(StatusCode::OK, visit.jar(), &options))
}

async fn step_up_options(
    State(front): State<Front>,
    signed: Signed,
    Ceremony(Nothing {}): Ceremony<Nothing>,
) -> Result<Response, Failure> {
    let options = front.mfa.step_up_options(&signed.session).await?.settle()?;
    Ok(reply::json(StatusCode::OK, signed.jar(), &options))
}

async fn page(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    signed.visit.browser("")?;
    signed.fresh(&front, Place::Passkey)?;
    let page = PasskeyStart {
        chrome: signed.chrome(&front),
        account: signed.session.user_name().to_owned(),
        first: signed.session.holdings().demanding() == 0,
    };
    Ok(reply::page(StatusCode::OK, signed.jar(), &page))
}

async fn enroll_options(
    State(front): State<Front>,
    signed: Signed,
    Ceremony(Nothing {}): Ceremony<Nothing>,
) -> Result<Response, Failure> {
    let options = front.mfa.enroll_passkey_options(&signed.session);
    let options = options.await?.settle();
    let options = options.map_err(|failure| failure.at(Place::Passkey))?;
    Ok(reply::json(StatusCode::OK, signed.jar(), &options))
}

async fn enroll(
    State(front): State<Front>,
    signed: Signed,
    Ceremony(fields): Ceremony<Registered>,
) -> Result<Response, Failure> {
    let label = fields.label.as_deref().map(str::trim);
    let label = label.filter(|label| !label.is_empty());
    let client = signed.visit.client();
    let enrolling = front
        .mfa
        .enroll_passkey(&signed.session, fields.credential, label, client);
    let enrolled = enrolling.await?.settle();
    let enrolled = enrolled.map_err(|failure| failure.at(Place::Passkey))?;
    let token = enrolled.session.reveal();
    let codes = enrolled.backup_codes.as_ref();
    let answer = Answer {
        status: "passkey enrolled",
        authenticator_id: enrolled.authenticator.to_string(),
        label: &enrolled.label,
        backup_codes: codes.map(|codes| codes.reveal().collect()),
        form_token: front.mfa.form_token(&token),
    };
    let jar = signed.jar().keep(Name::Session, &token);
    Ok(reply::json(StatusCode::CREATED, jar, &answer))
}

/// WebAuthn Level 3 §5.11: the origins that may use these passkeys.
async fn related_origins(State(front): State<Front>) -> Response {
    public_json(&json!({ "origins": front.mfa.passkey_origins() }))
}

/// W3C, A Well-Known URL for Relying Party Passkey Endpoints.
async fn endpoints(State(front): State<Front>) -> Response {
    let origin = &front.mfa.realm().audience;
    public_json(&json!({
        "enroll": format!("{origin}/mfa/passkeys/new"),
        "manage": format!("{origin}/mfa"),
    }))
}

fn public_json(answer: &serde_json::Value) -> Response {
    let kind = [(header::CONTENT_TYPE, "application/json")];
    (kind, answer.to_string()).into_response()
}
