//! An example, running as its README says, in a directory of its own.

use std::fs::{self, File};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

use crate::folder;
use crate::product::wait;

/// A running example.
pub struct Site {
    child: Child,
    directory: TempDir,
    /// Where it is.
    pub at: String,
}

impl Site {
    /// Copies `examples/{name}` and runs a command there, which listens at this port.
    pub fn start(name: &str, port: u16, command: impl FnOnce(&Path) -> Command) -> Self {
        let directory = copy(name);
        let mut child = command(directory.path())
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::create(directory.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        wait(&mut child, port, &directory.path().join("log"));
        Self {
            child,
            directory,
            at: format!("http://localhost:{port}"),
        }
    }

    /// Where it runs.
    pub fn directory(&self) -> &Path {
        self.directory.path()
    }

    /// What it has complained about.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A port that nobody listens at.
pub fn free_port() -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// What a developer's own runs leave in an example.
const LEFT: &[&str] = &[
    "node_modules",
    "venv",
    "__pycache__",
    "users.json",
    "users.db",
    "db.sqlite3",
];

fn copy(name: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let mut open: Vec<PathBuf> = vec![PathBuf::new()];
    let from = folder("examples").join(name);
    while let Some(inner) = open.pop() {
        fs::create_dir_all(directory.path().join(&inner)).unwrap();
        for entry in fs::read_dir(from.join(&inner)).unwrap() {
            let entry = entry.unwrap();
            let path = inner.join(entry.file_name());
            if LEFT.iter().any(|left| entry.file_name() == *left) {
            } else if entry.file_type().unwrap().is_dir() {
                open.push(path);
            } else {
                fs::copy(entry.path(), directory.path().join(path)).unwrap();
            }
        }
    }
    directory
}
