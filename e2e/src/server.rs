//! The built binary, serving at a port of its own from an empty directory until it is dropped.

use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;

/// A running server and its data.
pub struct Server {
    child: Child,
    binary: PathBuf,
    directory: TempDir,
    /// Where browsers find it, without a slash at the end.
    pub origin: String,
    /// The one-time link that it printed.
    pub setup_link: String,
}

impl Server {
    /// Starts it; it says where it is as soon as it answers.
    pub fn start(binary: &Path) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let log = File::create(directory.path().join("log")).unwrap();
        let mut child = Command::new(binary)
            .args(["--listen", "127.0.0.1:0", "--output", "json"])
            .env_clear()
            .current_dir(directory.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut said = String::new();
        let output = child.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut said).unwrap();
        let ready: Value = serde_json::from_str(&said).unwrap_or_else(|_| {
            let log = fs::read_to_string(directory.path().join("log")).unwrap();
            panic!("the server did not start: {said}{log}")
        });
        let text = |name: &str| ready.get(name).and_then(Value::as_str).unwrap().to_owned();
        Self {
            origin: text("address"),
            setup_link: text("setup_link"),
            child,
            binary: binary.to_owned(),
            directory,
        }
    }

    /// Adds a user, as its operator does.
    pub fn add_user(&self, name: &str, password: &str) {
        let mut command = Command::new(&self.binary)
            .args(["user", "add", name, "--password-file", "-"])
            .env_clear()
            .current_dir(self.directory.path())
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let mut input = command.stdin.take().unwrap();
        input.write_all(password.as_bytes()).unwrap();
        drop(input);
        assert!(command.wait().unwrap().success(), "no user {name}");
    }

    /// What it has logged.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("log")).unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
