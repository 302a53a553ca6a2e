//! An enrollment of a code authenticator that was begun: the only answer that ever holds its secret.

use countersign_otp::{Algorithm, Digits, Period};
use zeroize::Zeroizing;

#[cfg(feature = "qr")]
use countersign_otp::{error::QrError, qr};

use crate::clock::Timestamp;
use crate::id::AuthenticatorId;

/// A begun enrollment. It has no `Debug`: show it once, and keep no more of it than its id.
pub struct Enrollment {
    pub(crate) id: AuthenticatorId,
    pub(crate) secret: Zeroizing<String>,
    pub(crate) uri: Zeroizing<String>,
    pub(crate) issuer: String,
    pub(crate) account: String,
    pub(crate) label: String,
    pub(crate) algorithm: Algorithm,
    pub(crate) digits: Digits,
    pub(crate) period: Period,
    pub(crate) expires_at: Timestamp,
}

impl Enrollment {
    /// The authenticator, to confirm it by.
    pub const fn id(&self) -> AuthenticatorId {
        self.id
    }

    /// The secret in base32 without padding, for who cannot scan.
    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// The `otpauth:` URI.
    pub fn uri(&self) -> &str {
        &self.uri
    }

    /// The URI's picture as an `<svg>` element, as secret as that.
    #[cfg(feature = "qr")]
    pub fn qr_svg(&self) -> Result<Zeroizing<String>, QrError> {
        qr::svg(&self.uri)
    }

    /// The URI's picture as a PNG file, as secret as that.
    #[cfg(feature = "qr")]
    pub fn qr_png(&self) -> Result<Zeroizing<Vec<u8>>, QrError> {
        qr::png(&self.uri)
    }

    /// The issuer in the URI.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The account in the URI.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// What the user calls it.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// The HMAC's hash.
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// How long a code is.
    pub const fn digits(&self) -> Digits {
        self.digits
    }

    /// The step of a TOTP; unused for a HOTP.
    pub const fn period(&self) -> Period {
        self.period
    }

    /// Until when it can be confirmed.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }
}
