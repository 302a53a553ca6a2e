//! `GET /session`: who is signed in, how strongly and until when.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::extract::Signed;
use crate::reply;
use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table.get("/session", show)
}

#[derive(Serialize)]
struct Answer<'a> {
    user: User<'a>,
    assurance: &'static str,
    amr: Vec<&'static str>,
    acr: &'static str,
    auth_time: String,
    expires_at: String,
}

#[derive(Serialize)]
struct User<'a> {
    id: &'a str,
    name: &'a str,
}

async fn show(signed: Signed) -> Response {
    let session = &signed.session;
    let assurance = session.assurance();
    let answer = Answer {
        user: User {
            id: session.user_id().as_str(),
            name: session.user_name(),
        },
        assurance: assurance.level.as_str(),
        amr: assurance.amr.names(),
        acr: assurance.acr(),
        auth_time: assurance.auth_time.rfc3339(),
        expires_at: session.expires_at().rfc3339(),
    };
    reply::json(StatusCode::OK, signed.jar(), &answer)
}
