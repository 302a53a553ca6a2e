//! `POST /v1/users/{user}/authenticators`: begins an enrollment. Its answer is the only one that holds
//! the secret, and a repeated request does not get it again.

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use countersign::authenticator::Kind;
use countersign::otp::{Algorithm, Digits};
use countersign::webauthn::CreationOptions;
use countersign::{BegunPasskey, Enrollment, EnrollmentOptions};

use super::Type;
use crate::extract::{Asking, Once, Sent, Subject};
use crate::picture::Picture;
use crate::problem::{Failure, Problem, Settle};
use crate::v1::document::{OnceHeader, UserPath};
use crate::v1::{answer, refusal};

const ROUTE: &str = "POST authenticators";

/// An authenticator to be enrolled.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = BeginEnrollment)]
pub(in crate::v1) struct Fields {
    #[serde(rename = "type")]
    kind: Type,
    /// What the authenticator shows, such as the e-mail address: 1 to 64 characters, no colon.
    #[schema(
        examples("alice@example.com"),
        min_length = 1,
        max_length = 64,
        pattern = r"^[^:\u0000-\u001f\u007f-\u009f]+$"
    )]
    account_name: String,
    /// A longer name that passkeys show beside it; authenticator apps show none.
    display_name: Option<String>,
    /// What the user calls the authenticator: 1 to 64 characters.
    #[schema(
        min_length = 1,
        max_length = 64,
        pattern = r"^[^\u0000-\u001f\u007f-\u009f]+$"
    )]
    label: Option<String>,
    /// Of `totp` and `hotp`: `SHA1`, which every app knows, `SHA256` or `SHA512`.
    #[schema(pattern = "^(SHA1|SHA256|SHA512)$")]
    algorithm: Option<String>,
    /// Of `totp` and `hotp`: the length of a code.
    #[schema(minimum = 6, maximum = 8)]
    digits: Option<u8>,
    /// The `verification_id` of an accepted verification, once the user has an authenticator.
    proof: Option<String>,
}

/// A pending enrollment. Keep none of it but the `id`.
#[derive(Serialize, ToSchema)]
#[schema(as = BegunEnrollment)]
pub(in crate::v1) struct Answer<'a> {
    /// The authenticator's id: confirm it by this.
    id: String,
    #[serde(rename = "type")]
    kind: Type,
    /// `pending`: it verifies nothing until it is confirmed.
    #[schema(examples("pending"))]
    status: &'static str,
    /// The secret in base32, for who cannot scan. Of `totp` and `hotp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    /// The `otpauth:` URI. Of `totp` and `hotp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    uri: Option<&'a str>,
    /// The URI's picture as an SVG element. Of `totp` and `hotp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    qr_svg: Option<&'a str>,
    /// The same as the address of a PNG. Of `totp` and `hotp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    qr_data_uri: Option<&'a str>,
    /// The options for `navigator.credentials.create()`, as `parseCreationOptionsFromJSON` takes
    /// them. Of `passkey`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    public_key: Option<&'a CreationOptions>,
    /// Until when it can be confirmed, RFC 3339 in UTC.
    #[schema(format = DateTime)]
    expires_at: String,
}

refusal::refusals!(SCOPE USER BODY ONCE;
    ProofRequired AccountNameInvalid LabelInvalid TooManyAuthenticators Conflict);

/// Begin an enrollment
///
/// A user arises at their first enrollment: there is no call to make one. Beginning a `totp` or `hotp`
/// replaces a pending one. Scope `enroll`.
///
/// The answer is the only one that holds the secret. Where it was lost on the way, the same request
/// with the same `Idempotency-Key` is 409 `already_created` with the `id`: begin again, without the
/// key or with another.
#[utoipa::path(
    post,
    path = "/v1/users/{user}/authenticators",
    operation_id = "begin_enrollment",
    tag = "Enrollment",
    params(UserPath, OnceHeader),
    request_body = Fields,
    responses((status = 201, description = "Begun.", body = Answer), Refused)
)]
pub(in crate::v1) async fn begin(
    asking: Asking,
    Subject(user): Subject,
    once: Once,
    sent: Sent<Fields>,
) -> Result<Response, Failure> {
    let host = asking.host();
    let once = once.of(ROUTE, &sent.bytes);
    let fields = &sent.fields;
    let proof = fields.proof.as_deref();
    let Some(options) = fields.options()? else {
        let names = (fields.account_name.as_str(), fields.display_name.as_deref());
        let begun = host.begin_passkey(&user, names, fields.label.as_deref(), proof, once);
        return Ok(passkey(&begun.await?.settle()?));
    };
    let begun = host.begin_enrollment(&user, &fields.account_name, options, proof, once);
    codes(fields.kind, &begun.await?.settle()?)
}

impl Fields {
    /// Those of a code authenticator; none for a passkey, which has no such options.
    fn options(&self) -> Result<Option<EnrollmentOptions>, Problem> {
        let kind = match self.kind {
            Type::Totp => Kind::Totp,
            Type::Hotp => Kind::Hotp,
            Type::Passkey if self.algorithm.is_none() && self.digits.is_none() => return Ok(None),
            Type::Passkey => return Err(Problem::InvalidFields),
        };
        let invalid = |_| Problem::InvalidFields;
        let algorithm = self.algorithm.as_deref().map(str::parse::<Algorithm>);
        let digits = self.digits.map(Digits::try_from);
        Ok(Some(EnrollmentOptions {
            kind,
            label: self.label.clone(),
            algorithm: algorithm.transpose().map_err(invalid)?,
            digits: digits.transpose().map_err(invalid)?,
        }))
    }
}

fn codes(kind: Type, begun: &Enrollment) -> Result<Response, Failure> {
    let picture = Picture::of(begun.uri())?;
    let told = Answer {
        id: begun.id().to_string(),
        kind,
        status: "pending",
        secret: Some(begun.secret()),
        uri: Some(begun.uri()),
        qr_svg: Some(&picture.svg),
        qr_data_uri: Some(&picture.data_uri),
        public_key: None,
        expires_at: begun.expires_at().rfc3339(),
    };
    Ok(answer(StatusCode::CREATED, &told))
}

fn passkey(begun: &BegunPasskey) -> Response {
    let told = Answer {
        id: begun.id.to_string(),
        kind: Type::Passkey,
        status: "pending",
        secret: None,
        uri: None,
        qr_svg: None,
        qr_data_uri: None,
        public_key: Some(&begun.options),
        expires_at: begun.expires_at.rfc3339(),
    };
    answer(StatusCode::CREATED, &told)
}
