//! `POST /v1/users/{user}/verify`: the one question. 200 is the only answer that means yes.

use std::net::IpAddr;

use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use countersign::session::{Origin, Token};
use countersign::webauthn::AuthenticationResponse;
use countersign::{Client, Proof, Verified};

use super::document::UserPath;
use super::{answer, refusal};
use crate::extract::{Asking, LONG, Sent, Subject};
use crate::problem::{Failure, Problem, Settle};
use crate::table::Table;
use crate::visit::{self, Visit};

pub(super) fn routes(table: Table) -> Table {
    table.post("/v1/users/{user}/verify", verify)
}

/// What the user presents: `code`, or `code` and `next_code`, or `backup_code`, or `challenge_id` and
/// `credential`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Verify)]
pub(in crate::v1) struct Fields {
    /// What the authenticator app or token shows; spaces and hyphens do not matter.
    #[schema(examples("123456"))]
    code: Option<String>,
    /// The code after it: brings a HOTP token back in step that was pressed too often.
    next_code: Option<String>,
    /// A backup code. Case, spaces and hyphens do not matter.
    backup_code: Option<String>,
    /// The `id` of the challenge that a passkey answers.
    challenge_id: Option<String>,
    /// What `credential.toJSON()` gives after `navigator.credentials.get()`.
    #[schema(value_type = Option<Object>)]
    credential: Option<AuthenticationResponse>,
    /// From where the user speaks.
    context: Option<Context>,
}

/// From where the user speaks, as the application knows. It is recorded, and limits what a stranger
/// can use up.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = VerificationContext)]
pub(in crate::v1) struct Context {
    /// The user's IP address.
    #[schema(value_type = Option<String>, examples("203.0.113.7"))]
    ip: Option<IpAddr>,
    /// The user's `User-Agent`.
    user_agent: Option<String>,
    /// The `device` of an earlier answer, which the application keeps in a cookie of this user's.
    device: Option<String>,
}

/// An accepted verification.
#[derive(Serialize, ToSchema)]
#[schema(as = Verification)]
pub(in crate::v1) struct Answer<'a> {
    /// The proof that changes of the user's authenticators take: once, within five minutes. It is a
    /// secret.
    verification_id: &'a str,
    /// Which authenticator it was; none for a backup code.
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticator_id: Option<String>,
    /// The methods (RFC 8176) that took part in it: `otp` for a code, `pop` for a passkey, with `mfa`
    /// where the passkey verified the user itself; none for a backup code, for which there is no name.
    /// Your first step is yours to add.
    #[schema(examples(json!(["otp"])))]
    amr: Vec<&'static str>,
    /// What it is worth beside your first step: `aal2`, or `phr` where it is phishing-resistant.
    #[schema(examples("aal2"))]
    acr: &'static str,
    /// When it was, RFC 3339 in UTC.
    #[schema(format = DateTime)]
    auth_time: String,
    /// The user's device, the one that was shown or a new one: keep it in a cookie, and show it with
    /// the next verification. It grants a budget of attempts, and never a verification.
    device: &'a str,
    /// How many backup codes are left, where one was used.
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_codes_left: Option<u32>,
}

refusal::refusals!(SCOPE USER BODY PROOF; BackupCodesVoid Busy);

/// Verify a user
///
/// 200 is the only answer that lets anybody in. Each code, backup code and passkey's answer is
/// accepted once. A user who is unknown, or has no such authenticator, is `invalid_code`. Do not
/// repeat it by itself: ask the user for another code. Scope `verify`.
#[utoipa::path(
    post,
    path = "/v1/users/{user}/verify",
    operation_id = "verify",
    tag = "Verification",
    params(UserPath),
    request_body = Fields,
    responses((status = 200, description = "Accepted.", body = Answer), Refused)
)]
pub(in crate::v1) async fn verify(
    asking: Asking,
    Subject(user): Subject,
    sent: Sent<Fields, LONG>,
) -> Result<Response, Failure> {
    let mut fields = sent.fields;
    let context = fields.context.take().unwrap_or_default();
    let context = context.told_by(&asking.visit);
    let (proof, challenge) = fields.proof()?;
    let host = asking.host();
    let verifying = host.verify(&user, proof, challenge.as_deref(), context);
    Ok(told(&verifying.await?.settle()?))
}

impl Fields {
    /// Exactly one way of the four.
    fn proof(self) -> Result<(Proof, Option<String>), Problem> {
        let codes = (self.code, self.next_code, self.backup_code);
        match (codes, self.challenge_id, self.credential) {
            ((Some(code), None, None), None, None) => Ok((Proof::code(code), None)),
            ((Some(code), Some(next), None), None, None) => Ok((Proof::codes(code, next), None)),
            ((None, None, Some(code)), None, None) => Ok((Proof::backup_code(code), None)),
            ((None, None, None), Some(challenge), Some(credential)) => {
                Ok((Proof::passkey(credential), Some(challenge)))
            }
            _ => Err(Problem::InvalidFields),
        }
    }
}

impl Context {
    /// As the engine counts and records it. Where nothing is told of the user, the address is that
    /// of the back end. A device that no answer named is none, like any strange cookie.
    fn told_by(self, visit: &Visit) -> Client {
        let origin = match (self.ip, self.user_agent.as_deref()) {
            (None, None) => visit.origin(),
            (address, agent) => Origin {
                address,
                agent: agent.and_then(visit::clean_agent),
                ..visit.origin()
            },
        };
        Client {
            origin,
            known: self.device.as_deref().and_then(Token::parse),
        }
    }
}

fn told(verified: &Verified) -> Response {
    let (proof, acceptance) = (verified.proof.reveal(), &verified.acceptance);
    let device = verified.device.reveal();
    let assurance = acceptance.assurance();
    let told = Answer {
        verification_id: &proof,
        authenticator_id: acceptance.authenticator().map(|id| id.to_string()),
        amr: assurance.amr.names(),
        acr: assurance.acr(),
        auth_time: assurance.auth_time.rfc3339(),
        device: &device,
        backup_codes_left: verified.backup_codes_left,
    };
    answer(StatusCode::OK, &told)
}
