//! Challenges, what makes an answer good for one ceremony (WebAuthn L3 §13.5.3); refuses short
//! ones, and to tell whether one has been used: that is the store's to say.

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::base64url::Base64Url;
use crate::digest::sha256;
use crate::error::LengthError;

/// A server-made question. It goes to the browser; what is kept is its [`hash`](Self::hash).
#[derive(Clone, PartialEq, Eq)]
pub struct Challenge(Base64Url<16, 256>);

impl Challenge {
    /// 32 random bytes, from a random source that the caller brings.
    pub fn generate<E>(random: impl FnOnce(&mut [u8]) -> Result<(), E>) -> Result<Self, E> {
        let mut bytes = [0; 32];
        random(&mut bytes)?;
        Ok(Self::from(bytes))
    }

    /// 16 to 256 bytes (WebAuthn L3 §13.5.3), for a caller that makes its own, such as one with a
    /// MAC in it. They must be random and never have been used.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, LengthError> {
        Base64Url::from_bytes(bytes).map(Self)
    }

    /// The bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The text in options and client data.
    pub fn text(&self) -> String {
        self.0.text()
    }

    /// Reads what [`text`](Self::text) writes.
    pub fn from_text(text: &str) -> Result<Self, LengthError> {
        Base64Url::from_text(text).map(Self)
    }

    /// What to keep until the answer comes, and what to note as used.
    pub fn hash(&self) -> ChallengeHash {
        ChallengeHash::of_bytes(self.as_bytes())
    }
}

impl From<[u8; 32]> for Challenge {
    fn from(bytes: [u8; 32]) -> Self {
        // 32 bytes are always within the bounds.
        Self(Base64Url::within_bounds(bytes.to_vec()))
    }
}

impl fmt::Debug for Challenge {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("Challenge(…)")
    }
}

/// SHA-256 of a challenge's bytes: enough to recognize it, too little to answer it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChallengeHash(Base64Url<32, 32>);

impl ChallengeHash {
    /// The 32 bytes.
    pub fn as_bytes(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The hash of the challenge that client data carry, before anything about them is judged: what
    /// a caller without a cookie looks its state up by. `None` if no base64url of 16 to 256 bytes
    /// stands in its place.
    pub fn of_text(text: &str) -> Option<Self> {
        Challenge::from_text(text)
            .ok()
            .map(|challenge| challenge.hash())
    }

    /// Whether a text is the base64url of this challenge; padding, another alphabet and unused bits
    /// are not.
    pub(crate) fn is_of(&self, text: &str) -> bool {
        Self::of_text(text).is_some_and(|hash| hash == *self)
    }

    fn of_bytes(bytes: &[u8]) -> Self {
        Self(Base64Url::within_bounds(sha256(bytes).to_vec()))
    }
}
