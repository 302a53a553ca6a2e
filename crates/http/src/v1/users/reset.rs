//! `POST /v1/users/{user}/reset`: the way back for who lost everything. It takes away, and plants
//! nothing.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Asking, Nothing, Sent, Subject};
use crate::problem::{Failure, Settle};
use crate::v1::document::UserPath;
use crate::v1::{answer, refusal};

/// What was taken away.
#[derive(Serialize, ToSchema)]
#[schema(as = Reset)]
pub(in crate::v1) struct Answer {
    /// How many authenticators.
    authenticators_removed: usize,
}

refusal::refusals!(SCOPE USER BODY; NotFound Conflict);

/// Reset a user
///
/// Removes all authenticators and backup codes of a user who has lost them, and clears the counts that
/// last; the five minutes of the throttle go on. Your own first step alone is what protects the account afterwards: make sure of who asks.
/// Scope `admin`.
#[utoipa::path(
    post,
    path = "/v1/users/{user}/reset",
    operation_id = "reset_user",
    tag = "Administration",
    params(UserPath),
    responses((status = 200, description = "Done.", body = Answer), Refused)
)]
pub(in crate::v1) async fn reset(
    asking: Asking,
    Subject(user): Subject,
    _: Sent<Nothing>,
) -> Result<Response, Failure> {
    let authenticators_removed = asking.host().reset(&user).await?.settle()?;
    let told = Answer {
        authenticators_removed,
    };
    Ok(answer(StatusCode::OK, &told))
}
