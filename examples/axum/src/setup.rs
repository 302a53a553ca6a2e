//! Setting up an authenticator app: the QR picture once, a code to confirm it, the backup codes once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use countersign::id::AuthenticatorId;
use countersign::{HostEnrolled, Refusal, Verdict};
use serde::Deserialize;

use crate::App;
use crate::failure::Failure;
use crate::session::{Session, SignedIn, set_cookie};
use crate::view::{self, Codes, Scan, Start};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/setup", get(page).post(begin))
        .route("/setup/confirm", post(confirm))
}

async fn page(_: SignedIn) -> Response {
    view::page(StatusCode::OK, &Start { problem: None })
}

/// Whoever has an authenticator proves it before another one is added: the proof of the last second
/// step, at most five minutes old, which is used up by this.
async fn begin(State(app): State<App>, SignedIn(session): SignedIn) -> Result<Response, Failure> {
    let mut totp = app.mfa.totp();
    if let Some(proof) = session.proof() {
        totp = totp.proof(proof);
    }
    let user = session.user.countersign_id()?;
    let begun = totp.begin_enrollment(&user, &session.user.email).await?;
    let setup = match begun {
        Verdict::Refused(Refusal::ProofRequired) => return Ok(prove_first()),
        verdict => verdict.into_result()?,
    };
    let qr = setup.qr_svg().map_err(|_| Failure::Machine)?;
    let page = Scan {
        id: setup.id().to_string(),
        secret: setup.secret(),
        uri: setup.uri(),
        qr: &qr,
    };
    Ok(view::page(StatusCode::OK, &page))
}

#[derive(Deserialize)]
struct Confirmation {
    id: String,
    code: String,
}

async fn confirm(
    State(app): State<App>,
    SignedIn(session): SignedIn,
    Form(typed): Form<Confirmation>,
) -> Result<Response, Failure> {
    let user = session.user.countersign_id()?;
    let id = AuthenticatorId::parse(&typed.id).ok_or(Failure::Malformed)?;
    let confirmed = app.mfa.totp().confirm(&user, id, &typed.code).await?;
    Ok(match confirmed {
        Verdict::Accepted(enrolled) => done(&app, session, &enrolled)?,
        Verdict::Refused(_) => again(
            StatusCode::UNPROCESSABLE_ENTITY,
            "The code was not accepted. Start over.",
        ),
        Verdict::Throttled { .. } => again(
            StatusCode::TOO_MANY_REQUESTS,
            "Too many attempts. Wait a few minutes.",
        ),
    })
}

/// To the second step, and back to the setup.
pub fn prove_first() -> Response {
    Redirect::to("/verify?next=/setup").into_response()
}

/// The backup codes: shown here and never again. No other session of the user's goes on.
pub fn done(app: &App, session: Session, enrolled: &HostEnrolled) -> Result<Response, Failure> {
    let name = app.sessions.only(session)?;
    let codes = enrolled.backup_codes.as_ref();
    let codes = codes.map(|codes| codes.reveal().collect());
    let page = Codes {
        label: &enrolled.label,
        codes: codes.unwrap_or_default(),
    };
    let cookie = AppendHeaders([set_cookie("session", &name, None)]);
    Ok((cookie, view::page(StatusCode::OK, &page)).into_response())
}

/// A wrong code begins anew: the old picture is not shown twice.
pub fn again(status: StatusCode, problem: &'static str) -> Response {
    let problem = Some(problem);
    view::page(status, &Start { problem })
}
