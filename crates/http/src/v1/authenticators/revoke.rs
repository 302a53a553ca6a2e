//! `DELETE /v1/users/{user}/authenticators/{id}`: revokes one. The proof is in the body, because an
//! address is logged on its way.

use axum::http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use countersign::id::AuthenticatorId;

use crate::extract::{Asking, Named, Sent, Subject};
use crate::problem::{Failure, Settle};
use crate::v1::document::AuthenticatorPath;
use crate::v1::refusal;

/// The right to revoke.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = RevokeAuthenticator)]
pub(in crate::v1) struct Fields {
    /// The `verification_id` of an accepted verification. A pending enrollment needs none.
    proof: Option<String>,
}

refusal::refusals!(SCOPE USER BODY; NotFound ProofRequired Conflict);

/// Revoke an authenticator
///
/// Takes a JSON body with the `proof`; a user who has no second factor yet needs none. With the last
/// authenticator the second step ends, and the backup codes with it. Scope `enroll`.
#[utoipa::path(
    delete,
    path = "/v1/users/{user}/authenticators/{id}",
    operation_id = "revoke_authenticator",
    tag = "Management",
    params(AuthenticatorPath),
    request_body(content = Option<Fields>, description = "May be left out where no proof is needed."),
    responses((status = 204, description = "Revoked."), Refused)
)]
pub(in crate::v1) async fn revoke(
    asking: Asking,
    Subject(user): Subject,
    Named(id): Named<AuthenticatorId>,
    sent: Sent<Fields>,
) -> Result<StatusCode, Failure> {
    let host = asking.host();
    let revoking = host.revoke(&user, id, sent.fields.proof.as_deref());
    revoking.await?.settle()?;
    Ok(StatusCode::NO_CONTENT)
}
