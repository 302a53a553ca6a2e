//! The digits a person types or an authenticator shows; refuses anything but 6 to 8 ASCII digits.

use core::str::FromStr;

use subtle::{Choice, ConstantTimeEq as _};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::error::CodeError;
use crate::parameter::Digits;

/// A code of 6..=8 digits, leading zeros included, zeroed when dropped. It has no `Debug` and no
/// `==`.
///
/// It is parsed once, at the edge; behind it there is nothing left to refuse:
///
/// ```
/// use countersign_otp::Code;
///
/// let typed: Code = "012 345".parse()?;
/// assert_eq!(typed.text().as_str(), "012345");
/// # Ok::<(), countersign_otp::CodeError>(())
/// ```
#[derive(Zeroize, ZeroizeOnDrop)]
pub struct Code {
    value: u32,
    #[zeroize(skip)]
    digits: Digits,
}

impl Code {
    /// The longest input looked at, in bytes. Longer ones are refused unread.
    pub const MAX_INPUT: usize = 64;

    /// Parses what a person typed or pasted: ASCII digits, with whitespace and hyphens anywhere
    /// (`123 456`).
    ///
    /// Digits of other scripts are refused, although some languages' number parsers take them.
    pub fn parse(input: &str) -> Result<Self, CodeError> {
        if input.len() > Self::MAX_INPUT {
            return Err(CodeError::Length);
        }
        let mut value: u32 = 0;
        let mut count: u8 = 0;
        for c in input.chars().filter(|c| !c.is_whitespace() && *c != '-') {
            if !c.is_ascii_digit() {
                return Err(CodeError::NotDigits);
            }
            // At most 64 digits, so the count cannot wrap; the value may, and is then refused by
            // the count.
            value = value
                .wrapping_mul(10)
                .wrapping_add(c.to_digit(10).unwrap_or_default());
            count = count.saturating_add(1);
        }
        if count == 0 {
            return Err(CodeError::Empty);
        }
        let digits = Digits::try_from(count).map_err(|_| CodeError::Length)?;
        Ok(Self { value, digits })
    }

    /// The low `digits` of a truncated MAC (RFC 4226 §5.3).
    pub(crate) fn from_truncated(truncated: u32, digits: Digits) -> Self {
        Self {
            value: truncated % digits.modulus(),
            digits,
        }
    }

    /// How many digits it has.
    pub fn digits(&self) -> Digits {
        self.digits
    }

    /// The digits, leading zeros kept, zeroed when dropped.
    pub fn text(&self) -> Zeroizing<String> {
        let width = usize::from(self.digits.get());
        Zeroizing::new(format!("{:0width$}", self.value))
    }

    /// Whether a truncated MAC shows as this code, in constant time.
    pub(crate) fn shows(&self, truncated: u32, digits: Digits) -> Choice {
        self.value.ct_eq(&(truncated % digits.modulus())) & self.digits.get().ct_eq(&digits.get())
    }
}

impl FromStr for Code {
    type Err = CodeError;

    fn from_str(input: &str) -> Result<Self, Self::Err> {
        Self::parse(input)
    }
}
