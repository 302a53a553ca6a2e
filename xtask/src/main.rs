//! Starts tests, benchmarks and checks; it depends on no crate of this workspace and decides nothing of the product.
#![expect(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a developer reads this program's output in a terminal or a log"
)]

mod arrows;
mod count;
mod drift;
mod failure;
mod packages;
mod proxies;
mod release;
mod sizes;
mod step;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::{failure::Failure, step::Steps, workspace::Workspace};

/// Tests, benchmarks and checks of this workspace.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Everything that must hold before a change lands
    Test {
        /// Needs nothing but cargo: no licence check, no browser, no release build, nothing installed
        #[arg(long)]
        quick: bool,
    },
    /// Formatting, lints and arrows: the checks worth having on every save
    Check,
    /// The figures to reach, each beside its peer or limit in the same run
    Bench {
        /// Every figure, the slow ones and those that start a peer included
        #[arg(long)]
        full: bool,
        /// Handed to the benchmark program as they are
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Fails when a crate depends on what its place in the architecture forbids
    Arrows,
    /// How long files and functions are, beside the models' figures
    Sizes,
    /// Fails when a generated file is not what its generator makes today
    Drift,
    /// Fails when the release binary contains a hook that only tests may use
    ReleaseCheck,
}

fn main() -> ExitCode {
    match run(Arguments::parse().command) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(task: Task) -> Result<ExitCode, Failure> {
    let workspace = Workspace::load()?;
    match task {
        Task::Test { quick } => return test::run(&workspace, quick),
        Task::Check => test::check(&workspace, &mut Steps::default())?,
        Task::Bench { full, arguments } => bench(&workspace, full, &arguments)?,
        Task::Arrows => arrows::run(&workspace)?,
        Task::Sizes => sizes::run(&workspace)?,
        Task::Drift => drift::run(&workspace)?,
        Task::ReleaseCheck => release::run(&workspace)?,
    }
    Ok(ExitCode::SUCCESS)
}

fn bench(workspace: &Workspace, full: bool, arguments: &[String]) -> Result<(), Failure> {
    let mut command = workspace.cargo();
    command.args(["run", "--release", "--package", "countersign-bench", "--"]);
    if full {
        command.arg("--full");
    }
    command.args(arguments);
    step::stream(
        &mut command,
        "a figure was missed or the benchmark could not run: the reason is above",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory;
        Arguments::command().debug_assert();
    }

    #[test]
    fn what_follows_bench_reaches_the_benchmark() {
        let parsed =
            Arguments::parse_from(["xtask", "bench", "--full", "totp", "--callers", "64"]).command;
        let Task::Bench { full, arguments } = parsed else {
            panic!("another task")
        };
        assert!(full);
        assert_eq!(arguments, ["totp", "--callers", "64"]);
    }
}
