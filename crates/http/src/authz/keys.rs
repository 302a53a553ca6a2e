//! `/.well-known/jwks.json`: the public keys by which an application verifies `Remote-Assertion`.

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};

use crate::state::Front;
use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table.get("/.well-known/jwks.json", keys)
}

async fn keys(State(front): State<Front>) -> Response {
    let fields = [
        (header::CONTENT_TYPE, "application/jwk-set+json"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (fields, front.mfa.identity_keys().to_string()).into_response()
}
