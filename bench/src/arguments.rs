//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::Failure;

/// The figures to reach, each beside its peer or limit in the same run.
#[derive(Parser)]
#[command(name = "cargo xtask bench", version)]
pub struct Arguments {
    /// Every figure, the slow ones included
    #[arg(long)]
    pub full: bool,
    /// Only these parts; all unless given
    #[arg(long = "only", value_name = "PART", value_delimiter = ',')]
    parts: Vec<Part>,
    /// How many users the store holds while logins are measured
    #[arg(long, value_name = "N", default_value_t = 200_000, value_parser = clap::value_parser!(u32).range(1_000..=10_000_000))]
    pub users: u32,
    /// Where the store is made; on the disk that is to be measured
    #[arg(long, value_name = "DIR", default_value = "target/bench")]
    pub folder: PathBuf,
    /// Writes the figures here, too, as JSON
    #[arg(long, value_name = "FILE")]
    pub json: Option<PathBuf>,
    #[command(subcommand)]
    pub task: Option<Task>,
}

/// A part of the figures.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// One-time passwords and pictures
    Otp,
    /// Passkeys' assertions
    Passkey,
    /// What the engine costs without a store, and one backup code
    Engine,
    /// `POST /login/mfa` and `POST /v1/users/{user}/verify` over a durable store
    Login,
}

#[derive(Subcommand)]
pub enum Task {
    /// The measured server, which the benchmark starts in a process of its own
    #[command(hide = true)]
    Serve(Serve),
}

/// What the measured server stands on.
#[derive(Args)]
pub struct Serve {
    /// The store's file
    #[arg(long)]
    pub database: PathBuf,
    /// The keyring's document
    #[arg(long)]
    pub keyring: PathBuf,
}

impl Arguments {
    /// Whether a part is to be measured.
    pub fn wants(&self, part: Part) -> bool {
        self.parts.is_empty() || self.parts.contains(&part)
    }
}

/// Says why there are no figures.
#[expect(clippy::print_stderr, reason = "the one complaint of a command")]
pub fn complain(failure: &Failure) {
    eprintln!("error: {failure}");
}
