//! `POST /v1/users/{user}/authenticators/{id}/confirm`: an authenticator that has shown it works is
//! active from here on.

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use countersign::HostEnrolled;
use countersign::id::AuthenticatorId;
use countersign::webauthn::RegistrationResponse;

use crate::extract::{Asking, LONG, Named, Sent, Subject};
use crate::problem::{Failure, Problem, Settle};
use crate::v1::document::AuthenticatorPath;
use crate::v1::{answer, refusal};

/// What the authenticator answers: `code` of a `totp` or `hotp`, `credential` of a `passkey`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = ConfirmEnrollment)]
pub(in crate::v1) struct Fields {
    /// The code that the app shows. It is used up by this.
    #[schema(examples("123456"))]
    code: Option<String>,
    /// What `credential.toJSON()` gives after `navigator.credentials.create()`.
    #[schema(value_type = Option<Object>)]
    credential: Option<RegistrationResponse>,
}

/// An active authenticator.
#[derive(Serialize, ToSchema)]
#[schema(as = ConfirmedEnrollment)]
pub(in crate::v1) struct Answer<'a> {
    /// Its id.
    id: String,
    /// `active`: it verifies.
    #[schema(examples("active"))]
    status: &'static str,
    /// What the user calls it.
    label: &'a str,
    /// Ten backup codes, with the user's first authenticator only, and only here. Show them, and
    /// keep none.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_codes: Option<Vec<&'a str>>,
}

refusal::refusals!(SCOPE USER BODY PROOF;
    NotFound NothingPending CredentialTaken TooManyAuthenticators Conflict Busy);

/// Confirm an enrollment
///
/// Ask the user for the code that the app shows now. From here on the second step is demanded of
/// them. A wrong code may come with `clock_offset`: the seconds by which the app's clock seems to be
/// ahead. Scope `enroll`.
#[utoipa::path(
    post,
    path = "/v1/users/{user}/authenticators/{id}/confirm",
    operation_id = "confirm_enrollment",
    tag = "Enrollment",
    params(AuthenticatorPath),
    request_body = Fields,
    responses((status = 200, description = "Active.", body = Answer), Refused)
)]
pub(in crate::v1) async fn confirm(
    asking: Asking,
    Subject(user): Subject,
    Named(id): Named<AuthenticatorId>,
    sent: Sent<Fields, LONG>,
) -> Result<Response, Failure> {
    let host = asking.host();
    let enrolled = match (sent.fields.code, sent.fields.credential) {
        (Some(code), None) => host.confirm_enrollment(&user, id, &code).await?,
        (None, Some(credential)) => host.confirm_passkey(&user, id, credential).await?,
        _ => return Err(Problem::InvalidFields.into()),
    };
    Ok(told(&enrolled.settle()?))
}

fn told(enrolled: &HostEnrolled) -> Response {
    let codes = enrolled.backup_codes.as_ref();
    let told = Answer {
        id: enrolled.authenticator.to_string(),
        status: "active",
        label: &enrolled.label,
        backup_codes: codes.map(|codes| codes.reveal().collect()),
    };
    answer(StatusCode::OK, &told)
}
