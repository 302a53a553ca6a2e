//! Transcripts of the real binary, each in a directory of its own.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where its premise fails"
)]

mod api_key;
mod attestation;
mod config;
mod doctor;
#[path = "../common/key.rs"]
mod key;
mod otp;
mod passkey;
mod realm;
mod serve;
mod start;
mod support;
mod trail;
mod user;
