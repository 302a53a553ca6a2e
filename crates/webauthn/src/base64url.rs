//! Bytes that travel as base64url without padding (WebAuthn L3 §3); refuses any other alphabet,
//! padding, unused bits and what is out of bounds.

use core::fmt;
use core::marker::PhantomData;

use data_encoding::BASE64URL_NOPAD;
use serde::de::{self, Deserializer, Visitor};
use serde::{Deserialize, Serialize, Serializer};

use crate::error::LengthError;

/// `MIN` to `MAX` bytes; base64url without padding in JSON.
///
/// ```
/// use countersign_webauthn::CredentialId;
///
/// let id: CredentialId = serde_json::from_str(r#""AQID""#)?;
/// assert_eq!(id.as_bytes(), [1, 2, 3]);
/// assert!(serde_json::from_str::<CredentialId>(r#""AQ==""#).is_err());
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Base64Url<const MIN: usize, const MAX: usize>(Vec<u8>);

/// What names a credential, made by the authenticator (WebAuthn L3 §7.1 step 25: at most 1 023
/// bytes).
pub type CredentialId = Base64Url<1, 1023>;

/// What names the user towards authenticators: opaque, never personal data (WebAuthn L3 §5.4.3).
pub type UserHandle = Base64Url<1, 64>;

impl UserHandle {
    /// 64 random bytes (WebAuthn L3 §14.6.1), from a random source that the caller brings.
    pub fn generate<E>(random: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = vec![0; 64];
        random(&mut bytes)?;
        Ok(Self(bytes))
    }
}

impl<const MIN: usize, const MAX: usize> Base64Url<MIN, MAX> {
    /// Copies bytes within the bounds.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LengthError> {
        if (MIN..=MAX).contains(&bytes.len()) {
            return Ok(Self(bytes.to_vec()));
        }
        Err(LengthError)
    }

    /// Takes bytes whose length is known to fit.
    pub(crate) fn within_bounds(bytes: Vec<u8>) -> Self {
        debug_assert!((MIN..=MAX).contains(&bytes.len()), "a length out of bounds");
        Self(bytes)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The text that stands for the bytes in JSON.
    pub fn text(&self) -> String {
        BASE64URL_NOPAD.encode(&self.0)
    }

    /// Reads what [`text`](Self::text) writes.
    pub fn from_text(text: &str) -> Result<Self, LengthError> {
        // Four symbols are three bytes: what is too long is refused before it takes memory.
        if text.len() / 4 > MAX / 3 {
            return Err(LengthError);
        }
        let bytes = BASE64URL_NOPAD
            .decode(text.as_bytes())
            .map_err(|_| LengthError)?;
        if (MIN..=MAX).contains(&bytes.len()) {
            return Ok(Self(bytes));
        }
        Err(LengthError)
    }
}

impl<const MIN: usize, const MAX: usize> AsRef<[u8]> for Base64Url<MIN, MAX> {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl<const MIN: usize, const MAX: usize> fmt::Debug for Base64Url<MIN, MAX> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text())
    }
}

impl<const MIN: usize, const MAX: usize> Serialize for Base64Url<MIN, MAX> {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&self.text())
    }
}

impl<'de, const MIN: usize, const MAX: usize> Deserialize<'de> for Base64Url<MIN, MAX> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Text<const MIN: usize, const MAX: usize>(PhantomData<[(); MIN]>);

        impl<const MIN: usize, const MAX: usize> Visitor<'_> for Text<MIN, MAX> {
            type Value = Base64Url<MIN, MAX>;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(out, "{MIN} to {MAX} bytes as base64url without padding")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Self::Value, E> {
                Base64Url::from_text(text)
                    .map_err(|_| E::invalid_value(de::Unexpected::Other("this text"), &self))
            }
        }

        from.deserialize_str(Text(PhantomData))
    }
}
