//! Attestation: what an authenticator says about itself (WebAuthn L3 §6.5, §8); verifies six
//! formats, trusts none without a root, and refuses to take a root from the message.

mod android_key;
mod apple;
mod certificate;
pub(crate) mod chain;
mod fido_u2f;
mod object;
mod packed;
mod statement;
mod tpm;
mod tpm_structure;
mod trust;

pub use object::AttestationObject;
pub use trust::{Requirement, TrustAnchors, TrustPolicy};

use crate::authenticator_data::{AttestedCredential, AuthenticatorData};
use crate::error::{CborError, RegistrationError, StatementError, TrustError};
use crate::signature::PublicKey;
use statement::Statement;

/// The attestation statement formats that are verified (WebAuthn L3 §8). `android-safetynet` is
/// deprecated (§8.5), `compound` is not supported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Format {
    /// `none`, §8.7.
    None,
    /// `packed`, §8.2.
    Packed,
    /// `tpm`, §8.3.
    Tpm,
    /// `android-key`, §8.4.
    AndroidKey,
    /// `fido-u2f`, §8.6.
    FidoU2f,
    /// `apple`, §8.8.
    Apple,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::None,
        Self::Packed,
        Self::Tpm,
        Self::AndroidKey,
        Self::FidoU2f,
        Self::Apple,
    ];

    /// The identifier, which is compared letter by letter (WebAuthn L3 §8.1).
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Packed => "packed",
            Self::Tpm => "tpm",
            Self::AndroidKey => "android-key",
            Self::FidoU2f => "fido-u2f",
            Self::Apple => "apple",
        }
    }

    /// The format of an identifier.
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == id)
    }
}

/// What an attestation is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttestationOutcome {
    /// There is none.
    None,
    /// Correct, by the credential's own key: says nothing about the model.
    SelfSigned,
    /// Correct, by a certificate that nobody was asked to trust.
    Untrusted(Format),
    /// In a format or by an algorithm that is not supported, and not asked for.
    Unverified,
    /// Correct, and a chain leads to a root of the policy.
    Trusted(Format),
}

/// What a statement is about.
pub(crate) struct Subject<'s, 'a> {
    pub(crate) object: &'s AttestationObject<'a>,
    pub(crate) data: &'s AuthenticatorData<'a>,
    pub(crate) credential: &'s AttestedCredential<'a>,
    pub(crate) key: &'s PublicKey<'a>,
    pub(crate) client_data_hash: &'s [u8; 32],
}

/// A correct statement.
enum Verified<'a> {
    None,
    SelfSigned,
    /// The certificates, the attesting one first.
    Certified(Vec<&'a [u8]>),
}

/// WebAuthn L3 §7.1 steps 21 to 24.
pub(crate) fn judge(
    subject: &Subject<'_, '_>,
    policy: &TrustPolicy<'_>,
) -> Result<AttestationOutcome, RegistrationError> {
    // Step 21.
    let Some(format) = Format::from_id(subject.object.format) else {
        return match policy {
            TrustPolicy::Accept => Ok(AttestationOutcome::Unverified),
            TrustPolicy::Require(_) => Err(RegistrationError::Format),
        };
    };
    // Step 22.
    let verified = match (verify(format, subject), policy) {
        (Ok(verified), _) => verified,
        (Err(StatementError::Algorithm(_)), TrustPolicy::Accept) => {
            return Ok(AttestationOutcome::Unverified);
        }
        (Err(error), _) => return Err(RegistrationError::Statement(error)),
    };
    // Steps 23 and 24.
    match (policy, verified) {
        (TrustPolicy::Accept, Verified::None) => Ok(AttestationOutcome::None),
        (TrustPolicy::Accept, Verified::SelfSigned) => Ok(AttestationOutcome::SelfSigned),
        (TrustPolicy::Accept, Verified::Certified(_)) => Ok(AttestationOutcome::Untrusted(format)),
        (TrustPolicy::Require(_), Verified::None) => Err(TrustError::None),
        (TrustPolicy::Require(_), Verified::SelfSigned) => Err(TrustError::SelfSigned),
        (TrustPolicy::Require(requirement), Verified::Certified(path)) => requirement
            .judge(format, subject.credential.aaguid, &path)
            .map(|()| AttestationOutcome::Trusted(format)),
    }
    .map_err(RegistrationError::Trust)
}

fn verify<'a>(format: Format, subject: &Subject<'_, 'a>) -> Result<Verified<'a>, StatementError> {
    let statement = Statement::parse(subject.object.statement)?;
    match format {
        // WebAuthn L3 §8.7: an empty map.
        Format::None if statement.is_empty() => Ok(Verified::None),
        Format::None => Err(CborError::Member.into()),
        Format::Packed => packed::verify(&statement, subject),
        Format::Tpm => tpm::verify(&statement, subject),
        Format::AndroidKey => android_key::verify(&statement, subject),
        Format::FidoU2f => fido_u2f::verify(&statement, subject),
        Format::Apple => apple::verify(&statement, subject),
    }
}
