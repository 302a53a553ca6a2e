//! The measured server's process, from outside: orders to it, and what the kernel says of it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use countersign::clock::Timestamp;

use super::server::{Order, Ports};
use crate::Failure;

/// A server that runs until this is dropped.
pub struct Server {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    pub ports: Ports,
}

impl Server {
    /// Starts one over a store.
    pub fn start(database: &Path, keyring: &Path) -> Result<Self, Failure> {
        let mut child = Command::new(std::env::current_exe()?)
            .arg("serve")
            .arg("--database")
            .arg(database)
            .arg("--keyring")
            .arg(keyring)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let orders = child.stdin.take();
        let mut answers = BufReader::new(child.stdout.take().ok_or("no standard output")?);
        let mut line = String::new();
        answers.read_line(&mut line)?;
        let ports = serde_json::from_str(&line).map_err(|_| "the server did not start")?;
        Ok(Self {
            child,
            orders,
            answers,
            ports,
        })
    }

    /// Sets its clock.
    pub fn set_clock(&mut self, now: Timestamp) -> Result<(), Failure> {
        self.order(&Order::Clock(now.as_millis())).map(|_| ())
    }

    /// How many transactions it has committed.
    pub fn commits(&mut self) -> Result<u64, Failure> {
        self.order(&Order::Commits)
    }

    fn order(&mut self, order: &Order) -> Result<u64, Failure> {
        let orders = self.orders.as_mut().ok_or("no standard input")?;
        writeln!(orders, "{}", serde_json::to_string(order)?)?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(line.trim().parse()?)
    }

    /// Its processor time so far, in seconds, by the name of the thread.
    pub fn processor_time(&self) -> Result<BTreeMap<String, f64>, Failure> {
        let mut threads = BTreeMap::new();
        for thread in std::fs::read_dir(format!("/proc/{}/task", self.child.id()))? {
            let folder = thread?.path();
            let name = std::fs::read_to_string(folder.join("comm"))?;
            let spent = std::fs::read_to_string(folder.join("schedstat"))?;
            let nanoseconds: f64 = spent.split(' ').next().unwrap_or_default().parse()?;
            *threads.entry(name.trim().to_owned()).or_default() += nanoseconds / 1e9;
        }
        Ok(threads)
    }

    /// Bytes it has handed to the kernel so far, for files and for connections. What a file system
    /// makes of them is its own affair: one that marks whole runs of pages counts three times as much.
    pub fn written(&self) -> Result<f64, Failure> {
        self.kernel_says("io", "wchar:")
    }

    /// Its resident memory, in bytes.
    pub fn resident(&self) -> Result<f64, Failure> {
        Ok(1024.0 * self.kernel_says("status", "VmRSS:")?)
    }

    fn kernel_says(&self, file: &str, of: &str) -> Result<f64, Failure> {
        let text = std::fs::read_to_string(format!("/proc/{}/{file}", self.child.id()))?;
        let line = text.lines().find_map(|line| line.strip_prefix(of));
        let number = line.and_then(|line| line.split_whitespace().next());
        Ok(number.ok_or_else(|| format!("no {of}"))?.parse()?)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // The end of its input is the sign to stop.
        self.orders = None;
        let _ = self.child.wait();
    }
}
