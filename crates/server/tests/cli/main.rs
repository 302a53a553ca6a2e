//! Transcripts of the real binary, each in a directory of its own.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test ends where its premise fails"
)]

mod config;
mod doctor;
mod otp;
mod serve;
mod start;
mod support;
mod trail;
mod user;
mod attestation;
