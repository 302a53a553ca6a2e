//! `POST /v1/users/{user}/challenges`: how a user can be verified now. Asking writes nothing.

use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use countersign::webauthn::RequestOptions;

use super::document::UserPath;
use super::users::Way;
use super::{answer, refusal};
use crate::extract::{Asking, Nothing, Sent, Subject};
use crate::problem::{Failure, Settle};
use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table.post("/v1/users/{user}/challenges", begin)
}

/// How a user can be verified.
#[derive(Serialize, ToSchema)]
#[schema(as = Challenge)]
pub(in crate::v1) struct Answer<'a> {
    /// What the answer of a passkey names it by.
    #[schema(examples("chl_m2bZ5Gr1V1y0u4oSxwqDTQ"))]
    id: &'a str,
    /// Strongest first, and among equals the last used first. Empty: there is none.
    methods: Vec<Way>,
    /// The options for `navigator.credentials.get()`, as `parseRequestOptionsFromJSON` takes them;
    /// where the user has a passkey.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    public_key: Option<&'a RequestOptions>,
    /// Until when a passkey can answer, RFC 3339 in UTC.
    #[schema(format = DateTime)]
    expires_at: String,
}

refusal::refusals!(SCOPE USER BODY;);

/// Begin a challenge
///
/// Needed for passkeys; for codes it only tells which methods there are. It changes nothing, so
/// repeating it does no harm, and a user who was never seen gets one without methods. Scope `verify`.
#[utoipa::path(
    post,
    path = "/v1/users/{user}/challenges",
    operation_id = "begin_challenge",
    tag = "Verification",
    params(UserPath),
    responses((status = 201, description = "A challenge.", body = Answer), Refused)
)]
pub(in crate::v1) async fn begin(
    asking: Asking,
    Subject(user): Subject,
    _: Sent<Nothing>,
) -> Result<Response, Failure> {
    let begun = asking.host().challenge(&user).await?.settle()?;
    let told = Answer {
        id: &begun.id,
        methods: begun.methods.into_iter().map(Way::of).collect(),
        public_key: begun.options.as_ref(),
        expires_at: begun.expires_at.rfc3339(),
    };
    Ok(answer(StatusCode::CREATED, &told))
}
