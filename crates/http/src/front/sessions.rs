//! `/sessions`: a user's sessions by their public names, and ending them.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use countersign::id::SessionId;
use countersign::session::SessionRecord;

use super::login::session_cookies;
use crate::extract::{Named, Nothing, Signed, Submitted};
use crate::pages::EndOtherSessions;
use crate::place::Place;
use crate::problem::{Failure, Settle};
use crate::reply::{self, Status};
use crate::state::Front;
use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/sessions", list)
        .delete("/sessions", end_others)
        .get("/sessions/end", ask)
        .post("/sessions/end", end_others)
        .delete("/sessions/{id}", end)
        .post("/sessions/{id}/end", end)
}

#[derive(Serialize)]
struct Answer {
    sessions: Vec<Item>,
}

#[derive(Serialize)]
struct Item {
    id: String,
    current: bool,
    assurance: &'static str,
    amr: Vec<&'static str>,
    created_at: String,
    last_seen_at: String,
    expires_at: String,
    address: Option<String>,
    agent: Option<String>,
}

impl Item {
    fn of(record: SessionRecord, current: SessionId) -> Self {
        Self {
            id: record.id.to_string(),
            current: record.id == current,
            assurance: record.assurance.level.as_str(),
            amr: record.assurance.amr.names(),
            created_at: record.created_at.rfc3339(),
            last_seen_at: record.last_seen_at.rfc3339(),
            expires_at: record.expires_at.min(record.idle_expires_at).rfc3339(),
            address: record.address,
            agent: record.agent,
        }
    }
}

async fn list(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    if signed.visit.html {
        return Ok(reply::see(signed.jar(), "/mfa#sessions"));
    }
    let overview = front.mfa.overview(&signed.session).await?;
    let current = signed.session.id();
    let sessions = overview.sessions.into_iter();
    let answer = Answer {
        sessions: sessions.map(|record| Item::of(record, current)).collect(),
    };
    Ok(reply::json(StatusCode::OK, signed.jar(), &answer))
}

async fn ask(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    signed.visit.browser("POST")?;
    signed.fresh(&front, Place::EndSessions)?;
    let overview = front.mfa.overview(&signed.session).await?;
    let others = overview.sessions.len().saturating_sub(1);
    let page = EndOtherSessions {
        chrome: signed.chrome(&front),
        others: u32::try_from(others).unwrap_or(u32::MAX),
    };
    Ok(reply::page(StatusCode::OK, signed.jar(), &page))
}

async fn end_others(
    State(front): State<Front>,
    signed: Signed,
    Submitted(_): Submitted<Nothing>,
) -> Result<Response, Failure> {
    let ending = front
        .mfa
        .end_other_sessions(&signed.session, signed.visit.origin());
    let signed_in = ending
        .await?
        .settle()
        .map_err(|failure| failure.at(Place::EndSessions))?;
    let jar = session_cookies(signed.jar(), &signed_in);
    let answer = Status {
        status: "other sessions ended",
    };
    let target = "/mfa?done=other-sessions-ended";
    Ok(reply::done(&signed.visit, jar, target, &answer))
}

async fn end(
    State(front): State<Front>,
    signed: Signed,
    Named(id): Named<SessionId>,
    Submitted(_): Submitted<Nothing>,
) -> Result<Response, Failure> {
    let ending = front
        .mfa
        .end_session(&signed.session, id, signed.visit.origin());
    ending
        .await?
        .settle()
        .map_err(|failure| failure.at(Place::Sessions))?;
    let answer = Status {
        status: "session ended",
    };
    let target = "/mfa?done=session-ended";
    Ok(reply::done(&signed.visit, signed.jar(), target, &answer))
}
