//! `/mfa/confirm`: finishes an enrollment. From here the second step is on.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use countersign::{BackupCodeList, Confirmed};

use super::setup::steps;
use crate::cookies::Name;
use crate::extract::{Signed, Submitted};
use crate::pages::{BackupCodes, ClockDrift, ConfirmProblem, Drift, EnrollmentRetry, Steps};
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::state::Front;
use crate::table::Table;
use crate::{reply, view};

pub(super) fn routes(table: Table) -> Table {
    table.get("/mfa/confirm", page).post("/mfa/confirm", submit)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    code: String,
}

#[derive(Serialize)]
struct Answer<'a> {
    status: &'static str,
    authenticator_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_codes: Option<Vec<&'a str>>,
}

/// Where somebody goes on who has the secret already; it is not shown again.
async fn page(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    signed.visit.browser("POST")?;
    let pending = front.mfa.pending_enrollment(&signed.session).await?;
    let problem = pending.is_none().then_some(ConfirmProblem::NoPendingSetup);
    Ok(show(&front, &signed, StatusCode::OK, problem))
}

async fn submit(
    State(front): State<Front>,
    signed: Signed,
    Submitted(fields): Submitted<Fields>,
) -> Result<Response, Failure> {
    let confirming =
        front
            .mfa
            .confirm_enrollment(&signed.session, &fields.code, signed.visit.client());
    let mut failure = match confirming.await?.settle() {
        Ok(confirmed) => return Ok(confirm(&front, &signed, &confirmed)),
        Err(failure) => failure,
    };
    if failure.problem == Problem::InvalidCode {
        failure.problem = Problem::InvalidConfirmation;
    }
    match problem(&failure).filter(|_| signed.visit.html) {
        Some(problem) => Ok(show(&front, &signed, failure.status(), Some(problem))),
        None => Err(failure.at(Place::Setup)),
    }
}

fn confirm(front: &Front, signed: &Signed, confirmed: &Confirmed) -> Response {
    let token = confirmed.session.reveal();
    let jar = signed.jar().keep(Name::Session, &token);
    let codes = confirmed.backup_codes.as_ref();
    if signed.visit.html {
        return match codes {
            // The forms on this page already belong to the new token.
            Some(codes) => {
                let chrome = front.chrome(&token, Some(signed.session.user_name()));
                let steps = Steps {
                    current: 3,
                    total: 4,
                };
                let page = sheet(front, signed, codes, chrome, Some(steps));
                reply::page(StatusCode::OK, jar, &page)
            }
            None => reply::see(jar, "/mfa/setup/done"),
        };
    }
    let answer = Answer {
        status: "MFA enabled",
        authenticator_id: confirmed.authenticator.to_string(),
        backup_codes: codes.map(|codes| codes.reveal().collect()),
    };
    reply::json(StatusCode::OK, jar, &answer)
}

/// The page that shows backup codes, this once.
pub(super) fn sheet(
    front: &Front,
    signed: &Signed,
    codes: &BackupCodeList,
    chrome: crate::pages::Chrome,
    steps: Option<Steps>,
) -> BackupCodes {
    BackupCodes {
        chrome,
        steps,
        codes: codes.reveal().map(ToOwned::to_owned).collect(),
        account: signed.session.user_name().to_owned(),
        made: view::moment(front.mfa.now()),
    }
}

fn show(
    front: &Front,
    signed: &Signed,
    status: StatusCode,
    problem: Option<ConfirmProblem>,
) -> Response {
    let page = EnrollmentRetry {
        chrome: signed.chrome(front),
        steps: steps(signed, 2),
        issuer: front.mfa.realm().issuer.clone(),
        account: signed.session.user_name().to_owned(),
        problem,
    };
    reply::page(status, signed.jar(), &page)
}

fn problem(failure: &Failure) -> Option<ConfirmProblem> {
    match (failure.problem, view::wait(failure)) {
        (Problem::InvalidConfirmation, _) => Some(match failure.clock_offset {
            Some(seconds) => ConfirmProblem::Clock(drift(seconds)),
            None => ConfirmProblem::Wrong,
        }),
        (Problem::MalformedCode | Problem::CodeAlreadyUsed, _) => Some(ConfirmProblem::Wrong),
        (Problem::Throttled, Some(wait)) => Some(ConfirmProblem::Throttled(wait)),
        (Problem::NoPendingSetup, _) => Some(ConfirmProblem::NoPendingSetup),
        _ => None,
    }
}

fn drift(seconds: i64) -> ClockDrift {
    let direction = if seconds < 0 {
        Drift::Slow
    } else {
        Drift::Fast
    };
    let seconds = u32::try_from(seconds.unsigned_abs()).unwrap_or(u32::MAX);
    ClockDrift { direction, seconds }
}
