//! Why a task stopped, each with what to do next; there is no variant for a reason nobody named.

use std::{fmt, io, path::PathBuf, process::ExitStatus};

/// Why a task stopped.
#[derive(Debug)]
pub enum Failure {
    /// A program could not be started at all.
    Start { program: String, source: io::Error },
    /// A program ran and said no.
    Exit {
        command: String,
        status: ExitStatus,
        next: &'static str,
    },
    /// A file or folder could not be read or written.
    File { path: PathBuf, source: io::Error },
    /// A program printed something other than what it promises.
    Unreadable {
        program: &'static str,
        source: serde_json::Error,
    },
    /// The machine lacks something; `command` brings it.
    Missing { what: &'static str, command: String },
    /// A downloaded file is not the one that was pinned.
    Altered { path: PathBuf },
    /// A check of ours found faults, which it has printed.
    Faults {
        check: &'static str,
        count: usize,
        next: &'static str,
    },
    /// The tests' runner said no, or yes, against what it counted: a build failed, or it was ended.
    Runner,
    /// The tests' runner ended well without running a test.
    NoTest,
}

impl fmt::Display for Failure {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Start { program, source } => write!(
                out,
                "cannot start {program}: {source}. Install it or put it on PATH"
            ),
            Self::Exit {
                command,
                status,
                next,
            } => write!(out, "`{command}` failed ({status}): {next}"),
            Self::File { path, source } => {
                write!(out, "{}: {source}", path.display())
            }
            Self::Unreadable { program, source } => write!(
                out,
                "cannot read what {program} printed: {source}. Is the toolchain the one that Cargo.toml asks for?"
            ),
            Self::Missing { what, command } => {
                write!(out, "{what} is missing. Run: {command}")
            }
            Self::Altered { path } => write!(
                out,
                "{} is not the file whose checksum xtask/src/tools.rs pins. Delete it and run again; if it stays so, do not use it",
                path.display()
            ),
            Self::Faults { check, count, next } => {
                write!(out, "{check}: {count} found, listed above. {next}")
            }
            Self::Runner => write!(
                out,
                "the tests' runner ended without a word about each test. Its first error is above"
            ),
            Self::NoTest => write!(
                out,
                "no test ran. Look above for a filter or an empty package list"
            ),
        }
    }
}
