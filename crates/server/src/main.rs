//! The `countersign` binary; it parses nothing and decides nothing here.

mod ambient;
mod attestation;
mod cli;
mod config;
mod connection;
mod failure;
mod input;
mod jobs;
mod keyring;
mod operations;
mod output;
mod realms;
mod refusal;
mod telemetry;
mod wiring;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
