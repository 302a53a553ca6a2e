//! Why a registration is refused; refuses to sum two steps up in one variant.

use super::{
    AuthenticatorDataError, CborError, ClientDataError, CoseError, StatementError, TrustError,
};

/// A step of WebAuthn L3 §7.1 that does not let the registration pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RegistrationError {
    /// Step 3: not a public-key credential, or its two ids differ.
    #[error("not the response of a registration")]
    Response,
    /// Step 5: the client data are not UTF-8.
    #[error("the client data are not UTF-8")]
    Utf8,
    /// Step 6: the client data are not the JSON they must be.
    #[error("the client data are not the JSON object they must be")]
    Json,
    /// Step 7: not `webauthn.create`.
    #[error("the client data are of another type of ceremony")]
    Type,
    /// Step 8: another challenge.
    #[error("the challenge is another one")]
    Challenge,
    /// Step 9: an origin that is not allowed.
    #[error("the origin is not allowed")]
    Origin,
    /// Step 10: made inside a frame of another origin.
    #[error("the page stood in a frame of another origin")]
    CrossOrigin,
    /// Step 11: the frame belonged to an origin that is not allowed.
    #[error("the page stood in a frame of an origin that is not allowed")]
    TopOrigin,
    /// Step 13: the attestation object cannot be read.
    #[error("the attestation object cannot be read: {0}")]
    AttestationObject(CborError),
    /// Step 13: the authenticator data in it cannot be read.
    #[error("the authenticator data cannot be read: {0}")]
    AuthenticatorData(AuthenticatorDataError),
    /// Step 14: made for another RP ID.
    #[error("the credential is for another RP ID")]
    RpIdHash,
    /// Step 15: nobody was present.
    #[error("no user was present")]
    UserPresent,
    /// Step 16: the user was not verified although that was required.
    #[error("the user was not verified")]
    UserVerified,
    /// Step 17: backed up without being eligible for it.
    #[error("backed up without being eligible for backup")]
    BackupState,
    /// Step 18: eligible for backup where the policy wants keys that stay on one device.
    #[error("the credential can leave its device")]
    BackupEligible,
    /// Step 20: an algorithm that was not offered.
    #[error("the algorithm {0} was not offered")]
    Algorithm(i64),
    /// Step 20: the key of an offered algorithm is none (WebAuthn L3 §5.8.5, §6.5.1).
    #[error("the public key cannot be used: {0}")]
    PublicKey(CoseError),
    /// Step 21: an attestation format that is not supported, while attestation is required.
    #[error("the attestation format is not supported")]
    Format,
    /// Step 22: the attestation statement is wrong.
    #[error("the attestation statement is wrong: {0}")]
    Statement(StatementError),
    /// Step 24: the attestation is correct and nobody that is trusted stands behind it.
    #[error("the attestation is not trusted: {0}")]
    Trust(TrustError),
    /// Step 25: the id has no byte or more than 1 023, or is not the one that the response names.
    #[error("the credential id is too long or another one")]
    CredentialId,
}

impl RegistrationError {
    /// The step of WebAuthn L3 §7.1 that refuses.
    pub const fn step(self) -> u8 {
        match self {
            Self::Response => 3,
            Self::Utf8 => 5,
            Self::Json => 6,
            Self::Type => 7,
            Self::Challenge => 8,
            Self::Origin => 9,
            Self::CrossOrigin => 10,
            Self::TopOrigin => 11,
            Self::AttestationObject(_) | Self::AuthenticatorData(_) => 13,
            Self::RpIdHash => 14,
            Self::UserPresent => 15,
            Self::UserVerified => 16,
            Self::BackupState => 17,
            Self::BackupEligible => 18,
            Self::Algorithm(_) | Self::PublicKey(_) => 20,
            Self::Format => 21,
            Self::Statement(_) => 22,
            Self::Trust(_) => 24,
            Self::CredentialId => 25,
        }
    }
}

impl From<ClientDataError> for RegistrationError {
    fn from(error: ClientDataError) -> Self {
        match error {
            ClientDataError::Utf8 => Self::Utf8,
            ClientDataError::Json => Self::Json,
            ClientDataError::Type => Self::Type,
            ClientDataError::Challenge => Self::Challenge,
            ClientDataError::Origin => Self::Origin,
            ClientDataError::CrossOrigin => Self::CrossOrigin,
            ClientDataError::TopOrigin => Self::TopOrigin,
        }
    }
}
