//! What can be wrong with an input, one small enum a kind of input; refuses to carry the input
//! itself, because most of it is secret.

/// Why bytes or text are no [`Secret`](crate::Secret).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// Fewer than 16 or more than 128 bytes (RFC 4226 §4 R6).
    #[error("a secret has 16 to 128 bytes")]
    Length,
    /// The text is not base32.
    #[error(transparent)]
    Base32(#[from] Base32Error),
}

/// Why text is not base32 (RFC 4648 §6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Base32Error {
    /// A character outside `A`–`Z`, `2`–`7` (RFC 4648 §3.3).
    #[error("base32 has only the letters A to Z and the digits 2 to 7")]
    Symbol,
    /// A number of symbols that no number of bytes encodes to (1, 3 or 6 modulo 8), or more than
    /// the bound.
    #[error("no bytes encode to base32 of this length")]
    Length,
    /// `=` elsewhere than at the end, or not as many as the length asks for.
    #[error("the base32 padding is wrong")]
    Padding,
    /// Unused bits of the last symbol are set (RFC 4648 §3.5): two texts would mean one secret.
    #[error("the last base32 symbol has bits that mean nothing")]
    TrailingBits,
}

/// Why a setting of an authenticator is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ParameterError {
    /// Not SHA1, SHA256 or SHA512 (RFC 6238 §1.2).
    #[error("the algorithm is SHA1, SHA256 or SHA512")]
    Algorithm,
    /// Not 6, 7 or 8 digits (RFC 4226 §5.3).
    #[error("a code has 6 to 8 digits")]
    Digits,
    /// Not 15 to 120 seconds (NIST SP 800-63B-4 §3.1.4.1: a new code at least every two minutes).
    #[error("a period is 15 to 120 seconds")]
    Period,
    /// A window reaches more than two steps to one side (RFC 6238 §5.2).
    #[error("a window reaches at most 2 steps to each side")]
    Reach,
}

/// Why what a person typed is no [`Code`](crate::Code).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CodeError {
    /// Nothing but spaces and hyphens.
    #[error("the code is empty")]
    Empty,
    /// Something other than ASCII digits, whitespace and hyphens; digits of other scripts included.
    #[error("a code has only the digits 0 to 9")]
    NotDigits,
    /// Fewer than 6 or more than 8 digits, or more than 64 bytes of input.
    #[error("a code has 6 to 8 digits")]
    Length,
}

/// Why text is no issuer or account name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum LabelError {
    /// No character in it.
    #[error("the name is empty")]
    Empty,
    /// More than [`MAX_LABEL`](crate::MAX_LABEL) bytes.
    #[error("the name has more than {} bytes", crate::MAX_LABEL)]
    TooLong,
    /// A colon, which separates issuer and account.
    #[error("the name contains a colon")]
    Colon,
    /// A control character or a line separator.
    #[error("the name contains a control character")]
    Control,
    /// White space at an end, which readers of the format drop.
    #[error("the name begins or ends with a space")]
    OuterSpace,
}

/// A parameter of an `otpauth:` URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// `secret`, base32.
    Secret,
    /// `issuer`.
    Issuer,
    /// `algorithm`.
    Algorithm,
    /// `digits`.
    Digits,
    /// `period`, of TOTP.
    Period,
    /// `counter`, of HOTP.
    Counter,
}

impl Parameter {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Secret,
        Self::Issuer,
        Self::Algorithm,
        Self::Digits,
        Self::Period,
        Self::Counter,
    ];

    /// The name in the URI.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Issuer => "issuer",
            Self::Algorithm => "algorithm",
            Self::Digits => "digits",
            Self::Period => "period",
            Self::Counter => "counter",
        }
    }
}

/// Why text is no `otpauth:` URI that can be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyUriError {
    /// More than [`KeyUri::MAX_TEXT`](crate::KeyUri::MAX_TEXT) bytes.
    #[error("the URI is too long")]
    TooLong,
    /// It does not begin with `otpauth://`.
    #[error("the URI does not begin with otpauth://")]
    Scheme,
    /// Neither `totp` nor `hotp`; `steam` for one.
    #[error("the URI is for neither totp nor hotp")]
    Kind,
    /// Percent-encoded bytes that are no UTF-8.
    #[error("the URI contains text that is not UTF-8")]
    Encoding,
    /// The label, or the issuer parameter, is not a usable name.
    #[error("the name in the URI cannot be used: {0}")]
    Label(#[from] LabelError),
    /// A parameter that must be there is not: `secret`, and `counter` for HOTP.
    #[error("the URI has no {}", .0.as_str())]
    Missing(Parameter),
    /// A known parameter twice: which one counts would be a guess.
    #[error("the URI has more than one {}", .0.as_str())]
    Repeated(Parameter),
    /// A parameter that should be a number is none, or is out of range.
    #[error("the {} of the URI is not in its range", .0.as_str())]
    Value(Parameter),
    /// The secret cannot be used.
    #[error("the secret in the URI cannot be used: {0}")]
    Secret(#[from] SecretError),
}

/// Why text is no `otpauth-migration:` URI.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MigrationError {
    /// More than [`migration::MAX_TEXT`](crate::migration::MAX_TEXT) bytes.
    #[error("the export is too long")]
    TooLong,
    /// It does not begin with `otpauth-migration://offline?`, or has no or more than one `data`.
    #[error("the text is no export of an authenticator app")]
    Scheme,
    /// `data` is not base64.
    #[error("the export is not base64")]
    Base64,
    /// `data` is not the protocol buffer that the format prescribes.
    #[error("the export is damaged")]
    Payload,
}

/// Why one entry of an export cannot be used, or cannot be exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EntryError {
    /// MD5, another algorithm, or none named.
    #[error("the algorithm is not supported")]
    Algorithm,
    /// Neither six nor eight digits; the format has no number for seven.
    #[error("the number of digits is not supported")]
    Digits,
    /// Neither TOTP nor HOTP.
    #[error("the entry is for neither totp nor hotp")]
    Kind,
    /// A period other than 30 seconds; the format has no place for it.
    #[error("the period is not 30 seconds")]
    Period,
    /// A counter below zero or above 2^63 - 1.
    #[error("the counter is out of range")]
    Counter,
    /// The name or the issuer cannot be used.
    #[error("the name cannot be used: {0}")]
    Label(#[from] LabelError),
    /// The secret cannot be used.
    #[error("the secret cannot be used: {0}")]
    Secret(#[from] SecretError),
}

/// Why text cannot be drawn as a QR code.
#[cfg(feature = "qr")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QrError {
    /// More than 2 953 bytes, what the largest QR code holds.
    #[error("the text is too long for a QR code")]
    TooLong,
}
