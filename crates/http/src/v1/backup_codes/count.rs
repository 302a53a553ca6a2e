//! `GET /v1/users/{user}/backup-codes`: how many are left. Which ones they are nobody can tell.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Asking, Subject};
use crate::problem::Failure;
use crate::v1::document::UserPath;
use crate::v1::{answer, refusal};

/// How many backup codes a user has.
#[derive(Serialize, ToSchema)]
#[schema(as = BackupCodesLeft)]
pub(in crate::v1) struct Answer {
    /// 0 to 10; at two it is time for a new set.
    backup_codes_left: u32,
}

refusal::refusals!(USER;);

/// Count backup codes
///
/// Any scope.
#[utoipa::path(
    get,
    path = "/v1/users/{user}/backup-codes",
    operation_id = "count_backup_codes",
    tag = "Management",
    params(UserPath),
    responses((status = 200, description = "The number, 0 for a user who was never seen.", body = Answer), Refused)
)]
pub(in crate::v1) async fn count(
    asking: Asking,
    Subject(user): Subject,
) -> Result<Response, Failure> {
    let seen = asking.host().user(&user).await?;
    let told = Answer {
        backup_codes_left: seen.backup_codes_left,
    };
    Ok(answer(StatusCode::OK, &told))
}
