//! `PATCH /v1/users/{user}/authenticators/{id}`: renames one. What it is called proves nothing, so no
//! proof is asked for.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;
use utoipa::ToSchema;

use countersign::id::AuthenticatorId;

use super::Item;
use crate::extract::{Asking, Named, Sent, Subject};
use crate::problem::{Failure, Problem, Settle};
use crate::v1::document::AuthenticatorPath;
use crate::v1::{answer, refusal};

/// What the user calls it from here on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RenameAuthenticator)]
pub(in crate::v1) struct Fields {
    /// 1 to 64 characters.
    #[schema(
        examples("Work phone"),
        min_length = 1,
        max_length = 64,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$"
    )]
    label: String,
}

refusal::refusals!(SCOPE USER BODY; NotFound LabelInvalid Conflict);

/// Rename an authenticator
///
/// Scope `enroll`.
#[utoipa::path(
    patch,
    path = "/v1/users/{user}/authenticators/{id}",
    operation_id = "rename_authenticator",
    tag = "Management",
    params(AuthenticatorPath),
    request_body = Fields,
    responses((status = 200, description = "Renamed.", body = Item), Refused)
)]
pub(in crate::v1) async fn rename(
    asking: Asking,
    Subject(user): Subject,
    Named(id): Named<AuthenticatorId>,
    sent: Sent<Fields>,
) -> Result<Response, Failure> {
    let host = asking.host();
    let renaming = host.rename(&user, id, &sent.fields.label);
    renaming.await?.settle()?;
    let rows = host.authenticators(&user).await?.settle()?;
    let row = rows.into_iter().find(|row| row.id == id);
    let item = row.map(Item::of).ok_or(Problem::NotFound)?;
    Ok(answer(StatusCode::OK, &item))
}
