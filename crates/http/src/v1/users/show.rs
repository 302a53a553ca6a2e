//! `GET /v1/users/{user}`: what a user has. One who was never seen has nothing, and is no error.

use axum::http::StatusCode;
use axum::response::Response;

use super::Item;
use crate::extract::{Asking, Subject};
use crate::problem::Failure;
use crate::v1::document::UserPath;
use crate::v1::{answer, refusal};

refusal::refusals!(USER;);

/// Show a user
///
/// After your own first step, `enrolled` says whether to ask for the second. Any scope.
#[utoipa::path(
    get,
    path = "/v1/users/{user}",
    operation_id = "show_user",
    tag = "Verification",
    params(UserPath),
    responses((status = 200, description = "What they have; `enrolled` is false for one who was never seen.", body = Item), Refused)
)]
pub(in crate::v1) async fn show(
    asking: Asking,
    Subject(user): Subject,
) -> Result<Response, Failure> {
    let seen = asking.host().user(&user).await?;
    Ok(answer(StatusCode::OK, &Item::of(&user, seen)))
}
