//! `/api/authz/forward-auth`: for proxies that pass a refusal on to the browser as it is (Caddy, Traefik).

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
    table.get("/api/authz/forward-auth", asked)
}

async fn asked(
    State(front): State<Front>,
    visit: Visit,
    headers: HeaderMap,
) -> Result<Response, Failure> {
    let ask = Ask::forwarded(&front, &visit, &headers)?;
    let away = if ask.reads {
        StatusCode::FOUND
    } else {
        StatusCode::SEE_OTHER
    };
    Ok(match decide(&front, &visit, &ask).await? {
        Decision::Allow(session, assertion) => answer::allow(&session, assertion),
        Decision::Again(jar, target) => answer::redirect(away, jar, &target),
        Decision::SignIn(jar, target) | Decision::StepUp(jar, target, _) if ask.html => {
            answer::redirect(away, jar, &target)
        }
        Decision::SignIn(jar, _) => answer::challenge(&front, &visit, jar, None),
        Decision::StepUp(jar, _, lacking) => answer::challenge(&front, &visit, jar, Some(lacking)),
        Decision::Stuck => return Err(Problem::TicketRefused.into()),
    })
}
