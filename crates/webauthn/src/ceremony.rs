//! The two ceremonies: options out, a state to keep, an answer in; refuses to remember anything
//! itself, so that the caller's store decides that a challenge is used once.

mod authentication;
mod challenge;
mod registration;

pub use authentication::{Authenticated, Authentication, AuthenticationState, StoredCredential};
pub use challenge::{Challenge, ChallengeHash};
pub use registration::{BackupPolicy, Registered, Registration, RegistrationState, User};
