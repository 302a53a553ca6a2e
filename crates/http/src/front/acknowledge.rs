//! `/mfa/backup-codes/acknowledge`: one code typed back, which uses nothing up.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use crate::extract::{Signed, Submitted};
use crate::pages::{Steps, TypeBackProblem, TypeOneBack};
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::reply::{self, Status};
use crate::state::Front;
use crate::table::Table;
use crate::view;

const PATH: &str = "/mfa/backup-codes/acknowledge";

pub(super) fn routes(table: Table) -> Table {
    table.get(PATH, page).post(PATH, submit)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    backup_code: String,
}

async fn page(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    signed.visit.browser("POST")?;
    show(&front, &signed, None).await
}

async fn submit(
    State(front): State<Front>,
    signed: Signed,
    Submitted(fields): Submitted<Fields>,
) -> Result<Response, Failure> {
    let enrolling = enrolling(&front, &signed).await?;
    let code = &fields.backup_code;
    let checking = front
        .mfa
        .acknowledge_backup_codes(&signed.session, code, signed.visit.client());
    match checking.await?.settle() {
        Ok(()) => {
            let answer = Status {
                status: "acknowledged",
            };
            let target = if enrolling {
                "/mfa/setup/done"
            } else {
                "/mfa?done=acknowledged"
            };
            Ok(reply::done(&signed.visit, signed.jar(), target, &answer))
        }
        Err(failure) if signed.visit.html && problem(&failure).is_some() => {
            show(&front, &signed, Some(&failure)).await
        }
        Err(failure) => Err(failure.at(Place::Acknowledge)),
    }
}

/// Whether this is the fourth step of the first enrollment: its own codes, not typed back yet.
async fn enrolling(front: &Front, signed: &Signed) -> Result<bool, Failure> {
    if signed.session.holdings().backup_codes_acknowledged {
        return Ok(false);
    }
    let overview = front.mfa.overview(&signed.session).await?;
    let first = overview
        .authenticators
        .iter()
        .filter_map(|row| row.confirmed_at)
        .min();
    let made = overview.backup_set.map(|set| set.created_at);
    Ok(first.is_some() && first == made)
}

async fn show(
    front: &Front,
    signed: &Signed,
    failure: Option<&Failure>,
) -> Result<Response, Failure> {
    let steps = enrolling(front, signed).await?;
    let page = TypeOneBack {
        chrome: signed.chrome(front),
        steps: steps.then_some(Steps {
            current: 4,
            total: 4,
        }),
        problem: failure.and_then(problem),
    };
    let status = failure.map_or(StatusCode::OK, Failure::status);
    Ok(reply::page(status, signed.jar(), &page))
}

fn problem(failure: &Failure) -> Option<TypeBackProblem> {
    match (failure.problem, view::wait(failure)) {
        (Problem::InvalidCode | Problem::MalformedCode | Problem::BackupCodesVoid, _) => {
            Some(TypeBackProblem::Wrong)
        }
        (Problem::Throttled, Some(wait)) => Some(TypeBackProblem::Throttled(wait)),
        _ => None,
    }
}
