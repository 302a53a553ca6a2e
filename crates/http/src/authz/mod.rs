//! What a proxy asks before it lets a request through to a protected host: two endpoints, one decision.
//! What is forwarded is believed from configured proxies only.

mod answer;
mod ask;
mod auth_request;
mod decision;
mod forward_auth;
mod keys;

use crate::table::Table;

/// Where all of it is.
pub(crate) const PREFIX: &str = "/api/authz/";

/// The routes, one file each.
pub(crate) fn routes(table: Table) -> Table {
    keys::routes(auth_request::routes(forward_auth::routes(table)))
}
