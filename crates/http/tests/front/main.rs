//! The front channel over the real engine and a SQLite store: one file for each route, and sweeps
//! over all of them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "test support fails by panicking"
)]

mod support;

mod address;
mod authenticators;
mod backup_codes;
mod bad_input;
mod confirm;
mod cross_site;
mod deadline;
mod directory;
mod embedded;
mod entrance;
mod first_account;
mod forward_auth;
mod host;
mod logged;
mod login;
mod login_mfa;
mod logout;
mod look_alike;
mod outage;
mod overview;
mod passkey;
mod passkey_step_up;
mod password;
mod realms;
mod reauthenticate;
mod require;
mod return_to;
mod secrets;
mod sessions;
mod setup;
mod sweep;
