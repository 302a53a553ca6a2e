//! The built binary, serving at a port of its own from an empty directory until it is dropped.

use std::fs::File;
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::site::free_port;

/// Longer than any start takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// A server and its data.
pub struct Product {
    binary: PathBuf,
    directory: TempDir,
    port: u16,
    pages: String,
    child: Option<Child>,
}

impl Product {
    /// Starts it.
    pub fn start(binary: &Path) -> Self {
        Self::beside(binary, String::new())
    }

    /// Starts it with passkeys that pages of another origin may use.
    pub fn beside(binary: &Path, pages: String) -> Self {
        let mut product = Self {
            binary: binary.to_owned(),
            directory: tempfile::tempdir().unwrap(),
            port: free_port(),
            pages,
            child: None,
        };
        product.go_on();
        product
    }

    /// Serves, from what there is in its directory.
    pub fn go_on(&mut self) {
        let log = File::create(self.directory.path().join("log")).unwrap();
        let mut child = self
            .command()
            .args(["--listen", &format!("127.0.0.1:{}", self.port)])
            .env("COUNTERSIGN_ADDRESS_LIMIT", "0")
            .env("COUNTERSIGN_PASSKEYS_RELATED_ORIGINS", &self.pages)
            .stdout(Stdio::null())
            .stderr(log)
            .spawn()
            .unwrap();
        wait(&mut child, self.port, &self.directory.path().join("log"));
        self.child = Some(child);
    }

    /// Stops it, with all it was doing.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }

    /// Makes an API key.
    pub fn key(&self, scopes: &str) -> String {
        let mut command = self.command();
        command.args(["api-key", "create", "shop", "--scope", scopes]);
        let made = command.output().unwrap();
        assert!(made.status.success(), "no key: {made:?}");
        String::from_utf8(made.stdout).unwrap().trim().to_owned()
    }

    /// Where it is.
    pub fn origin(&self) -> String {
        format!("http://localhost:{}", self.port)
    }

    /// Its service API, by the address alone.
    pub fn api(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    fn command(&self) -> Command {
        let mut command = Command::new(&self.binary);
        command
            .env_clear()
            .current_dir(self.directory.path())
            .stdin(Stdio::null());
        command
    }
}

impl Drop for Product {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Waits until a process listens; panics with its log where it ends instead.
pub(crate) fn wait(child: &mut Child, port: u16, log: &Path) {
    let began = Instant::now();
    while TcpStream::connect(("127.0.0.1", port)).is_err() {
        let ended = child.try_wait().unwrap();
        assert!(
            ended.is_none() && began.elapsed() < PATIENCE,
            "it does not serve: {}",
            std::fs::read_to_string(log).unwrap()
        );
        std::thread::sleep(Duration::from_millis(10));
    }
}
