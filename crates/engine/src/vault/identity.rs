//! The keys that sign identity assertions: one for each MAC key, derived from it for nothing else, so
//! that they come, stay and go with it. Nobody but this vault holds the private part.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair as _};
use zeroize::Zeroizing;

use crate::vault::mac::Mac;
use crate::vault::{KeyringError, Vault};

/// An Ed25519 key (RFC 8032).
pub(super) struct SigningKey(Ed25519KeyPair);

impl SigningKey {
    /// The one that belongs to this MAC key.
    pub(super) fn of(mac: &Mac) -> Result<Self, KeyringError> {
        let seed = Zeroizing::new(mac.tag(b"identity assertion key", &[]));
        Ed25519KeyPair::from_seed_unchecked(&*seed)
            .map(Self)
            .map_err(|_| KeyringError::KeyLength)
    }

    /// The public part: 32 bytes.
    pub(super) fn public(&self) -> &[u8] {
        self.0.public_key().as_ref()
    }

    /// 64 bytes.
    pub(super) fn sign(&self, message: &[u8]) -> Vec<u8> {
        self.0.sign(message).as_ref().to_vec()
    }
}

/// One for each MAC key, oldest first.
pub(super) fn keys(mac: &[(u32, Mac)]) -> Result<Vec<(u32, SigningKey)>, KeyringError> {
    let keys = mac.iter().map(|(id, key)| Ok((*id, SigningKey::of(key)?)));
    keys.collect()
}

impl Vault {
    /// The id of the key that signs identity assertions.
    pub(crate) fn identity_key(&self) -> u32 {
        self.identity.last().map_or(0, |(id, _)| *id)
    }

    /// Signs an identity assertion under the newest key.
    pub(crate) fn sign_identity(&self, message: &[u8]) -> Vec<u8> {
        self.identity
            .last()
            .map_or_else(Vec::new, |(_, key)| key.sign(message))
    }

    /// Their public parts, oldest first.
    pub(crate) fn identity_keys(&self) -> impl Iterator<Item = (u32, &[u8])> {
        self.identity.iter().map(|(id, key)| (*id, key.public()))
    }
}
