//! HMAC-SHA-256 over length-prefixed parts: what ties a row to its place and an event to its words.

use hmac::{Hmac, KeyInit, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::error::VaultFailure;
use crate::vault::{KeyringError, length_prefixed};

/// A MAC beside a row: which key, and the 32-byte tag.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RowMac {
    key: u32,
    tag: [u8; 32],
}

impl RowMac {
    pub(crate) const fn new(key: u32, tag: [u8; 32]) -> Self {
        Self { key, tag }
    }

    pub(crate) const fn empty() -> Self {
        Self {
            key: 0,
            tag: [0; 32],
        }
    }

    /// From a row's columns; it proves nothing before it is checked.
    pub const fn from_row(key: u32, tag: [u8; 32]) -> Self {
        Self { key, tag }
    }

    /// The id of its key.
    pub const fn key(&self) -> u32 {
        self.key
    }

    /// The tag.
    pub const fn tag(&self) -> &[u8; 32] {
        &self.tag
    }
}

/// Why a MAC does not hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MacError {
    /// The keyring does not hold the key that it names.
    #[error("its key is not in the keyring")]
    UnknownKey,
    /// The row is not what was written.
    #[error("the row was changed")]
    Tampered,
}

impl From<MacError> for VaultFailure {
    fn from(error: MacError) -> Self {
        match error {
            MacError::UnknownKey => Self::UnknownKey,
            MacError::Tampered => Self::Tampered,
        }
    }
}

/// A keyed state, cloned for each use.
pub(super) struct Mac(Hmac<Sha256>);

impl Mac {
    pub(super) fn new(key: &[u8; 32]) -> Result<Self, KeyringError> {
        Hmac::new_from_slice(key)
            .map(Self)
            .map_err(|_| KeyringError::KeyLength)
    }

    pub(super) fn tag(&self, purpose: &[u8], parts: &[&[u8]]) -> [u8; 32] {
        let mut state = self.0.clone();
        length_prefixed(&[purpose], |bytes| state.update(bytes));
        length_prefixed(parts, |bytes| state.update(bytes));
        state.finalize().into_bytes().into()
    }

    pub(super) fn verify(&self, purpose: &[u8], parts: &[&[u8]], tag: &[u8; 32]) -> bool {
        self.tag(purpose, parts).ct_eq(tag).into()
    }
}
