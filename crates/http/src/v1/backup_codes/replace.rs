//! `POST /v1/users/{user}/backup-codes`: a new set, which voids the old one. It is told once.

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{Asking, Once, Sent, Subject};
use crate::problem::{Failure, Settle};
use crate::v1::document::{OnceHeader, UserPath};
use crate::v1::{answer, refusal};

const ROUTE: &str = "POST backup-codes";

/// The right to make them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ReplaceBackupCodes)]
pub(in crate::v1) struct Fields {
    /// The `verification_id` of an accepted verification.
    proof: Option<String>,
}

/// A set of backup codes. Show them, and keep none.
#[derive(Serialize, ToSchema)]
#[schema(as = BackupCodes)]
pub(in crate::v1) struct Answer<'a> {
    /// Ten, each good for one verification.
    #[schema(examples(json!(["7K3M-9QXD-T2WH-4RZC"])))]
    backup_codes: Vec<&'a str>,
}

refusal::refusals!(SCOPE USER BODY ONCE; NotFound ProofRequired Conflict Busy);

/// Replace backup codes
///
/// The old ones stop working at once. A user without a second factor has none: 404. Scope `enroll`.
///
/// Repeated with the same `Idempotency-Key` it makes no second set and does not tell the first one
/// again: 409 `already_created`.
#[utoipa::path(
    post,
    path = "/v1/users/{user}/backup-codes",
    operation_id = "replace_backup_codes",
    tag = "Management",
    params(UserPath, OnceHeader),
    request_body(content = Option<Fields>, description = "May be left out where no proof is needed."),
    responses((status = 201, description = "The new set, told only here.", body = Answer), Refused)
)]
pub(in crate::v1) async fn replace(
    asking: Asking,
    Subject(user): Subject,
    once: Once,
    sent: Sent<Fields>,
) -> Result<Response, Failure> {
    let host = asking.host();
    let once = once.of(ROUTE, &sent.bytes);
    let replacing = host.replace_backup_codes(&user, sent.fields.proof.as_deref(), once);
    let codes = replacing.await?.settle()?;
    let told = Answer {
        backup_codes: codes.reveal().collect(),
    };
    Ok(answer(StatusCode::CREATED, &told))
}
