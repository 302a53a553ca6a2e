//! The real binary over HTTP, as a process that is raced, killed, starved and listened to.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stderr,
    reason = "a test ends where its premise fails, and tells its figures"
)]

mod clock;
mod crash;
mod flow;
mod forward_auth;
mod full;
mod how_to;
mod import;
mod leak;
mod life;
mod matrix;
mod operations;
mod passkey;
mod races;
mod realms;
mod support;
