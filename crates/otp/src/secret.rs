//! The shared secret of an authenticator; refuses to be printed, compared with `==`, cloned or
//! serialized.

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use crate::base32;
use crate::error::SecretError;
use crate::parameter::Algorithm;

/// 16..=128 bytes that an authenticator shares with the verifier (RFC 4226 §4 R6), zeroed when dropped.
///
/// There is no `Debug`, `Display`, `Clone`, `Serialize` or `PartialEq`: [`expose`](Self::expose)
/// and [`to_base32`](Self::to_base32) are the only ways out, and easy to search for.
pub struct Secret(Zeroizing<Box<[u8]>>);

impl Secret {
    /// The shortest secret, in bytes: 128 bits (RFC 4226 §4 R6).
    pub const MIN_LEN: usize = 16;
    /// The longest secret, in bytes: one block of SHA-512, beyond which HMAC would only hash it
    /// shorter.
    pub const MAX_LEN: usize = 128;

    /// Takes a copy of the bytes; the caller zeroes its own.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, SecretError> {
        if (Self::MIN_LEN..=Self::MAX_LEN).contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(Box::from(bytes))))
        } else {
            Err(SecretError::Length)
        }
    }

    /// From strict base32: see [`base32::decode`]. For what programs wrote.
    pub fn from_base32(text: &str) -> Result<Self, SecretError> {
        Self::from_bytes(&base32::decode(text)?)
    }

    /// From base32 in any case, with spaces and hyphens: see [`base32::decode_lenient`]. For what
    /// people typed.
    pub fn from_base32_lenient(text: &str) -> Result<Self, SecretError> {
        Self::from_bytes(&base32::decode_lenient(text)?)
    }

    /// A new secret of [`Algorithm::secret_len`] bytes (RFC 6238 §5.1).
    ///
    /// `fill` writes all of them from a cryptographic random source (RFC 4226 §7.5); its error
    /// comes back as it is, so there is no secret without randomness.
    pub fn generate<E>(
        algorithm: Algorithm,
        fill: impl FnOnce(&mut [u8]) -> Result<(), E>,
    ) -> Result<Self, E> {
        let mut bytes = Zeroizing::new(vec![0; algorithm.secret_len()].into_boxed_slice());
        fill(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The bytes themselves: to seal them, never to store or print them.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Base32 without padding, for a person to type or a URI to carry.
    pub fn to_base32(&self) -> Zeroizing<String> {
        base32::encode(&self.0)
    }

    /// Whether both are the same bytes, in a time that depends on the lengths only.
    pub fn same_as(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}
