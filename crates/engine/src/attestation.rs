//! Which authenticators may become passkeys: any, or models that somebody trusted vouches for. It
//! judges an enrollment alone; a passkey that is there is not judged again.

use std::collections::BTreeSet;

use countersign_webauthn::error::{StatementError, TrustError};
use countersign_webauthn::{
    Aaguid, AttestationPreference, Registered, RegistrationError, Requirement, TrustAnchors,
    TrustPolicy,
};

use crate::audit::Reason;
use crate::clock::Timestamp;
use crate::verdict::Refusal;

/// Which authenticators may become passkeys.
#[derive(Clone, Debug, Default)]
pub enum AttestationPolicy {
    /// Any. Browsers are not asked what it is; an attestation that comes all the same must be
    /// correct, and is not trusted (NIST SP 800-63B-4 §B.3).
    #[default]
    Any,
    /// Those that attest what they are, of a model that may be used.
    Required(TrustedModels),
}

/// Models that may be used, and who vouches for them.
#[derive(Clone, Debug, Default)]
pub struct TrustedModels {
    /// The roots. Without any, nothing can be enrolled.
    pub anchors: TrustAnchors,
    /// The models that may be used; `None` for each that a root vouches for.
    pub allowed: Option<BTreeSet<Aaguid>>,
    /// Models that may not be used, whoever vouches for them.
    pub fallen: BTreeSet<Aaguid>,
}

impl AttestationPolicy {
    /// What browsers are asked for.
    pub(crate) fn preference(&self) -> AttestationPreference {
        match self {
            Self::Any => AttestationPreference::None,
            Self::Required(_) => AttestationPreference::Direct,
        }
    }

    /// Ends a registration under this policy; a refusal comes with the true reason.
    pub(crate) fn judge(
        &self,
        now: Timestamp,
        finish: impl FnOnce(&TrustPolicy<'_>) -> Result<Registered, RegistrationError>,
    ) -> Result<Registered, (Refusal, Reason)> {
        match self {
            Self::Any => finish(&TrustPolicy::Accept).map_err(refusal),
            Self::Required(models) => {
                let requirement = Requirement {
                    models: models.allowed.as_ref(),
                    // Such a key signs no AAGUID: anybody could write one in.
                    u2f_without_aaguid: true,
                    ..Requirement::new(&models.anchors, now.unix_seconds())
                };
                let registered = finish(&TrustPolicy::Require(requirement)).map_err(refusal)?;
                if models.fallen.contains(&registered.aaguid) {
                    return Err(refusal(RegistrationError::Trust(TrustError::Aaguid)));
                }
                Ok(registered)
            }
        }
    }
}

/// What to tell, and what to record. An attestation that is wrong is an answer that does not hold,
/// and one that cannot be verified is nobody's word.
fn refusal(error: RegistrationError) -> (Refusal, Reason) {
    let reason = match error {
        RegistrationError::Trust(TrustError::None | TrustError::SelfSigned) => {
            Reason::NoAttestation
        }
        RegistrationError::Trust(TrustError::Aaguid) => Reason::ModelNotAllowed,
        RegistrationError::Trust(_)
        | RegistrationError::Format
        | RegistrationError::Statement(StatementError::Algorithm(_)) => {
            Reason::AttestationUntrusted
        }
        _ => return (Refusal::InvalidPasskey, Reason::WrongPasskey),
    };
    (Refusal::AuthenticatorNotAllowed, reason)
}
