//! `otpauth:` URIs, the text inside the QR code; refuses to be printed, since each one carries a
//! secret.

mod parse;

#[cfg(feature = "migration")]
pub(crate) use parse::after_prefix;

use core::fmt::Write as _;
use core::str::FromStr;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use zeroize::Zeroizing;

use crate::error::{KeyUriError, LabelError};
use crate::label::validate_label;
use crate::parameter::{Algorithm, Digits, Period};
use crate::secret::Secret;

/// All but the unreserved characters (RFC 3986 §2.3): space is `%20`, because apps show a `+` as it
/// is.
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// What moves from one code to the next (RFC 4226 §5.1, RFC 6238 §4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Moving {
    /// Time: TOTP.
    Time(Period),
    /// Use: HOTP, with the counter of the next code.
    Counter(u64),
}

/// Everything an authenticator app needs, as one URI (Google's key URI format).
///
/// A bearer secret: it belongs in an answer that is not cached, never in a log or an address bar.
/// It has no `Debug`.
///
/// ```
/// use countersign_otp::{KeyUri, Secret};
///
/// let secret = Secret::from_base32("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")?;
/// let uri = KeyUri::totp("ACME Co", "alice@example.com", secret)?;
/// assert_eq!(
///     uri.text().as_str(),
///     "otpauth://totp/ACME%20Co:alice%40example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
///      &issuer=ACME%20Co&algorithm=SHA1&digits=6&period=30",
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct KeyUri {
    issuer: Option<String>,
    account: String,
    secret: Secret,
    algorithm: Algorithm,
    digits: Digits,
    moving: Moving,
}

impl KeyUri {
    /// The longest text that is parsed, in bytes. Longer ones are refused unread.
    pub const MAX_TEXT: usize = 4096;

    /// For a TOTP authenticator: SHA-1, 6 digits and 30 seconds until said otherwise.
    ///
    /// Both names must pass [`validate_label`](crate::validate_label).
    pub fn totp(issuer: &str, account: &str, secret: Secret) -> Result<Self, LabelError> {
        Self::new(issuer, account, secret, Moving::Time(Period::DEFAULT))
    }

    /// For a HOTP authenticator whose first code is the one at `counter`.
    pub fn hotp(
        issuer: &str,
        account: &str,
        secret: Secret,
        counter: u64,
    ) -> Result<Self, LabelError> {
        Self::new(issuer, account, secret, Moving::Counter(counter))
    }

    fn new(
        issuer: &str,
        account: &str,
        secret: Secret,
        moving: Moving,
    ) -> Result<Self, LabelError> {
        validate_label(issuer)?;
        validate_label(account)?;
        Ok(Self {
            issuer: Some(issuer.to_owned()),
            account: account.to_owned(),
            secret,
            algorithm: Algorithm::default(),
            digits: Digits::default(),
            moving,
        })
    }

    /// From the parts of another format, names already checked.
    pub(crate) fn from_parts(
        issuer: Option<String>,
        account: String,
        secret: Secret,
        (algorithm, digits, moving): (Algorithm, Digits, Moving),
    ) -> Self {
        Self {
            issuer,
            account,
            secret,
            algorithm,
            digits,
            moving,
        }
    }

    /// Another algorithm. Some apps ignore it and compute SHA-1 all the same.
    #[must_use]
    pub fn with_algorithm(mut self, algorithm: Algorithm) -> Self {
        self.algorithm = algorithm;
        self
    }

    /// Another number of digits. Some apps ignore it and show six; Google's takes six and eight.
    #[must_use]
    pub fn with_digits(mut self, digits: Digits) -> Self {
        self.digits = digits;
        self
    }

    /// Another period, of TOTP; nothing changes for HOTP. Some apps ignore it and take 30 seconds.
    #[must_use]
    pub fn with_period(mut self, period: Period) -> Self {
        if let Moving::Time(_) = self.moving {
            self.moving = Moving::Time(period);
        }
        self
    }

    /// Reads a URI, whoever wrote it.
    ///
    /// Liberal where writers differ: `issuer` may differ from the label (the parameter counts),
    /// algorithm and parameter names in any case, base32 in any case with spaces and padding, `+`
    /// for a space in parameters, unknown parameters, `counter` of TOTP and `period` of HOTP
    /// ignored. Strict where a guess would be needed: a known parameter twice, a second colon in
    /// the label, no secret, HOTP without a counter.
    pub fn parse(text: &str) -> Result<Self, KeyUriError> {
        parse::key_uri(text)
    }

    /// The URI as Google's format wants it: the issuer both before the account and as a parameter,
    /// the secret without padding; algorithm, digits and period always, because the defaults are
    /// not the same in all apps.
    pub fn text(&self) -> Zeroizing<String> {
        let secret = self.secret.to_base32();
        let account = utf8_percent_encode(&self.account, ENCODED);
        let issuer = self
            .issuer
            .as_deref()
            .map(|issuer| utf8_percent_encode(issuer, ENCODED));
        let (kind, name, number) = match self.moving {
            Moving::Time(period) => ("totp", "period", period.get()),
            Moving::Counter(counter) => ("hotp", "counter", counter),
        };
        // Room for the longest, so that growing leaves no copy of the secret behind.
        let mut text = Zeroizing::new(String::with_capacity(Self::MAX_TEXT));
        text.extend(["otpauth://", kind, "/"]);
        if let Some(issuer) = issuer.clone() {
            text.extend(issuer);
            text.push(':');
        }
        text.extend(account);
        text.extend(["?secret=", &secret]);
        if let Some(issuer) = issuer {
            text.push_str("&issuer=");
            text.extend(issuer);
        }
        text.extend(["&algorithm=", self.algorithm.as_str()]);
        // Writing to a string does not fail.
        let _ = write!(text, "&digits={}&{name}={number}", self.digits.get());
        text
    }

    /// Who asks for the code; an imported URI may not say.
    pub fn issuer(&self) -> Option<&str> {
        self.issuer.as_deref()
    }

    /// Whose code it is.
    pub fn account(&self) -> &str {
        &self.account
    }

    /// The shared secret.
    pub fn secret(&self) -> &Secret {
        &self.secret
    }

    /// The shared secret, to keep.
    pub fn into_secret(self) -> Secret {
        self.secret
    }

    /// The hash.
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// The number of digits.
    pub fn digits(&self) -> Digits {
        self.digits
    }

    /// Period or counter.
    pub fn moving(&self) -> Moving {
        self.moving
    }
}

impl FromStr for KeyUri {
    type Err = KeyUriError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}
