//! Ceremonies against vectors of the standard, forged answers and an authenticator that others
//! wrote; refuses nothing itself: each file tells what it holds the crate to.

#![expect(
    clippy::expect_used,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a test fails by panicking, and says why it skips"
)]

mod attestation;
mod authentication;
mod corpus;
mod forge;
#[cfg(feature = "fido-mds")]
mod mds;
mod mutation;
mod option;
mod passkey;
mod property;
mod registration;
mod rp;
mod vectors;
mod wycheproof;
