//! HOTP, codes by counter (RFC 4226); refuses to keep the counter: the caller's store does, by a
//! conditional write.

use subtle::{Choice, ConditionallySelectable as _};

use crate::code::Code;
use crate::key::Key;
use crate::parameter::{Algorithm, Digits};
use crate::secret::Secret;

/// A counter-based authenticator, ready to compute.
///
/// Keep it for as long as the codes are being compared: making it costs as much as one code.
pub struct Hotp {
    key: Key,
    digits: Digits,
}

impl Hotp {
    /// Prepares the secret. RFC 4226 knows SHA-1 only; the others are what apps understand by
    /// `algorithm=`.
    pub fn new(secret: &Secret, algorithm: Algorithm, digits: Digits) -> Self {
        Self {
            key: Key::new(secret, algorithm),
            digits,
        }
    }

    /// The code at a counter (RFC 4226 §5.3).
    pub fn code(&self, counter: u64) -> Code {
        Code::from_truncated(self.key.truncated(counter), self.digits)
    }

    /// The highest counter in `counter..=counter + look_ahead` whose code this is (RFC 4226 §7.4).
    ///
    /// `counter` is the next one expected; after acceptance the store moves to the result plus one.
    /// Every candidate is computed and compared in constant time, so the time does not tell which
    /// one matched (OWASP ASVS 11.2.4). The range ends at `u64::MAX` instead of wrapping.
    pub fn matches(&self, code: &Code, counter: u64, look_ahead: u8) -> Option<u64> {
        let last = counter.saturating_add(u64::from(look_ahead));
        self.key.highest_match(code, self.digits, counter, last)
    }

    /// Finds a counter that ran away, by two codes in a row (RFC 4226 §7.4): the first at one of
    /// `from..=from + ahead`, the second right after it. Returns the counter of the **second**.
    ///
    /// Costs `ahead + 2` MACs whatever the codes are. Of several pairs the highest counts, so that
    /// neither code can be used again.
    pub fn resynchronize(&self, first: &Code, second: &Code, from: u64, ahead: u8) -> Option<u64> {
        let mut found = Choice::from(0);
        let mut at = 0;
        let mut previous = Choice::from(0);
        for distance in 0..=u64::from(ahead) + 1 {
            let Some(counter) = from.checked_add(distance) else {
                break;
            };
            let truncated = self.key.truncated(counter);
            let pair = previous & second.shows(truncated, self.digits);
            at.conditional_assign(&counter, pair);
            found |= pair;
            previous = first.shows(truncated, self.digits);
        }
        bool::from(found).then_some(at)
    }
}
