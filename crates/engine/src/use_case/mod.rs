//! The use cases: what a person, an application or an operator does, each as a method of
//! [`Countersign`](crate::Countersign).

mod account;
mod api_key;
mod assertion;
mod enrollment;
mod host;
mod identity;
mod operator;
mod passkey;
mod setup;
mod sign_in;
mod step_up;
mod ticket;
mod verify;

pub use api_key::{Caller, KeyRefusal, NewKey};
pub use host::{
    BegunPasskey, Host, HostAuthenticator, HostChallenge, HostContext, HostEnrolled, HostUser,
    Idempotency, Verified,
};
pub use operator::{KeyCheck, Operator};
pub use ticket::ChildSession;
