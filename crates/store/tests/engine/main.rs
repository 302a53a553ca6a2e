//! The whole engine on a SQLite file: what people do, what attackers try, what a database writer cannot.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod host;
mod hotp;
mod login;
mod support;
mod tamper;
mod throttle;
