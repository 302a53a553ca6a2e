//! The use cases: what a person, an application or an operator does, each as a method of
//! [`Countersign`](crate::Countersign).

mod account;
mod assertion;
mod enrollment;
mod operator;
mod passkey;
mod setup;
mod sign_in;
mod step_up;
mod verify;

pub use operator::{KeyCheck, Operator};
