//! The whole engine on a SQLite file: what people do, what attackers try, what a database writer cannot.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod directory;
mod embed;
mod host;
mod hotp;
mod imported;
mod login;
mod passkey;
mod support;
mod tamper;
mod throttle;
