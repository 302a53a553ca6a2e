//! `GET /v1/users`: everybody who has enrolled, for administrators.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use countersign::user::UserKey;

use super::Item;
use crate::extract::{Asking, Page};
use crate::problem::{Failure, Settle};
use crate::v1::cursor::{self, List};
use crate::v1::document::PageQuery;
use crate::v1::{answer, refusal};

/// A page of users.
#[derive(Serialize, ToSchema)]
#[schema(as = Users)]
pub(in crate::v1) struct Answer {
    /// The users.
    data: Vec<Item>,
    /// Where the next page begins; none on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    next_cursor: Option<String>,
}

refusal::refusals!(SCOPE; InvalidCursor InvalidFields);

/// List users
///
/// In an order of their own that does not change. Scope `admin`.
#[utoipa::path(
    get,
    path = "/v1/users",
    operation_id = "list_users",
    tag = "Administration",
    params(PageQuery),
    responses((status = 200, description = "A page.", body = Answer), Refused)
)]
pub(in crate::v1) async fn list(asking: Asking, page: Page) -> Result<Response, Failure> {
    let after = page.after.as_deref();
    let after = after.map(|text| cursor::parse(List::Users, text));
    let after = after.transpose()?.map(UserKey);
    // One more than asked for tells whether there is another page.
    let listing = asking.host();
    let rows = listing.users(after, page.limit + 1).await?.settle()?;
    let (mut data, mut last) = (Vec::new(), None);
    let mut rows = rows.into_iter();
    for (key, id, user) in rows.by_ref().take(shown(page.limit)) {
        data.push(Item::of(&id, user));
        last = Some(key);
    }
    let last = last.filter(|_| rows.next().is_some());
    let next_cursor = last.map(|UserKey(row)| cursor::text(List::Users, &row));
    Ok(answer(StatusCode::OK, &Answer { data, next_cursor }))
}

fn shown(limit: u32) -> usize {
    usize::try_from(limit).unwrap_or(usize::MAX)
}
