//! The multi-factor authentication engine: rules, use cases and ports; no I/O, no runtime, no HTTP.
//!
//! [`Countersign::builder`] takes a store and a keyring. An application that has its own users begins
//! at [`Countersign::totp`], [`Countersign::verify`] and [`Host`]; one that has none signs them in by
//! [`Countersign::login`] and [`Countersign::second_step`], which `countersign-http` has pages for: those
//! of the store, or those of a [`port::directory::UserDirectory`] of its own.
//!
//! An `Err` is never a wrong code: nothing could be decided, and nobody is let in. What was judged is
//! a [`Verdict`].

pub mod api_key;
pub mod assurance;
#[cfg(feature = "passkeys")]
mod attestation;
pub mod audit;
pub mod authenticator;
pub mod clock;
mod countersign;
mod directory;
mod engine;
mod enrollment;
pub mod error;
mod factor;
mod hashing;
pub mod id;
mod metric;
mod password;
mod places;
mod policy;
pub mod port;
pub mod realm;
pub mod requirement;
mod secret_text;
pub mod session;
pub mod throttle;
pub mod ticket;
mod use_case;
pub mod user;
pub mod vault;
mod verdict;
mod verification;
mod view;

#[cfg(feature = "passkeys")]
pub use attestation::{AttestationPolicy, TrustedModels};
pub use countersign::{BuildError, Builder, Countersign};
pub use countersign_otp as otp;
#[cfg(feature = "passkeys")]
pub use countersign_webauthn as webauthn;
pub use directory::DirectoryBounds;
pub use enrollment::Enrollment;
pub use error::Error;
pub use factor::imported_code::{BcryptHash, BcryptHashError};
pub use hashing::Hashing;
pub use policy::{Policy, PolicySettings, Setting};
pub use secret_text::{BackupCodeList, Password, Proof};
pub use use_case::{
    BackupCodes, Caller, ChildSession, Codes, Host, HostAuthenticator, HostEnrolled, HostUser,
    Idempotency, ImportUser, Imported, KeyCheck, KeyRefusal, NewKey, Operator, Readiness,
    RealmRefusal, Verified,
};
#[cfg(feature = "passkeys")]
pub use use_case::{BegunPasskey, HostChallenge, Passkeys};
pub use verdict::{NotAccepted, Refusal, Verdict};
pub use verification::Acceptance;
pub use view::{
    Client, Confirmed, EnrolledPasskey, EnrollmentOptions, FirstStep, Method, PendingEnrollment,
    PendingLogin, Session, SignedIn,
};
