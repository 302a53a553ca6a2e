//! Assurance: how strongly and how recently a session was authenticated (SP 800-63B-4 §2, RFC 8176).

use crate::clock::Timestamp;

/// The authenticator assurance level that an authentication reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// One factor.
    Aal1,
    /// Two factors, one of them resistant to replay.
    Aal2,
    /// Two factors, phishing-resistant, with a key that cannot leave its hardware.
    Aal3,
}

impl Level {
    /// `aal1`, `aal2`, `aal3`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Aal1 => "aal1",
            Self::Aal2 => "aal2",
            Self::Aal3 => "aal3",
        }
    }

    /// The number that a row keeps.
    pub const fn number(self) -> i64 {
        match self {
            Self::Aal1 => 1,
            Self::Aal2 => 2,
            Self::Aal3 => 3,
        }
    }

    /// From a row's number.
    pub const fn from_number(number: i64) -> Option<Self> {
        match number {
            1 => Some(Self::Aal1),
            2 => Some(Self::Aal2),
            3 => Some(Self::Aal3),
            _ => None,
        }
    }
}

/// Authentication methods used, as a set (RFC 8176 §2).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Amr(u8);

impl Amr {
    /// A password.
    pub const PWD: Self = Self(1);
    /// A TOTP or HOTP code.
    pub const OTP: Self = Self(2);
    /// More than one factor.
    pub const MFA: Self = Self(4);
    /// Proof of possession of a key.
    pub const POP: Self = Self(8);

    /// This set and `other`.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether all of `other` are in this set.
    pub const fn holds(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// The bits that a row keeps.
    pub const fn bits(self) -> i64 {
        i64::from_be_bytes([0, 0, 0, 0, 0, 0, 0, self.0])
    }

    /// From a row's bits.
    pub fn from_bits(bits: i64) -> Option<Self> {
        u8::try_from(bits).ok().filter(|bits| *bits < 16).map(Self)
    }

    /// The registered names, in a fixed order.
    pub fn names(self) -> Vec<&'static str> {
        [
            (Self::PWD, "pwd"),
            (Self::OTP, "otp"),
            (Self::POP, "pop"),
            (Self::MFA, "mfa"),
        ]
        .into_iter()
        .filter(|(bit, _)| self.holds(*bit))
        .map(|(_, name)| name)
        .collect()
    }
}

/// What a session or a verification is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assurance {
    /// The level.
    pub level: Level,
    /// The methods.
    pub amr: Amr,
    /// When the person last proved it, actively.
    pub auth_time: Timestamp,
}

impl Assurance {
    /// The `acr` value: `phr` once a phishing-resistant key took part, else the level's name.
    pub const fn acr(&self) -> &'static str {
        if self.amr.holds(Amr::POP) {
            "phr"
        } else {
            self.level.as_str()
        }
    }
}
