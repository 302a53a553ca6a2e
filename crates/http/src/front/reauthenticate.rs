//! `/reauthenticate`: a fresh proof before something sensitive, and back to what was being asked.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use countersign::webauthn::AuthenticationResponse;
use countersign::{Password, Proof};

use super::login::session_cookies;
use crate::extract::{LONG, Query, Signed, Submitted};
use crate::pages::{Reauthenticate, ReauthenticateProblem, SecondFactor};
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::reply::{self, Status};
use crate::state::Front;
use crate::table::Table;
use crate::view;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/reauthenticate", page)
        .post("/reauthenticate", submit)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    password: Option<String>,
    code: Option<String>,
    backup_code: Option<String>,
    passkey: Option<AuthenticationResponse>,
    /// Of the page's form: where it leads back to.
    return_to: Option<String>,
}

impl Fields {
    fn proof(self) -> Result<(Option<Password>, Option<Proof>), Problem> {
        let proof = match (self.code, self.backup_code, self.passkey) {
            (Some(code), None, None) => Some(Proof::code(code)),
            (None, Some(code), None) => Some(Proof::backup_code(code)),
            (None, None, Some(answer)) => Some(Proof::passkey(answer)),
            (None, None, None) => None,
            _ => return Err(Problem::InvalidFields),
        };
        Ok((self.password.map(Password::new), proof))
    }
}

async fn page(
    State(front): State<Front>,
    signed: Signed,
    query: Query,
) -> Result<Response, Failure> {
    signed.visit.browser("POST")?;
    let factors = factors(&signed);
    let wanted = match query.value("method").as_deref() {
        Some("backup_code") => Some(SecondFactor::BackupCode),
        Some("code") => Some(SecondFactor::Code),
        Some("passkey") => Some(SecondFactor::Passkey),
        _ => None,
    };
    let wanted = wanted.filter(|wanted| factors.contains(wanted));
    let factor = wanted.or(factors.first().copied());
    let place = query.return_to().unwrap_or(Place::Overview);
    Ok(show(&front, &signed, factor, &place, None))
}

async fn submit(
    State(front): State<Front>,
    signed: Signed,
    Submitted(fields): Submitted<Fields, LONG>,
) -> Result<Response, Failure> {
    let place = fields.return_to.as_deref().and_then(Place::parse);
    let place = place.unwrap_or(Place::Overview);
    let factor = match (&fields.code, &fields.backup_code, &fields.passkey) {
        (_, _, Some(_)) => Some(SecondFactor::Passkey),
        (_, Some(_), None) => Some(SecondFactor::BackupCode),
        (Some(_), None, None) => Some(SecondFactor::Code),
        (None, None, None) => None,
    };
    let (password, proof) = fields.proof()?;
    let asking = front
        .mfa
        .reauthenticate(&signed.session, password, proof, signed.visit.client());
    match asking.await?.settle() {
        Ok(signed_in) => {
            let jar = session_cookies(signed.jar(), &signed_in);
            let answer = Status {
                status: "reauthenticated",
            };
            Ok(reply::done(&signed.visit, jar, &place.path(), &answer))
        }
        Err(failure) if signed.visit.html && problem(&failure).is_some() => {
            Ok(show(&front, &signed, factor, &place, Some(&failure)))
        }
        Err(failure) => Err(failure.at(place)),
    }
}

/// What a fresh proof of this user can take beside or in place of the password, strongest first.
fn factors(signed: &Signed) -> Vec<SecondFactor> {
    let holdings = signed.session.holdings();
    let mut factors = Vec::new();
    if holdings.passkeys > 0 {
        factors.push(SecondFactor::Passkey);
    }
    if holdings.totp + holdings.hotp > 0 {
        factors.push(SecondFactor::Code);
    }
    if holdings.demanding() > 0 {
        factors.push(SecondFactor::BackupCode);
    }
    factors
}

fn show(
    front: &Front,
    signed: &Signed,
    second_factor: Option<SecondFactor>,
    place: &Place,
    failure: Option<&Failure>,
) -> Response {
    let mut others = factors(signed);
    others.retain(|other| Some(*other) != second_factor);
    let page = Reauthenticate {
        chrome: signed.chrome(front),
        username: signed.session.user_name().to_owned(),
        reason: place.reason(),
        second_factor,
        others,
        return_to: place.path(),
        cancel_to: Place::Overview.path(),
        problem: failure.and_then(problem),
    };
    let status = failure.map_or(StatusCode::OK, Failure::status);
    let page = reply::page(status, signed.jar(), &page);
    front.leading(page, Some(place))
}

fn problem(failure: &Failure) -> Option<ReauthenticateProblem> {
    match (failure.problem, view::wait(failure)) {
        (Problem::InvalidCredentials | Problem::PasswordRequired, _) => {
            Some(ReauthenticateProblem::Password)
        }
        (
            Problem::InvalidCode
            | Problem::MalformedCode
            | Problem::SecondFactorRequired
            | Problem::BackupCodesVoid,
            _,
        ) => Some(ReauthenticateProblem::Code),
        (Problem::CodeAlreadyUsed, _) => Some(ReauthenticateProblem::AlreadyUsed),
        (Problem::CodesSuspended, _) => Some(ReauthenticateProblem::Suspended),
        (Problem::Throttled, Some(wait)) => Some(ReauthenticateProblem::Throttled(wait)),
        _ => None,
    }
}
