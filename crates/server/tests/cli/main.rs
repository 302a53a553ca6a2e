//! Transcripts of the real binary, each in a directory of its own.

mod config;
mod otp;
mod support;
