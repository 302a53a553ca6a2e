//! `GET /v1/users/{user}/authenticators`: what a user has, also one who was never seen.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::Item;
use crate::extract::{Asking, Subject};
use crate::problem::{Failure, Settle};
use crate::v1::document::UserPath;
use crate::v1::{answer, refusal};

/// A user's authenticators.
#[derive(Serialize, ToSchema)]
#[schema(as = Authenticators)]
pub(in crate::v1) struct Answer {
    /// All that are not revoked, pending ones too.
    data: Vec<Item>,
}

refusal::refusals!(SCOPE USER;);

/// List authenticators
///
/// Oldest first within a kind; at most 20, so there is no further page. Scope `enroll`.
#[utoipa::path(
    get,
    path = "/v1/users/{user}/authenticators",
    operation_id = "list_authenticators",
    tag = "Management",
    params(UserPath),
    responses((status = 200, description = "The list, empty for a user who was never seen.", body = Answer), Refused)
)]
pub(in crate::v1) async fn list(
    asking: Asking,
    Subject(user): Subject,
) -> Result<Response, Failure> {
    let rows = asking.host().authenticators(&user).await?.settle()?;
    let data = rows.into_iter().map(Item::of).collect();
    Ok(answer(StatusCode::OK, &Answer { data }))
}
