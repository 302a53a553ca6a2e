//! Options for the browser, `PublicKeyCredentialCreationOptionsJSON` and
//! `PublicKeyCredentialRequestOptionsJSON` of WebAuthn L3 §5.1; refuses to be read back: what
//! counts is the state that the server kept.

use serde::{Deserialize, Serialize};

use crate::base64url::{CredentialId, UserHandle};
use crate::cose::Algorithm;
use crate::response::Attachment;

/// How long a browser waits, in milliseconds (WebAuthn L3 §15.1: 300 000 to 600 000).
pub const TIMEOUT: u32 = 300_000;

/// Whether the authenticator must verify the user (WebAuthn L3 §5.8.6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum UserVerification {
    /// An answer without it is refused. For passkeys that are the only step.
    Required,
    /// Wanted; an answer without it counts as one factor.
    #[default]
    Preferred,
    /// Not wanted.
    Discouraged,
}

/// Whether the credential must be discoverable (WebAuthn L3 §5.4.6).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ResidentKey {
    /// A passkey, or nothing.
    Required,
    /// A passkey if the authenticator can.
    #[default]
    Preferred,
    /// Not wanted: it would take a place on a security key.
    Discouraged,
}

/// How much the authenticator should tell about itself (WebAuthn L3 §5.4.7).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AttestationPreference {
    /// Nothing.
    #[default]
    None,
    /// As it is, for a trust policy to judge.
    Direct,
    /// With the serial number too, where the browser is managed to allow it.
    Enterprise,
}

/// What the user is likely to use (WebAuthn L3 §5.8.8), most likely first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Hint {
    /// A security key.
    SecurityKey,
    /// The device at hand.
    ClientDevice,
    /// A phone.
    Hybrid,
}

/// A credential that is there already (WebAuthn L3 §5.8.3).
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CredentialDescriptor {
    #[serde(rename = "type")]
    kind: PublicKeyType,
    id: CredentialId,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    transports: Vec<String>,
}

impl CredentialDescriptor {
    /// `transports` are those that came with the registration, words not known here included.
    pub fn new(id: CredentialId, transports: Vec<String>) -> Self {
        Self {
            kind: PublicKeyType::PublicKey,
            id,
            transports,
        }
    }

    /// The id.
    pub fn id(&self) -> &CredentialId {
        &self.id
    }
}

/// The only type of credential there is (WebAuthn L3 §5.8.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) enum PublicKeyType {
    #[serde(rename = "public-key")]
    PublicKey,
}

/// Options for `navigator.credentials.create()`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct CreationOptions {
    pub(crate) rp: RpEntity,
    pub(crate) user: UserEntity,
    pub(crate) challenge: String,
    pub(crate) pub_key_cred_params: Vec<Parameter>,
    pub(crate) timeout: u32,
    pub(crate) exclude_credentials: Vec<CredentialDescriptor>,
    pub(crate) authenticator_selection: Selection,
    pub(crate) hints: Vec<Hint>,
    pub(crate) attestation: AttestationPreference,
    pub(crate) extensions: CreationExtensions,
}

/// Options for `navigator.credentials.get()`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RequestOptions {
    pub(crate) challenge: String,
    pub(crate) timeout: u32,
    pub(crate) rp_id: String,
    pub(crate) allow_credentials: Vec<CredentialDescriptor>,
    pub(crate) user_verification: UserVerification,
    pub(crate) hints: Vec<Hint>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct RpEntity {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct UserEntity {
    pub(crate) id: UserHandle,
    pub(crate) name: String,
    pub(crate) display_name: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Parameter {
    #[serde(rename = "type")]
    kind: PublicKeyType,
    alg: Algorithm,
}

impl From<Algorithm> for Parameter {
    fn from(alg: Algorithm) -> Self {
        Self {
            kind: PublicKeyType::PublicKey,
            alg,
        }
    }
}

/// WebAuthn L3 §5.4.4: `requireResidentKey` is for Level 1, and true only with `required`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Selection {
    #[serde(skip_serializing_if = "Option::is_none")]
    authenticator_attachment: Option<Attachment>,
    resident_key: ResidentKey,
    require_resident_key: bool,
    user_verification: UserVerification,
}

impl Selection {
    /// Where all hints mean the same place, clients that do not know hints are told it too
    /// (WebAuthn L3 §5.8.8).
    pub(crate) fn new(
        attachment: Option<Attachment>,
        hints: &[Hint],
        resident_key: ResidentKey,
        user_verification: UserVerification,
    ) -> Self {
        let mut places = hints.iter().map(|hint| match hint {
            Hint::ClientDevice => Attachment::Platform,
            Hint::SecurityKey | Hint::Hybrid => Attachment::CrossPlatform,
        });
        let hinted = places
            .next()
            .filter(|first| places.all(|place| place == *first));
        Self {
            authenticator_attachment: attachment.or(hinted),
            resident_key,
            require_resident_key: resident_key == ResidentKey::Required,
            user_verification,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CreationExtensions {
    pub(crate) cred_props: bool,
}
