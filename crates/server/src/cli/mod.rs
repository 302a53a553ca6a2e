//! The command line: a tree of nouns and verbs; a secret is never an argument.

mod completions;
mod config;
mod man;
mod otp;

use std::process::ExitCode;

use clap::Parser as _;

use crate::config::{Flags, Layers, Settings};
use crate::failure::Failure;
use crate::output::{Format, Output};

/// Multi-factor authentication beside, inside or in front of an application.
///
/// Without a command it serves: on 127.0.0.1:8080, with its data in ./countersign-data.
#[derive(clap::Parser)]
#[command(name = "countersign", version, max_term_width = 100, after_help = EXIT_CODES)]
struct Cli {
    #[command(flatten)]
    flags: Flags,
    /// For whom answers are printed.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    output: Format,
    #[command(subcommand)]
    command: Option<Command>,
}

const EXIT_CODES: &str = "Exit codes: 0 done, 1 failed or refused, 2 command line, \
                          3 configuration, 4 keyring, 5 store, 6 address to listen on.";

#[derive(clap::Subcommand)]
enum Command {
    /// Check the configuration, or show it and where each value comes from.
    #[command(subcommand)]
    Config(config::Command),
    /// Make and check codes, without a server.
    #[command(subcommand)]
    Otp(otp::Command),
    /// Print the completions for a shell.
    Completions(completions::Arguments),
    /// Print the manual, or write its pages into a directory.
    Man(man::Arguments),
}

/// What every command is given.
struct Context {
    flags: Flags,
    output: Output,
}

impl Context {
    fn layers(&self) -> Result<Layers, Failure> {
        Ok(Layers::gather(&self.flags, std::env::vars_os())?)
    }

    fn settings(&self) -> Result<Settings, Failure> {
        let layers = self.layers()?;
        for (stray, resembled) in &layers.strays {
            self.output.note(&format!(
                "warning: {stray} is not read; did you mean {resembled}?"
            ));
        }
        Ok(Settings::resolve(&layers)?)
    }
}

/// Parses the command line and runs the command.
pub fn run() -> ExitCode {
    // All that is made here is for its owner alone.
    rustix::process::umask(rustix::fs::Mode::from_raw_mode(0o077));
    let cli = Cli::parse();
    let context = Context {
        flags: cli.flags,
        output: Output::new(cli.output),
    };
    let ended = match cli.command {
        None => Ok(()),
        Some(Command::Config(command)) => config::run(&context, &command),
        Some(Command::Otp(command)) => otp::run(&context, &command),
        Some(Command::Completions(arguments)) => completions::run(&context, &arguments),
        Some(Command::Man(arguments)) => man::run(&context, &arguments),
    };
    match ended {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            let code = failure.exit_code();
            if code != ExitCode::SUCCESS {
                context.output.failure(&failure);
            }
            code
        }
    }
}
