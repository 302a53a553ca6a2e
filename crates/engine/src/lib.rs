//! The multi-factor authentication engine: rules, use cases and ports; no I/O, no runtime, no HTTP.

pub mod api_key;
pub mod assurance;
mod attestation;
pub mod audit;
pub mod authenticator;
pub mod clock;
mod countersign;
mod engine;
pub mod error;
mod factor;
mod hashing;
pub mod id;
mod password;
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

pub use attestation::{AttestationPolicy, TrustedModels};
pub use countersign::{BuildError, Builder, Countersign};
pub use countersign_otp as otp;
pub use countersign_webauthn as webauthn;
pub use error::Error;
pub use hashing::Hashing;
pub use policy::Policy;
pub use secret_text::{BackupCodeList, Password, Proof};
pub use use_case::{
    BegunPasskey, Caller, ChildSession, Host, HostAuthenticator, HostChallenge, HostContext,
    HostEnrolled, HostUser, Idempotency, KeyCheck, KeyRefusal, NewKey, Operator, Verified,
};
pub use verdict::{Refusal, Verdict};
pub use verification::Acceptance;
pub use view::{
    Client, Confirmed, EnrolledPasskey, Enrollment, EnrollmentOptions, FirstStep, Method,
    PendingEnrollment, PendingLogin, Session, SignedIn,
};
