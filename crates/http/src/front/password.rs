//! `/password`: changing it ends all other sessions.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use countersign::Password;

use super::login::session_cookies;
use crate::extract::{Signed, Submitted};
use crate::pages::{ChangePassword, NewPasswordProblem, PasswordProblem};
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::reply::{self, Status};
use crate::state::Front;
use crate::table::Table;
use crate::view;

pub(super) fn routes(table: Table) -> Table {
    table.get("/password", page).post("/password", submit)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    current: String,
    new: String,
}

async fn page(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    signed.visit.browser("POST")?;
    if !front.mfa.keeps_passwords() {
        return Err(Problem::PasswordElsewhere.into());
    }
    signed.fresh(&front, Place::Password)?;
    Ok(show(&front, &signed, StatusCode::OK, None))
}

async fn submit(
    State(front): State<Front>,
    signed: Signed,
    Submitted(fields): Submitted<Fields>,
) -> Result<Response, Failure> {
    let (current, new) = (Password::new(fields.current), Password::new(fields.new));
    let change = front
        .mfa
        .change_password(&signed.session, current, new, signed.visit.client());
    match change.await?.settle() {
        Ok(signed_in) => {
            let jar = session_cookies(signed.jar(), &signed_in);
            let answer = Status {
                status: "password changed",
            };
            let target = "/mfa?done=password-changed";
            Ok(reply::done(&signed.visit, jar, target, &answer))
        }
        Err(failure) => match problem(&failure).filter(|_| signed.visit.html) {
            Some(problem) => Ok(show(&front, &signed, failure.status(), Some(problem))),
            None => Err(failure.at(Place::Password)),
        },
    }
}

fn show(
    front: &Front,
    signed: &Signed,
    status: StatusCode,
    problem: Option<PasswordProblem>,
) -> Response {
    // SP 800-63B-4 §3.1.1.2: a password that stands alone is longer.
    let alone = signed.session.holdings().demanding() == 0;
    let page = ChangePassword {
        chrome: signed.chrome(front),
        username: signed.session.user_name().to_owned(),
        min_length: if alone { 15 } else { 8 },
        problem,
    };
    reply::page(status, signed.jar(), &page)
}

fn problem(failure: &Failure) -> Option<PasswordProblem> {
    match (failure.problem, view::wait(failure)) {
        (Problem::InvalidCredentials, _) => Some(PasswordProblem::Current),
        (Problem::Throttled, Some(wait)) => Some(PasswordProblem::Throttled(wait)),
        _ => new_password_problem(failure).map(PasswordProblem::New),
    }
}

/// Why a new password was refused, if that was it.
pub(super) fn new_password_problem(failure: &Failure) -> Option<NewPasswordProblem> {
    match failure.problem {
        Problem::PasswordTooShort => {
            let least = failure.minimum_length.unwrap_or(15);
            Some(NewPasswordProblem::TooShort(least.into()))
        }
        Problem::PasswordTooLong => Some(NewPasswordProblem::TooLong),
        Problem::PasswordCommon => Some(NewPasswordProblem::Blocked),
        _ => None,
    }
}
