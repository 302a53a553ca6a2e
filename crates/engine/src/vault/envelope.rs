//! The envelope: version ‖ key id ‖ nonce ‖ ciphertext ‖ tag, AES-256-GCM under a key of its own for
//! each row. The key id is inside: nothing is ever tried with a second key.

use std::marker::PhantomData;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::clock::{Randomness, random};
use crate::error::{Error, Inconsistent, VaultFailure};
use crate::realm::RealmId;
use crate::user::UserKey;
use crate::vault::{KeyringError, Vault, length_prefixed};

const VERSION: u8 = 1;
const HEAD: usize = 1 + 4 + 12;
const TAG: usize = 16;

/// Marks the sealed secret of a TOTP or HOTP authenticator.
#[derive(Clone, Copy)]
pub enum OtpSecret {}

/// Marks a sealed Argon2id hash, of a password or of a backup code: the seal is the pepper.
#[derive(Clone, Copy)]
pub enum PasswordHash {}

/// A sealed secret: the only form in which one reaches a store. Only the vault makes it, and only
/// with a context; what a row gives back proves nothing before it opens.
pub struct Sealed<T> {
    bytes: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T> Sealed<T> {
    /// From a row's column. Checks the outer form, so that no plaintext passes for an envelope.
    pub fn from_row(
        table: &'static str,
        column: &'static str,
        bytes: Vec<u8>,
    ) -> Result<Self, Inconsistent> {
        let fits =
            bytes.first() == Some(&VERSION) && bytes.len() >= HEAD + TAG && bytes.len() <= 1024;
        if fits {
            Ok(Self {
                bytes,
                of: PhantomData,
            })
        } else {
            Err(Inconsistent { table, column })
        }
    }

    /// The envelope, for a row's column.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The id of the key that sealed it.
    pub fn key(&self) -> u32 {
        self.bytes
            .get(1..5)
            .and_then(|id| id.try_into().ok())
            .map_or(0, u32::from_be_bytes)
    }
}

/// Where a secret belongs. It takes part in the key and is the associated data: moved to another
/// user, row or purpose, an envelope does not open.
#[derive(Clone, Copy)]
pub(crate) struct Context<'a> {
    pub(crate) purpose: &'static str,
    pub(crate) realm: &'a RealmId,
    pub(crate) user: &'a UserKey,
    pub(crate) row: &'a [u8],
}

impl Context<'_> {
    fn bytes(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(128);
        let parts = [
            self.purpose.as_bytes(),
            self.realm.as_str().as_bytes(),
            &self.user.0,
            self.row,
        ];
        length_prefixed(&parts, |part| bytes.extend_from_slice(part));
        bytes
    }
}

pub(super) fn data_key(key: &[u8; 32]) -> Result<Hkdf<Sha256>, KeyringError> {
    Hkdf::from_prk(key).map_err(|_| KeyringError::KeyLength)
}

impl Vault {
    /// Seals `plain` for its place.
    pub(crate) fn seal<T>(
        &self,
        plain: &[u8],
        context: Context<'_>,
        source: &dyn Randomness,
    ) -> Result<Sealed<T>, Error> {
        let (id, data_key) = self.seal.last().ok_or(VaultFailure::UnknownKey)?;
        let associated = context.bytes();
        let nonce: [u8; 12] = random(source)?;
        let sealed = row_cipher(data_key, &associated)?
            .encrypt(
                &Nonce::from(nonce),
                Payload {
                    msg: plain,
                    aad: &associated,
                },
            )
            .map_err(|_| VaultFailure::Tampered)?;
        let mut bytes = Vec::with_capacity(HEAD + sealed.len());
        bytes.push(VERSION);
        bytes.extend_from_slice(&id.to_be_bytes());
        bytes.extend_from_slice(&nonce);
        bytes.extend_from_slice(&sealed);
        Ok(Sealed {
            bytes,
            of: PhantomData,
        })
    }

    /// Opens what was sealed for this place.
    pub(crate) fn open<T>(
        &self,
        sealed: &Sealed<T>,
        context: Context<'_>,
    ) -> Result<Zeroizing<Vec<u8>>, VaultFailure> {
        let id = sealed.key();
        let (_, data_key) = self
            .seal
            .iter()
            .find(|(key, _)| *key == id)
            .ok_or(VaultFailure::UnknownKey)?;
        let associated = context.bytes();
        let nonce: [u8; 12] = sealed
            .bytes
            .get(5..HEAD)
            .and_then(|nonce| nonce.try_into().ok())
            .ok_or(VaultFailure::Tampered)?;
        let msg = sealed.bytes.get(HEAD..).ok_or(VaultFailure::Tampered)?;
        row_cipher(data_key, &associated)?
            .decrypt(
                &Nonce::from(nonce),
                Payload {
                    msg,
                    aad: &associated,
                },
            )
            .map(Zeroizing::new)
            .map_err(|_| VaultFailure::Tampered)
    }
}

fn row_cipher(data_key: &Hkdf<Sha256>, context: &[u8]) -> Result<Aes256Gcm, VaultFailure> {
    let mut key = Zeroizing::new([0_u8; 32]);
    data_key
        .expand(context, key.as_mut_slice())
        .map_err(|_| VaultFailure::Tampered)?;
    Aes256Gcm::new_from_slice(key.as_slice()).map_err(|_| VaultFailure::Tampered)
}
