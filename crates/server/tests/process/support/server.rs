//! A server as a process: started, killed, started again. It ends with the test.

use std::fs::{self, File};
use std::os::unix::process::CommandExt as _;
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;

use super::{ORIGIN, Place};

/// Longer than any start takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// Where a server is, also after it was started again.
#[derive(Clone, Default)]
pub struct Door(Arc<AtomicU16>);

impl Door {
    /// The operations listener of the server that was started last in this place.
    pub fn of_operations(place: &Place) -> Self {
        let log = String::from_utf8(place.printed("log")).unwrap();
        let port = port(&log, "operations listener").unwrap();
        Self(Arc::new(AtomicU16::new(port)))
    }

    pub fn port(&self) -> u16 {
        self.0.load(Ordering::SeqCst)
    }
}

/// How a server is started.
#[derive(Clone, Default)]
pub struct Start {
    variables: Vec<(String, String)>,
    user: Option<u32>,
}

/// A server that has said it serves.
pub struct Server {
    child: Child,
    door: Door,
    start: Start,
    link: Option<String>,
}

impl Start {
    /// With no limit by address: all that is here comes from one.
    pub fn new() -> Self {
        Self::default().with("COUNTERSIGN_ADDRESS_LIMIT", "0")
    }

    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// As this user of the system.
    pub fn user(mut self, user: u32) -> Self {
        self.user = Some(user);
        self
    }

    /// A server at a door of its own.
    pub fn at(self, place: &Place) -> Server {
        let door = Door::default();
        let (child, link) = self
            .spawn(place, &door)
            .unwrap_or_else(|(_, log)| panic!("the server did not start: {log}"));
        Server {
            child,
            door,
            start: self,
            link,
        }
    }

    /// The exit code and log of a server that does not come to serve.
    pub fn fails(&self, place: &Place) -> (Option<i32>, String) {
        match self.spawn(place, &Door::default()) {
            Ok((mut child, _)) => {
                child.kill().unwrap();
                child.wait().unwrap();
                panic!("the server started");
            }
            Err(ended) => ended,
        }
    }

    fn spawn(
        &self,
        place: &Place,
        door: &Door,
    ) -> Result<(Child, Option<String>), (Option<i32>, String)> {
        let number = place.next_start();
        let file = |kind: &str| place.path(&format!("{kind}-{number}"));
        // A write beyond a limit on file sizes is to fail, not to end the process.
        let mut command = place.command("/bin/sh");
        command
            .args(["-c", r#"trap '' XFSZ; exec "$0" "$@""#])
            .arg(env!("CARGO_BIN_EXE_countersign"))
            .args(["--listen", "127.0.0.1:0", "--output", "json"])
            .env("COUNTERSIGN_PUBLIC_URL", ORIGIN)
            .envs(self.variables.iter().cloned())
            .stdout(File::create(file("out")).unwrap())
            .stderr(File::create(file("log")).unwrap());
        if let Some(user) = self.user {
            command.uid(user).gid(user);
        }
        let mut child = command.spawn().unwrap();
        let began = Instant::now();
        let port = loop {
            let log = fs::read_to_string(file("log")).unwrap();
            if let Some(port) = serving(&log) {
                break port;
            }
            if let Some(status) = child.try_wait().unwrap() {
                let log = fs::read_to_string(file("log")).unwrap();
                return Err((status.code(), log));
            }
            assert!(began.elapsed() < PATIENCE, "no start: {log}");
            std::thread::sleep(Duration::from_millis(5));
        };
        door.0.store(port, Ordering::SeqCst);
        let said: Value = serde_json::from_slice(&fs::read(file("out")).unwrap()).unwrap();
        let link = said["setup_link"].as_str().map(str::to_owned);
        Ok((child, link))
    }
}

/// The port that a log says is served.
fn serving(log: &str) -> Option<u16> {
    port(log, "serving")
}

/// The port in the last line of a log that says this.
fn port(log: &str, message: &str) -> Option<u16> {
    let said = format!(r#""message":"{message}""#);
    let line = log.lines().rfind(|line| line.contains(&said))?;
    let line: Value = serde_json::from_str(line).ok()?;
    line["address"].as_str()?.rsplit(':').next()?.parse().ok()
}

impl Server {
    pub fn door(&self) -> Door {
        self.door.clone()
    }

    /// Asks it to stop.
    pub fn terminate(&self) {
        let process = Pid::from_raw(i32::try_from(self.process()).unwrap());
        kill_process(process.unwrap(), Signal::TERM).unwrap();
    }

    /// How it ended, once it has.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// The token of the one-time link, if one was printed.
    pub fn link(&self) -> Option<&str> {
        self.link.as_deref()?.rsplit('/').next()
    }

    pub fn process(&self) -> u32 {
        self.child.id()
    }

    /// Ends it as a power cut would end the process.
    pub fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Starts it once more, behind the same door.
    #[track_caller]
    pub fn start_again(&mut self, place: &Place) {
        let (child, link) = self
            .start
            .spawn(place, &self.door)
            .unwrap_or_else(|(_, log)| panic!("the server did not start again: {log}"));
        (self.child, self.link) = (child, link);
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
