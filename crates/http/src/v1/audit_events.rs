//! `GET /v1/audit-events`: the trail, for who watches over it. No row holds a secret or a code.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use countersign::audit::AuditRow;
use countersign::id::EventId;

use super::cursor::{self, List};
use super::document::PageQuery;
use super::{answer, refusal};
use crate::extract::{Asking, Page};
use crate::problem::{Failure, Settle};
use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table.get("/v1/audit-events", list)
}

/// A page of the trail.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEvents)]
pub(in crate::v1) struct Answer {
    /// Oldest first; empty where there is nothing new.
    data: Vec<Item>,
    /// Where to go on, also at the end: ask with it again for what happens after this.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

/// Something that happened.
#[derive(Serialize, ToSchema)]
#[schema(as = AuditEvent)]
pub(in crate::v1) struct Item {
    /// Its id.
    id: String,
    /// When, RFC 3339 in UTC.
    #[schema(format = DateTime)]
    at: String,
    /// Whom it concerns.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_id: Option<String>,
    /// Who acted: `user`, `operator`, `system`, `host`, or `key:` and an API key's id.
    actor: String,
    /// What happened; the reference lists all names.
    #[schema(examples("authn_verification"))]
    event: &'static str,
    /// `success` or `failure`.
    outcome: &'static str,
    /// Why, truly; more than the user was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'static str>,
    /// With which authenticator.
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticator_id: Option<String>,
    /// From which address.
    #[serde(skip_serializing_if = "Option::is_none")]
    address: Option<String>,
    /// By which user agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    user_agent: Option<String>,
    /// In which request.
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<String>,
    /// How many more of the same the window held.
    repeats: u32,
    /// Whether the row is what was written: false says that somebody changed it in the database.
    intact: bool,
}

refusal::refusals!(SCOPE; InvalidCursor InvalidFields);

/// List audit events
///
/// To follow the trail, ask again with the last `next_cursor`. An event may be committed up to ten
/// seconds after one that is listed behind it: who must not miss any asks for that while again, and
/// tells events apart by their `id`. Scope `admin`.
#[utoipa::path(
    get,
    path = "/v1/audit-events",
    operation_id = "list_audit_events",
    tag = "Administration",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Answer), Refused)
)]
pub(in crate::v1) async fn list(asking: Asking, page: Page) -> Result<Response, Failure> {
    let after = page.after.as_deref();
    let after = after.map(|text| cursor::parse(List::AuditEvents, text));
    let after = after.transpose()?.map(EventId::from_bytes);
    let listing = asking.host();
    let rows = listing.events(after, page.limit).await?.settle()?;
    let last = rows.last().map(|(row, _)| row.id).or(after);
    let told = Answer {
        data: rows.into_iter().map(Item::of).collect(),
        next_cursor: last.map(|id| cursor::text(List::AuditEvents, id.as_bytes())),
    };
    Ok(answer(StatusCode::OK, &told))
}

impl Item {
    fn of((row, intact): (AuditRow, bool)) -> Self {
        Self {
            id: row.id.to_string(),
            at: row.at.rfc3339(),
            user_id: row.user_id.map(|id| id.as_str().to_owned()),
            actor: row.actor.text().into_owned(),
            event: row.event.as_str(),
            outcome: row.outcome.as_str(),
            reason: row.reason.map(countersign::audit::Reason::as_str),
            authenticator_id: row.authenticator.map(|id| id.to_string()),
            address: row.address,
            user_agent: row.agent,
            request_id: row.request_id,
            repeats: row.repeats,
            intact,
        }
    }
}
