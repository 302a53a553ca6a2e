//! `/api/authz/auth-request`: for nginx, which takes nothing but `200`, `401` and `403`. The way to go
//! is in `Location`, and at most one cookie is set, because nginx hands on only one.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::answer;
use super::ask::Ask;
use super::decision::{Decision, decide};
use crate::problem::{Failure, Problem};
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;

pub(super) fn routes(table: Table) -> Table {
    table.get("/api/authz/auth-request", asked)
}

async fn asked(
    State(front): State<Front>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let ask = Ask::original(&front, &visit, &headers)?;
    let challenge = |jar, lacking| answer::challenge(&front, &visit, jar, lacking);
    Ok(match decide(&front, &visit, &ask).await? {
        Decision::Allow(session, assertion) => answer::allow(&session, assertion),
        Decision::Again(jar, target) => answer::redirect(StatusCode::UNAUTHORIZED, jar, &target),
        Decision::SignIn(jar, target) => answer::challenge_to(challenge(jar, None), &target),
        Decision::StepUp(jar, target, lacking) => {
            answer::challenge_to(challenge(jar, Some(lacking)), &target)
        }
        Decision::Stuck => return Err(Problem::TicketRefused.into()),
    })
}
