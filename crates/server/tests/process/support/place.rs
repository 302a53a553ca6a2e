//! A directory with a server's data in it, and the binary's commands over it.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

use rusqlite::Connection;
use tempfile::TempDir;

use super::person::PASSWORD;

/// A directory to work in.
pub struct Place {
    directory: TempDir,
    starts: AtomicU32,
}

/// How a command ended.
pub struct Run {
    pub code: Option<i32>,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Self {
        Self {
            directory: tempfile::tempdir().unwrap(),
            starts: AtomicU32::new(0),
        }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    pub fn database(&self) -> PathBuf {
        self.path("countersign-data/countersign.db")
    }

    /// Another process's look into the database.
    pub fn look(&self) -> Connection {
        let database = Connection::open(self.database()).unwrap();
        database
            .busy_timeout(std::time::Duration::from_secs(30))
            .unwrap();
        database
    }

    /// The number of the next start, for the names of its files.
    pub(super) fn next_start(&self) -> u32 {
        self.starts.fetch_add(1, Ordering::Relaxed)
    }

    /// Everything that any server here has printed or logged.
    pub fn printed(&self, kind: &str) -> Vec<u8> {
        (0..self.starts.load(Ordering::Relaxed))
            .flat_map(|number| std::fs::read(self.path(&format!("{kind}-{number}"))).unwrap())
            .collect()
    }

    /// The binary, working here, with no variables but ours.
    pub fn command(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    /// One of the binary's commands.
    pub fn run(&self, arguments: &[&str], input: &str) -> Run {
        let mut child = self
            .command(env!("CARGO_BIN_EXE_countersign"))
            .args(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that refuses before it reads closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(&child.wait_with_output().unwrap())
    }

    /// Adds a user with [`PASSWORD`].
    pub fn add_user(&self, name: &str) {
        self.run(&["user", "add", name, "--password-file", "-"], PASSWORD)
            .ok();
    }

    /// Asserts that SQLite itself finds nothing wrong.
    #[track_caller]
    pub fn assert_sound(&self) {
        let found: String = self
            .look()
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .unwrap();
        assert_eq!(found, "ok");
    }
}

impl Run {
    pub fn of(output: &Output) -> Self {
        Self {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Standard output, after a success.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, Some(0), "{}{}", self.stdout, self.stderr);
        self.stdout
    }
}
