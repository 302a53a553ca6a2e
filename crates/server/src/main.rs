//! The `countersign` binary; it parses nothing and decides nothing here.

mod ambient;
mod cli;
mod config;
mod failure;
mod input;
mod keyring;
mod output;
mod telemetry;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::run()
}
