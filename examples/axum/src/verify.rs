//! The second step: after the password, and again before something sensitive (step-up). The same page
//! for both; the engine counts, judges and consumes what is typed there.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::{ConnectInfo, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::get;
use axum::{Form, Router};
use countersign::session::{Origin, Token};
use countersign::{Client, Proof, Refusal, Verdict, Verified};
use serde::Deserialize;

use crate::App;
use crate::failure::Failure;
use crate::session::{Session, Somebody, cookie, set_cookie};
use crate::view::{self, Verify};

/// How long a device stays known.
const DEVICE: u64 = 400 * 86_400;

pub fn routes() -> Router<App> {
    Router::new().route("/verify", get(page).post(submit))
}

#[derive(Default, Deserialize)]
struct Wanted {
    next: Option<String>,
}

impl Wanted {
    /// Only own pages are led to.
    fn place(&self) -> &'static str {
        match self.next.as_deref() {
            Some("/setup") => "/setup",
            Some("/transfer") => "/transfer",
            _ => "/",
        }
    }
}

/// One of the three is typed, or filled in by the script.
#[derive(Deserialize)]
struct Fields {
    #[serde(default)]
    code: String,
    #[serde(default)]
    backup_code: String,
    #[serde(default)]
    passkey: String,
}

impl Fields {
    fn proof(self) -> Result<Proof, Failure> {
        if !self.passkey.is_empty() {
            let answer = serde_json::from_str(&self.passkey);
            return Ok(Proof::passkey(answer.map_err(|_| Failure::Malformed)?));
        }
        if !self.backup_code.is_empty() {
            return Ok(Proof::backup_code(self.backup_code));
        }
        Ok(Proof::code(self.code))
    }
}

async fn page(
    State(app): State<App>,
    who: Somebody,
    Query(wanted): Query<Wanted>,
) -> Result<Response, Failure> {
    ask(&app, &who.session, &wanted, StatusCode::OK, None).await
}

async fn submit(
    State(app): State<App>,
    who: Somebody,
    Query(wanted): Query<Wanted>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    headers: HeaderMap,
    Form(fields): Form<Fields>,
) -> Result<Response, Failure> {
    let user = who.session.user.countersign_id()?;
    let context = context(peer, &headers);
    match app.mfa.verify(&user, fields.proof()?, &context).await? {
        Verdict::Accepted(verified) => promote(&app, who, &wanted, verified),
        Verdict::Refused(refusal) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            ask(&app, &who.session, &wanted, status, Some(told(refusal))).await
        }
        Verdict::Throttled { retry_after, .. } => {
            let status = StatusCode::TOO_MANY_REQUESTS;
            let problem = Some("Too many attempts. Wait a few minutes.");
            let page = ask(&app, &who.session, &wanted, status, problem).await?;
            let wait = [(header::RETRY_AFTER, retry_after.as_secs().to_string())];
            Ok((wait, page).into_response())
        }
    }
}

/// The session goes on under a new name, open, with the proof that changes take; and the device is
/// known from now on, so that strangers who guess do not use up its budget.
fn promote(
    app: &App,
    who: Somebody,
    wanted: &Wanted,
    verified: Verified,
) -> Result<Response, Failure> {
    let moment = verified.acceptance.assurance().auth_time;
    let session = Session {
        pending: false,
        proved: Some((moment, Arc::new(verified.proof))),
        ..who.session
    };
    let name = app.sessions.replace(Some(&who.name), session)?;
    let cookies = [
        set_cookie("session", &name, None),
        set_cookie("device", &verified.device.reveal(), Some(DEVICE)),
    ];
    Ok((AppendHeaders(cookies), Redirect::to(wanted.place())).into_response())
}

/// From where it comes: for the audit trail, and for the budget of a known device.
fn context(peer: SocketAddr, headers: &HeaderMap) -> Client {
    let agent = headers.get(header::USER_AGENT);
    let agent = agent.and_then(|agent| agent.to_str().ok());
    Client {
        origin: Origin {
            address: Some(peer.ip()),
            agent: agent.map(|agent| agent.chars().take(256).collect()),
            ..Origin::default()
        },
        known: cookie(headers, "device").and_then(|text| Token::parse(&text)),
    }
}

async fn ask(
    app: &App,
    session: &Session,
    wanted: &Wanted,
    status: StatusCode,
    problem: Option<&'static str>,
) -> Result<Response, Failure> {
    let user = session.user.countersign_id()?;
    let challenge = app.mfa.challenge(&user).await?.into_result()?;
    let options = challenge.options.as_ref().map(serde_json::to_string);
    let page = Verify {
        next: wanted.place(),
        passkey: options.transpose().map_err(|_| Failure::Machine)?,
        problem,
    };
    Ok(view::page(status, &page))
}

/// The password was right, so it may be told as it is.
fn told(refusal: Refusal) -> &'static str {
    match refusal {
        Refusal::CodeAlreadyUsed => "This code was used already. Take another.",
        Refusal::CodesSuspended => "Codes are not accepted for now. Use a backup code.",
        Refusal::BackupCodesVoid => "The backup codes no longer work.",
        Refusal::ChallengeExpired | Refusal::ChallengeUsed => {
            "This answer is no longer good. Try again."
        }
        _ => "This was not accepted. Try again.",
    }
}
