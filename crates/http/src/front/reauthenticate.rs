//! `/reauthenticate`: a fresh proof before something sensitive, and back to what was being asked.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use countersign::{Password, Proof};

use super::login::session_cookies;
use super::table::Table;
use crate::extract::{Query, Signed, Submitted};
use crate::pages::{Reauthenticate, ReauthenticateProblem, SecondFactor};
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::reply::{self, Status};
use crate::state::Front;
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
    /// Of the page's form: where it leads back to.
    return_to: Option<String>,
}

impl Fields {
    fn proof(self) -> Result<(Option<Password>, Option<Proof>), Problem> {
        let proof = match (self.code, self.backup_code) {
            (Some(_), Some(_)) => return Err(Problem::InvalidFields),
            (Some(code), None) => Some(Proof::code(code)),
            (None, Some(code)) => Some(Proof::backup_code(code)),
            (None, None) => None,
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
    let holdings = signed.session.holdings();
    let by_code = holdings.totp + holdings.hotp > 0;
    let factor = match query.value("method").as_deref() {
        _ if holdings.demanding() == 0 => None,
        Some("backup_code") => Some(SecondFactor::BackupCode),
        Some("code") => Some(SecondFactor::Code),
        _ if by_code => Some(SecondFactor::Code),
        _ => Some(SecondFactor::BackupCode),
    };
    let place = query.return_to().unwrap_or(Place::Overview);
    Ok(show(&front, &signed, factor, place, None))
}

async fn submit(
    State(front): State<Front>,
    signed: Signed,
    Submitted(fields): Submitted<Fields>,
) -> Result<Response, Failure> {
    let place = fields.return_to.as_deref().and_then(Place::parse);
    let place = place.unwrap_or(Place::Overview);
    let factor = match (&fields.code, &fields.backup_code) {
        (_, Some(_)) => Some(SecondFactor::BackupCode),
        (Some(_), None) => Some(SecondFactor::Code),
        (None, None) => None,
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
            Ok(show(&front, &signed, factor, place, Some(&failure)))
        }
        Err(failure) => Err(failure.at(place)),
    }
}

fn show(
    front: &Front,
    signed: &Signed,
    second_factor: Option<SecondFactor>,
    place: Place,
    failure: Option<&Failure>,
) -> Response {
    let page = Reauthenticate {
        chrome: signed.chrome(front),
        username: signed.session.user_name().to_owned(),
        reason: place.reason(),
        second_factor,
        return_to: place.path(),
        cancel_to: Place::Overview.path(),
        problem: failure.and_then(problem),
    };
    let status = failure.map_or(StatusCode::OK, Failure::status);
    reply::page(status, signed.jar(), &page)
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
