//! The figures to reach, each beside its peer or limit in the same run; it decides nothing of the
//! product and nobody depends on it.

#![expect(
    clippy::as_conversions,
    clippy::cast_precision_loss,
    reason = "counts become quotients; none is near 2^52"
)]

mod ambient;
mod arguments;
mod backup_code;
mod busy;
mod engine;
mod enrolled;
mod interleave;
mod login;
mod machine;
mod otp;
mod passkey;
mod picture;
mod report;
mod table;

use std::process::ExitCode;

use clap::Parser as _;

use arguments::{Arguments, Part, Task};
use report::Report;

/// Whatever keeps a figure from being taken.
type Failure = Box<dyn std::error::Error + Send + Sync>;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ended = match &arguments.task {
        Some(Task::Serve(what)) => login::server::run(what).map(|()| ExitCode::SUCCESS),
        None => measure(&arguments),
    };
    ended.unwrap_or_else(|failure| {
        arguments::complain(&failure);
        ExitCode::FAILURE
    })
}

/// Takes the figures and prints them; fails when one was missed.
fn measure(arguments: &Arguments) -> Result<ExitCode, Failure> {
    let mut report = Report::new(machine::describe());
    let before = busy::Ticks::now()?;
    if arguments.wants(Part::Otp) {
        otp::measure(&mut report)?;
        picture::measure(&mut report)?;
    }
    if arguments.wants(Part::Passkey) {
        passkey::measure(&mut report)?;
    }
    if arguments.wants(Part::Engine) {
        backup_code::measure(&mut report)?;
        engine::measure(&mut report)?;
    }
    if arguments.wants(Part::Login) {
        login::measure(arguments, &mut report)?;
    }
    if let Some(others) = busy::Ticks::now()?.since(&before) {
        report.note(others);
    }
    table::print(&report);
    if let Some(path) = &arguments.json {
        std::fs::write(path, serde_json::to_vec_pretty(&report)?)?;
    }
    Ok(if report.all_reached() {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}
