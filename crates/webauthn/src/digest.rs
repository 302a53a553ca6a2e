//! The hashes of WebAuthn and of TPMs; refuses SHA-1.

use aws_lc_rs::digest::{Algorithm, SHA256, SHA384, SHA512, digest};

/// SHA-256 of a message.
pub(crate) fn sha256(message: &[u8]) -> [u8; 32] {
    hash(&SHA256, message)
}

/// SHA-384 of a message.
pub(crate) fn sha384(message: &[u8]) -> [u8; 48] {
    hash(&SHA384, message)
}

/// SHA-512 of a message.
pub(crate) fn sha512(message: &[u8]) -> [u8; 64] {
    hash(&SHA512, message)
}

fn hash<const LENGTH: usize>(algorithm: &'static Algorithm, message: &[u8]) -> [u8; LENGTH] {
    let mut hash = [0; LENGTH];
    hash.copy_from_slice(digest(algorithm, message).as_ref());
    hash
}
