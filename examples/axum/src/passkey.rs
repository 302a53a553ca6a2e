//! Adding a passkey: options for the browser, and what it answers in a hidden field of the same form.

use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use countersign::id::AuthenticatorId;
use countersign::{Refusal, Verdict};
use serde::Deserialize;

use crate::App;
use crate::failure::Failure;
use crate::session::SignedIn;
use crate::setup::{again, done, prove_first};
use crate::view::{self, NewPasskey};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/passkeys/new", post(begin))
        .route("/passkeys", post(finish))
        .route("/passkey.js", get(script))
}

async fn begin(State(app): State<App>, SignedIn(session): SignedIn) -> Result<Response, Failure> {
    let mut passkeys = app.mfa.passkeys();
    if let Some(proof) = session.proof() {
        passkeys = passkeys.proof(proof);
    }
    let user = session.user.countersign_id()?;
    let begun = match passkeys.begin(&user, &session.user.email).await? {
        Verdict::Refused(Refusal::ProofRequired) => return Ok(prove_first()),
        verdict => verdict.into_result()?,
    };
    let options = serde_json::to_string(&begun.options).map_err(|_| Failure::Machine)?;
    let id = begun.id.to_string();
    Ok(view::page(StatusCode::OK, &NewPasskey { id, options }))
}

#[derive(Deserialize)]
struct Answered {
    id: String,
    passkey: String,
}

async fn finish(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Form(answered): Form<Answered>,
) -> Result<Response, Failure> {
    let user = session.user.countersign_id()?;
    let id = AuthenticatorId::parse(&answered.id).ok_or(Failure::Malformed)?;
    let answer = serde_json::from_str(&answered.passkey).map_err(|_| Failure::Malformed)?;
    Ok(match app.mfa.passkeys().finish(&user, id, answer).await? {
        Verdict::Accepted(enrolled) => done(&app, session, &enrolled)?,
        Verdict::Refused(_) | Verdict::Throttled { .. } => again(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The passkey was not accepted. Start over.",
        ),
    })
}

async fn script() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/javascript; charset=utf-8")];
    (kind, include_str!("../assets/passkey.js"))
}
