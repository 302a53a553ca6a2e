//! Why an authentication is refused; refuses to sum two steps up in one variant.

use super::{AuthenticatorDataError, ClientDataError, CoseError};

/// A step of WebAuthn L3 §7.2 that does not let the authentication pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthenticationError {
    /// Step 3: not a public-key credential, or its two ids differ.
    #[error("not the response of an authentication")]
    Response,
    /// Step 5: a credential that was not asked for.
    #[error("the credential was not asked for")]
    NotAllowed,
    /// Step 6: the stored credential is not the one that answers, or belongs to another user.
    #[error("the credential belongs to another user")]
    Credential,
    /// Step 6: the user handle is missing where nobody was named before, or names another user.
    #[error("the user handle is missing or names another user")]
    UserHandle,
    /// Step 7: the authenticator data cannot be read.
    #[error("the authenticator data cannot be read: {0}")]
    AuthenticatorData(AuthenticatorDataError),
    /// Step 8: the client data are not UTF-8.
    #[error("the client data are not UTF-8")]
    Utf8,
    /// Step 9: the client data are not the JSON they must be.
    #[error("the client data are not the JSON object they must be")]
    Json,
    /// Step 10: not `webauthn.get`.
    #[error("the client data are of another type of ceremony")]
    Type,
    /// Step 11: another challenge.
    #[error("the challenge is another one")]
    Challenge,
    /// Step 12: an origin that is not allowed.
    #[error("the origin is not allowed")]
    Origin,
    /// Step 13: made inside a frame of another origin.
    #[error("the page stood in a frame of another origin")]
    CrossOrigin,
    /// Step 14: the frame belonged to an origin that is not allowed.
    #[error("the page stood in a frame of an origin that is not allowed")]
    TopOrigin,
    /// Step 15: made for another RP ID.
    #[error("the assertion is for another RP ID")]
    RpIdHash,
    /// Step 16: nobody was present.
    #[error("no user was present")]
    UserPresent,
    /// Step 17: the user was not verified although that was required.
    #[error("the user was not verified")]
    UserVerified,
    /// Step 18: backed up without being eligible for it.
    #[error("backed up without being eligible for backup")]
    BackupState,
    /// Step 19: eligibility for backup is not what it was at the registration.
    #[error("eligibility for backup has changed")]
    BackupEligible,
    /// Step 21: the stored public key is none.
    #[error("the stored public key cannot be used: {0}")]
    PublicKey(CoseError),
    /// Step 21: the signature is wrong.
    #[error("the signature is wrong")]
    Signature,
}

impl AuthenticationError {
    /// The step of WebAuthn L3 §7.2 that refuses.
    pub const fn step(self) -> u8 {
        match self {
            Self::Response => 3,
            Self::NotAllowed => 5,
            Self::Credential | Self::UserHandle => 6,
            Self::AuthenticatorData(_) => 7,
            Self::Utf8 => 8,
            Self::Json => 9,
            Self::Type => 10,
            Self::Challenge => 11,
            Self::Origin => 12,
            Self::CrossOrigin => 13,
            Self::TopOrigin => 14,
            Self::RpIdHash => 15,
            Self::UserPresent => 16,
            Self::UserVerified => 17,
            Self::BackupState => 18,
            Self::BackupEligible => 19,
            Self::PublicKey(_) | Self::Signature => 21,
        }
    }
}

impl From<ClientDataError> for AuthenticationError {
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
