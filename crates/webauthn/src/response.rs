//! What a browser answers, `RegistrationResponseJSON` and `AuthenticationResponseJSON` of WebAuthn
//! L3 §5.1; refuses missing members and oversized ones, passes over members it does not know.

use core::fmt;
use std::borrow::Cow;

use serde::de::value::MapAccessDeserializer;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize};

use crate::base64url::{Base64Url, CredentialId};
use crate::ceremony::Challenge;
use crate::client_data::ClientData;
use crate::error::ResponseError;

/// The longest answer that is read, in bytes of JSON.
pub const MAX_RESPONSE: usize = 65_536;

/// Client data, at most 8 KiB.
pub type ClientDataJson = Base64Url<1, 8192>;

/// The answer to creation options (`RegistrationResponseJSON`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct RegistrationResponse {
    /// The credential's id.
    pub id: CredentialId,
    /// The same.
    pub raw_id: CredentialId,
    /// What authenticator and browser say.
    pub response: AttestationResponse,
    /// Where the authenticator was, if the browser tells.
    #[serde(default, deserialize_with = "known")]
    pub authenticator_attachment: Option<Attachment>,
    /// What extensions say to the browser.
    #[serde(default)]
    pub client_extension_results: ExtensionResults,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// `AuthenticatorAttestationResponseJSON`. Its easy-to-read copies of the authenticator data and
/// the public key are not looked at: nobody signed them.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct AttestationResponse {
    /// The client data, as they were hashed.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: ClientDataJson,
    /// The attestation object, CBOR.
    pub attestation_object: Base64Url<1, 32_768>,
    /// How the authenticator can be reached.
    #[serde(default)]
    pub transports: Vec<String>,
}

/// The answer to request options (`AuthenticationResponseJSON`).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct AuthenticationResponse {
    /// The credential's id: what the caller finds the stored credential by.
    pub id: CredentialId,
    /// The same.
    pub raw_id: CredentialId,
    /// What authenticator and browser say.
    pub response: AssertionResponse,
    /// Where the authenticator was, if the browser tells.
    #[serde(default, deserialize_with = "known")]
    pub authenticator_attachment: Option<Attachment>,
    /// What extensions say to the browser.
    #[serde(default)]
    pub client_extension_results: ExtensionResults,
    /// Always `public-key`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// `AuthenticatorAssertionResponseJSON`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct AssertionResponse {
    /// The client data, as they were signed.
    #[serde(rename = "clientDataJSON")]
    pub client_data_json: ClientDataJson,
    /// The authenticator data, as they were signed.
    pub authenticator_data: Base64Url<1, 8192>,
    /// The signature.
    pub signature: Base64Url<1, 1024>,
    /// The user handle of a discoverable credential. Empty is not the same as missing.
    #[serde(default)]
    pub user_handle: Option<Base64Url<0, 64>>,
}

/// Where an authenticator is (WebAuthn L3 §5.4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Attachment {
    /// Part of the client's device.
    Platform,
    /// Elsewhere: a security key, a phone.
    CrossPlatform,
}

/// A word that is not known here is as good as none (WebAuthn L3 §2.1.1).
fn known<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Attachment>, D::Error> {
    let word = Option::<Cow<'de, str>>::deserialize(from)?;
    Ok(match word.as_deref() {
        Some("platform") => Some(Attachment::Platform),
        Some("cross-platform") => Some(Attachment::CrossPlatform),
        _ => None,
    })
}

/// Client extension results; those that are not known here are passed over (WebAuthn L3 §7.1 step
/// 28, §7.2 step 23).
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", remote = "Self")]
pub struct ExtensionResults {
    /// Whether the credential is discoverable (WebAuthn L3 §10.1.3).
    #[serde(default)]
    pub cred_props: Option<CredentialProperties>,
}

/// `CredentialPropertiesOutput`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(remote = "Self")]
pub struct CredentialProperties {
    /// Discoverable, not discoverable, or not known.
    #[serde(default)]
    pub rk: Option<bool>,
}

/// serde would take an array of a struct's members for the struct. A browser never writes one.
macro_rules! objects_only {
    ($($name:ident),+) => {$(
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                struct Object;

                impl<'de> Visitor<'de> for Object {
                    type Value = $name;

                    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                        out.write_str("a JSON object")
                    }

                    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<$name, A::Error> {
                        $name::deserialize(MapAccessDeserializer::new(map))
                    }
                }

                from.deserialize_map(Object)
            }
        }
    )+};
}

objects_only!(
    RegistrationResponse,
    AttestationResponse,
    AuthenticationResponse,
    AssertionResponse,
    ExtensionResults,
    CredentialProperties
);

impl RegistrationResponse {
    /// Reads the JSON of at most [`MAX_RESPONSE`] bytes.
    pub fn parse(json: &[u8]) -> Result<Self, ResponseError> {
        bounded(json)
    }

    /// The challenge in the client data, before anything is judged; see [`ClientData::challenge`].
    pub fn challenge(&self) -> Option<Challenge> {
        challenge(&self.response.client_data_json)
    }
}

impl AuthenticationResponse {
    /// Reads the JSON of at most [`MAX_RESPONSE`] bytes.
    pub fn parse(json: &[u8]) -> Result<Self, ResponseError> {
        bounded(json)
    }

    /// The challenge in the client data, before anything is judged; see [`ClientData::challenge`].
    pub fn challenge(&self) -> Option<Challenge> {
        challenge(&self.response.client_data_json)
    }
}

fn challenge(client_data_json: &ClientDataJson) -> Option<Challenge> {
    let client_data = ClientData::parse(client_data_json.as_bytes()).ok()?;
    Challenge::from_text(client_data.challenge()?).ok()
}

fn bounded<'de, T: Deserialize<'de>>(json: &'de [u8]) -> Result<T, ResponseError> {
    if json.len() > MAX_RESPONSE {
        return Err(ResponseError::TooLong);
    }
    serde_json::from_slice(json).map_err(|_| ResponseError::Json)
}
