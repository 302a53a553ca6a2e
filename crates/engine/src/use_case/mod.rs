//! The use cases: what a person, an application or an operator does, each as a method of
//! [`Countersign`](crate::Countersign).

mod account;
mod api_key;
#[cfg(feature = "passkeys")]
mod assertion;
mod directory;
mod embed;
mod enrollment;
mod host;
#[cfg(feature = "identity")]
mod identity;
mod import;
mod imported_code;
mod operator;
#[cfg(feature = "passkeys")]
mod passkey;
mod password;
mod readiness;
mod realm;
mod setup;
mod sign_in;
mod step_up;
mod ticket;
mod verify;

pub use api_key::{Caller, KeyRefusal, NewKey};
#[cfg(feature = "passkeys")]
pub use embed::Passkeys;
pub use embed::{BackupCodes, Codes};
#[cfg(feature = "passkeys")]
pub use host::{BegunPasskey, HostChallenge};
pub use host::{Host, HostAuthenticator, HostEnrolled, HostUser, Idempotency, Verified};
pub use import::{ImportUser, Imported};
pub use operator::{KeyCheck, Operator};
pub use readiness::Readiness;
pub use realm::RealmRefusal;
pub use ticket::ChildSession;
