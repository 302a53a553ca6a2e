//! The service API: what a back end asks that has its own users. An API key opens it and no cookie;
//! JSON alone is spoken; and only what was done or accepted is told by a status of 2xx.

mod audit_events;
mod authenticators;
mod backup_codes;
mod challenges;
mod cursor;
mod document;
mod reading;
mod reference;
mod refusal;
mod users;
mod verify;

pub use reference::markdown;

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::cookies::Jar;
use crate::reply;
use crate::table::Table;

/// What the paths of the service API begin with.
pub(crate) const PREFIX: &str = "/v1/";

/// The routes, one file each.
pub(crate) fn routes(table: Table) -> Table {
    let parts: &[fn(Table) -> Table] = &[
        authenticators::routes,
        backup_codes::routes,
        challenges::routes,
        verify::routes,
        users::routes,
        audit_events::routes,
        reference::routes,
    ];
    parts.iter().fold(table, |table, part| part(table))
}

/// The committed document: `OpenAPI` 3.1, as it is served.
pub fn openapi() -> String {
    document::text()
}

/// JSON, and never a cookie.
fn answer(status: StatusCode, answer: &impl Serialize) -> Response {
    reply::json(status, Jar::new(true), answer)
}
