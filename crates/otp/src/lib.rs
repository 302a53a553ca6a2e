//! HOTP and TOTP (RFC 4226, RFC 6238), base32, `otpauth:` URIs and QR codes; refuses any I/O, clock
//! or randomness of its own.
//!
//! # Enroll, then verify
//!
//! ```
//! use countersign_otp::{Algorithm, Code, Digits, KeyUri, Period, Reach, Secret, Totp, Window};
//!
//! # fn random(bytes: &mut [u8]) -> Result<(), std::convert::Infallible> { bytes.fill(7); Ok(()) }
//! // A secret, from a random source that the caller brings.
//! let secret = Secret::generate(Algorithm::Sha1, random)?;
//!
//! // The URI for the authenticator app, and its QR code.
//! let uri = KeyUri::totp("MyApp", "alice@example.com", secret)?;
//! assert!(uri.text().starts_with("otpauth://totp/MyApp:alice%40example.com?secret="));
//! # #[cfg(feature = "qr")]
//! let picture = countersign_otp::qr::png(&uri.text())?;
//!
//! // Later: the secret again, ready to compute; the time, from the caller's clock.
//! let totp = Totp::new(uri.secret(), Algorithm::Sha1, Digits::SIX, Period::DEFAULT);
//! let now = 1_764_000_000;
//!
//! // What the person types.
//! # let shown = totp.code_at(now).text().to_string();
//! # let input = format!("{} {}", &shown[..3], &shown[3..]);
//! let code: Code = input.parse()?;
//! let window = Window::around(totp.step_at(now), Reach::ONE, Reach::ONE);
//! let step = totp.matches(&code, window);
//! assert_eq!(step, Some(totp.step_at(now)));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! A match is not yet an acceptance: the caller's store takes the step only if it is higher than
//! the last one it took, in one conditional write. Without that a code is good for as often as it
//! is typed within its window (RFC 6238 §5.2).

pub mod base32;
mod code;
pub mod error;
mod hmac;
mod hotp;
mod key;
mod key_uri;
mod label;
#[cfg(feature = "migration")]
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
