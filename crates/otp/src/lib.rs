//! HOTP and TOTP (RFC 4226, RFC 6238), base32, `otpauth:` URIs and QR codes; refuses any I/O, clock or randomness.

pub mod base32;
mod code;
pub mod error;
mod hmac;
mod hotp;
mod key;
mod parameter;
mod secret;
mod totp;
mod window;

pub use code::Code;
pub use error::{Base32Error, CodeError, ParameterError, SecretError};
pub use hotp::Hotp;
pub use key::Key;
pub use parameter::{Algorithm, Digits, Period};
pub use secret::Secret;
pub use totp::Totp;
pub use window::{Reach, Window};
