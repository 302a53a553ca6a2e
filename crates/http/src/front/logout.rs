//! `POST /logout`: ends the session and makes the browser forget.

use axum::extract::State;
use axum::http::{HeaderName, HeaderValue};
use axum::response::{IntoResponse, Response};

use crate::cookies::Name;
use crate::extract::{Nothing, Signed, Submitted};
use crate::problem::{Failure, Problem};
use crate::reply::{self, Status};
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;

/// Not `cookies`: that would take those of every host of the site, and the known browser with them.
const CLEAR: (HeaderName, HeaderValue) = (
    HeaderName::from_static("clear-site-data"),
    HeaderValue::from_static("\"cache\", \"storage\""),
);

pub(super) fn routes(table: Table) -> Table {
    table.post("/logout", submit)
}

async fn submit(
    State(front): State<Front>,
    visit: Visit,
    Submitted(_): Submitted<Nothing>,
) -> Result<Response, Failure> {
    let session = Signed::of(&front, &visit).await?;
    if let Some(session) = &session {
        front.mfa.sign_out(session, visit.origin()).await?;
    }
    let answer = if session.is_some() || visit.html {
        let status = Status {
            status: "logged out",
        };
        reply::done(&visit, visit.jar(), "/login?done=signed-out", &status)
    } else {
        Failure::from(Problem::SessionRequired).into_response()
    };
    let jar = visit
        .jar()
        .forget(Name::Session)
        .forget(Name::Pending)
        .forget(Name::Form);
    Ok(([CLEAR], jar, answer).into_response())
}
