//! `/`, `/robots.txt` and `/.well-known/change-password`: where people and programs come in.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::extract::Signed;
use crate::problem::Failure;
use crate::reply;
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;

pub(super) fn routes(table: Table) -> Table {
    table.get("/", root).get("/robots.txt", robots)
}

pub(super) fn well_known(table: Table) -> Table {
    table.get("/.well-known/change-password", change_password)
}

async fn root(State(front): State<Front>, visit: Visit) -> Result<Response, Failure> {
    let session = Signed::of(&front, &visit).await?;
    let target = if session.is_some() { "/mfa" } else { "/login" };
    Ok(reply::see(visit.jar(), target))
}

async fn robots() -> impl IntoResponse {
    let kind = [(header::CONTENT_TYPE, "text/plain; charset=utf-8")];
    (kind, "User-agent: *\nDisallow: /\n")
}

/// W3C, A Well-Known URL for Changing Passwords.
async fn change_password(visit: Visit) -> Response {
    reply::see(visit.jar(), "/password")
}
