//! The settings of an authenticator: algorithm, digits, period; refuses values outside the
//! standards' ranges.

use core::fmt;
use core::str::FromStr;

use crate::error::ParameterError;

/// The hash under the HMAC (RFC 6238 §1.2).
///
/// The default is SHA-1: the HMAC does not rest on collision resistance, and it is the only one
/// that every authenticator app computes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// HMAC-SHA-1, 20-byte secrets.
    #[default]
    Sha1,
    /// HMAC-SHA-256, 32-byte secrets.
    Sha256,
    /// HMAC-SHA-512, 64-byte secrets.
    Sha512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Sha1, Self::Sha256, Self::Sha512];

    /// Bytes a new secret should have: the length of the HMAC (RFC 6238 §5.1), 20, 32 or 64.
    pub const fn secret_len(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => 64,
        }
    }

    /// The name in `otpauth:` URIs: `SHA1`, `SHA256`, `SHA512`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Algorithm {
    type Err = ParameterError;

    /// Any case, with or without the hyphen (`sha-256`), and with the `Hmac` prefix that some
    /// exporters write.
    fn from_str(name: &str) -> Result<Self, Self::Err> {
        let name = match name.split_at_checked(4) {
            Some((prefix, rest)) if prefix.eq_ignore_ascii_case("hmac") => rest,
            _ => name,
        };
        Self::ALL
            .into_iter()
            .find(|algorithm| {
                let digits = algorithm.as_str().trim_start_matches("SHA");
                name.split_at_checked(3).is_some_and(|(sha, rest)| {
                    sha.eq_ignore_ascii_case("SHA")
                        && rest.strip_prefix('-').unwrap_or(rest) == digits
                })
            })
            .ok_or(ParameterError::Algorithm)
    }
}

/// How many digits a code has: 6, 7 or 8 (RFC 4226 §5.3). The default is 6.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Digits(u8);

impl Digits {
    /// Six digits, what every app shows.
    pub const SIX: Self = Self(6);
    /// Seven digits.
    pub const SEVEN: Self = Self(7);
    /// Eight digits.
    pub const EIGHT: Self = Self(8);

    /// The number, 6..=8.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// 10 to the power of the number: codes are taken modulo this, and an attempt with `n`
    /// candidates guesses right with odds of `n / modulus` (RFC 4226 §6).
    pub const fn modulus(self) -> u32 {
        match self.0 {
            6 => 1_000_000,
            7 => 10_000_000,
            _ => 100_000_000,
        }
    }
}

impl Default for Digits {
    fn default() -> Self {
        Self::SIX
    }
}

impl TryFrom<u8> for Digits {
    type Error = ParameterError;

    fn try_from(digits: u8) -> Result<Self, Self::Error> {
        if (6..=8).contains(&digits) {
            Ok(Self(digits))
        } else {
            Err(ParameterError::Digits)
        }
    }
}

/// How long a TOTP code lasts: 15..=120 seconds. The default is 30 (RFC 6238 §5.2).
///
/// Not above 120, because NIST SP 800-63B-4 §3.1.4.1 wants a new code at least every two minutes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Period(u8);

impl Period {
    /// Thirty seconds.
    pub const DEFAULT: Self = Self(30);

    /// Seconds, 15..=120.
    pub fn get(self) -> u64 {
        u64::from(self.0)
    }
}

impl Default for Period {
    fn default() -> Self {
        Self::DEFAULT
    }
}

impl TryFrom<u64> for Period {
    type Error = ParameterError;

    fn try_from(seconds: u64) -> Result<Self, Self::Error> {
        match u8::try_from(seconds) {
            Ok(seconds @ 15..=120) => Ok(Self(seconds)),
            _ => Err(ParameterError::Period),
        }
    }
}
