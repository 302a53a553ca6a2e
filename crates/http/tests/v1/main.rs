//! The service API over the real engine and a SQLite store. Whatever a test is answered is held
//! against the document: a status, a code or a field that is not in it fails the test.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test support fails by panicking"
)]

#[expect(
    dead_code,
    unused_imports,
    reason = "shared with the tests of the front channel"
)]
#[path = "../front/support/mod.rs"]
mod support;

mod backend;

mod administration;
mod document;
mod enrollment;
mod idempotency;
mod input;
mod keys;
mod management;
mod passkey;
mod realms;
mod scopes;
mod verify;
