//! A secret made ready for HMAC, once; refuses to give the secret back.

use hmac::{Hmac, KeyInit, Mac, digest::array::Array};
use sha1::Sha1;
use sha2::{Sha256, Sha512};
use subtle::{Choice, ConditionallySelectable as _};
use zeroize::Zeroizing;

use crate::code::Code;
use crate::parameter::{Algorithm, Digits};
use crate::secret::Secret;

/// The HMAC of a secret with both key blocks already hashed in, zeroed when dropped.
///
/// Preparing costs two compressions of the hash, as much as a code does afterwards; so it pays from the second
/// candidate on.
pub struct Key(State);

enum State {
    Sha1(Hmac<Sha1>),
    Sha256(Hmac<Sha256>),
    Sha512(Hmac<Sha512>),
}

impl Key {
    /// Prepares a secret of any length for an algorithm.
    pub fn new(secret: &Secret, algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Sha1 => State::Sha1(keyed(secret)),
            Algorithm::Sha256 => State::Sha256(keyed(secret)),
            Algorithm::Sha512 => State::Sha512(keyed(secret)),
        })
    }

    /// The MAC of any message: 20, 32 or 64 bytes (RFC 2104).
    pub fn mac(&self, message: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match &self.0 {
            State::Sha1(keyed) => tag(keyed, message).to_vec(),
            State::Sha256(keyed) => tag(keyed, message).to_vec(),
            State::Sha512(keyed) => tag(keyed, message).to_vec(),
        })
    }

    /// The dynamic truncation of the MAC of a counter, 31 bits (RFC 4226 §5.3); of the SHA-2 ones too the last byte
    /// picks the place.
    pub fn truncated(&self, counter: u64) -> u32 {
        // High-order byte first (RFC 4226 §5.1).
        let message = counter.to_be_bytes();
        match &self.0 {
            State::Sha1(keyed) => truncate(&tag(keyed, &message).0),
            State::Sha256(keyed) => truncate(&tag(keyed, &message).0),
            State::Sha512(keyed) => truncate(&tag(keyed, &message).0),
        }
    }

    /// The highest of `first..=last` whose code this is.
    ///
    /// All of them are computed and compared, whether or not one matched before: a search that stops early tells by
    /// its time how far off the other clock is.
    pub(crate) fn highest_match(
        &self,
        code: &Code,
        digits: Digits,
        first: u64,
        last: u64,
    ) -> Option<u64> {
        let mut found = Choice::from(0);
        let mut at = 0;
        for counter in first..=last {
            let hit = code.shows(self.truncated(counter), digits);
            at.conditional_assign(&counter, hit);
            found |= hit;
        }
        bool::from(found).then_some(at)
    }
}

#[expect(
    clippy::expect_used,
    reason = "HMAC takes keys of every length (RFC 2104 §2)"
)]
fn keyed<M: KeyInit>(secret: &Secret) -> M {
    M::new_from_slice(secret.expose()).expect("HMAC takes keys of every length")
}

fn tag<M: Mac + Clone>(keyed: &M, message: &[u8]) -> Array<u8, M::OutputSize> {
    keyed.clone().chain_update(message).finalize().into_bytes()
}

/// RFC 4226 §5.3: the low four bits of the last byte say where to read 31 bits.
#[expect(
    clippy::indexing_slicing,
    reason = "the place is 0..=15 and every MAC is at least 20 bytes"
)]
fn truncate<const N: usize>(mac: &[u8; N]) -> u32 {
    const { assert!(N >= 20, "a MAC too short to truncate") };
    let place = usize::from(mac[N - 1] & 0x0f);
    u32::from_be_bytes([mac[place], mac[place + 1], mac[place + 2], mac[place + 3]]) & 0x7fff_ffff
}
