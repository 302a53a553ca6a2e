//! TOTP, codes by time (RFC 6238); refuses to read a clock and to remember what was accepted: both
//! are the caller's.

use subtle::{Choice, ConditionallySelectable as _};

use crate::code::Code;
use crate::key::Key;
use crate::parameter::{Algorithm, Digits, Period};
use crate::secret::Secret;
use crate::window::Window;

/// A time-based authenticator, ready to compute. T0 is the Unix epoch.
///
/// Accepting a match is the store's: only if its step is higher than the last one accepted, in one
/// conditional write. Otherwise a code is good for as often as it is typed within its window (RFC
/// 6238 §5.2).
pub struct Totp {
    key: Key,
    digits: Digits,
    period: Period,
}

impl Totp {
    /// Prepares the secret; costs as much as one code.
    pub fn new(secret: &Secret, algorithm: Algorithm, digits: Digits, period: Period) -> Self {
        Self {
            key: Key::new(secret, algorithm),
            digits,
            period,
        }
    }

    /// The time step of a moment, in whole seconds since the Unix epoch (RFC 6238 §4.2); 64 bits,
    /// so it outlasts 2038.
    pub fn step_at(&self, unix_seconds: u64) -> u64 {
        unix_seconds / self.period.get()
    }

    /// The code at a moment, in seconds since the Unix epoch.
    pub fn code_at(&self, unix_seconds: u64) -> Code {
        self.code_at_step(self.step_at(unix_seconds))
    }

    /// The code of a time step.
    pub fn code_at_step(&self, step: u64) -> Code {
        Code::from_truncated(self.key.truncated(step), self.digits)
    }

    /// The highest step in the window whose code this is.
    ///
    /// The highest, because the store takes it as the new last step: were it a lower one, the same
    /// code would pass once more. Every candidate is computed and compared in constant time, so the
    /// time does not tell which one matched (OWASP ASVS 11.2.4).
    pub fn matches(&self, code: &Code, window: Window) -> Option<u64> {
        self.key
            .highest_match(code, self.digits, window.first(), window.last())
    }

    /// How many steps the other clock is off, if the code fits one of `step - reach..=step +
    /// reach`: negative when it is slow. The nearest match counts; of two equally near, the slow
    /// one.
    ///
    /// For telling "your clock is about N seconds slow". Never for accepting: ten steps to each
    /// side make a guess seven times as likely as a window of three.
    pub fn offset_of(&self, code: &Code, step: u64, reach: u8) -> Option<i64> {
        let mut found = Choice::from(0);
        let mut offset = 0;
        // From the outside in and slow after fast: what is written last is what was asked for.
        for distance in (0..=i64::from(reach)).rev() {
            for candidate in [distance, -distance] {
                let Some(at) = step.checked_add_signed(candidate) else {
                    continue;
                };
                let hit = code.shows(self.key.truncated(at), self.digits);
                offset.conditional_assign(&candidate, hit);
                found |= hit;
            }
        }
        bool::from(found).then_some(offset)
    }
}
