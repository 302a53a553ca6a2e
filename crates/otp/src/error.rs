//! What can be wrong with an input, one small enum a kind of input; refuses to carry the input itself,
//! because most of it is secret.

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
    /// A number of symbols that no number of bytes encodes to (1, 3 or 6 modulo 8), or more than the bound.
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
