//! HOTP and TOTP (RFC 4226, RFC 6238), base32, `otpauth:` URIs and QR codes; refuses any I/O, clock
//! or randomness.

pub mod base32;
mod code;
pub mod error;
mod hmac;
mod hotp;
mod key;
mod key_uri;
mod label;
pub mod migration;
mod parameter;
#[cfg(feature = "qr")]
pub mod qr;
mod secret;
mod totp;
mod window;

pub use code::Code;
#[cfg(feature = "qr")]
pub use error::QrError;
pub use error::{
    Base32Error, CodeError, EntryError, KeyUriError, LabelError, MigrationError, Parameter,
    ParameterError, SecretError,
};
pub use hotp::Hotp;
pub use key::Key;
pub use key_uri::{KeyUri, Moving};
pub use label::{MAX_LABEL, validate_label};
pub use parameter::{Algorithm, Digits, Period};
pub use secret::Secret;
pub use totp::Totp;
pub use window::{Reach, Window};
