//! A secret made ready for HMAC, once; refuses to give the secret back.

use subtle::{Choice, ConditionallySelectable as _};
use zeroize::Zeroizing;

use crate::code::Code;
use crate::hmac::{Keyed, Sha1, Sha256, Sha512};
use crate::parameter::{Algorithm, Digits};
use crate::secret::Secret;

/// The HMAC of a secret with both key blocks already hashed in, zeroed when dropped.
///
/// Preparing costs two compressions of the hash, as much as a code does afterwards; so it pays
/// from the second candidate on.
pub struct Key(State);

enum State {
    Sha1(Keyed<Sha1, 64>),
    Sha256(Keyed<Sha256, 64>),
    Sha512(Keyed<Sha512, 128>),
}

impl Key {
    /// Prepares a secret of any length for an algorithm.
    pub fn new(secret: &Secret, algorithm: Algorithm) -> Self {
        Self(match algorithm {
            Algorithm::Sha1 => State::Sha1(Keyed::new(secret.expose())),
            Algorithm::Sha256 => State::Sha256(Keyed::new(secret.expose())),
            Algorithm::Sha512 => State::Sha512(Keyed::new(secret.expose())),
        })
    }

    /// The MAC of any message: 20, 32 or 64 bytes (RFC 2104).
    pub fn mac(&self, message: &[u8]) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(match &self.0 {
            State::Sha1(keyed) => keyed.mac(message).to_vec(),
            State::Sha256(keyed) => keyed.mac(message).to_vec(),
            State::Sha512(keyed) => keyed.mac(message).to_vec(),
        })
    }

    /// The dynamic truncation of the MAC of a counter, 31 bits (RFC 4226 §5.3); of the SHA-2 ones
    /// too the last byte picks the place.
    pub fn truncated(&self, counter: u64) -> u32 {
        // High-order byte first (RFC 4226 §5.1).
        let message = counter.to_be_bytes();
        match &self.0 {
            State::Sha1(keyed) => truncate(&keyed.mac(&message)),
            State::Sha256(keyed) => truncate(&keyed.mac(&message)),
            State::Sha512(keyed) => truncate(&keyed.mac(&message)),
        }
    }

    /// The highest of `first..=last` whose code this is.
    ///
    /// All of them are computed and compared, whether or not one matched before: a search that
    /// stops early tells by its time how far off the other clock is.
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

/// RFC 4226 §5.3: the low four bits of the last byte say where to read 31 bits.
#[expect(
    clippy::indexing_slicing,
    reason = "the place is 0..=15, every MAC at least 20 bytes"
)]
fn truncate<const N: usize>(mac: &[u8; N]) -> u32 {
    const { assert!(N >= 20, "a MAC too short to truncate") };
    let place = usize::from(mac[N - 1] & 0x0f);
    u32::from_be_bytes([mac[place], mac[place + 1], mac[place + 2], mac[place + 3]]) & 0x7fff_ffff
}

#[cfg(test)]
mod tests {
    use super::truncate;

    /// RFC 4226 §5.4: the place is 10, the four bytes there are 50 ef 7f 19.
    #[test]
    fn the_worked_example_of_the_rfc_truncates_to_872921() {
        let mac = [
            0x1f, 0x86, 0x98, 0x69, 0x0e, 0x02, 0xca, 0x16, 0x61, 0x85, 0x50, 0xef, 0x7f, 0x19,
            0xda, 0x8e, 0x94, 0x5b, 0x55, 0x5a,
        ];
        assert_eq!(truncate(&mac), 0x50ef_7f19);
        assert_eq!(truncate(&mac) % 1_000_000, 872_921);
    }
}
