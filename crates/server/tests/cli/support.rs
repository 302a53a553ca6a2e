//! Runs the binary away from the machine's own settings.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use rustix::process::{Pid, Signal, kill_process};

use serde_json::Value;
use tempfile::TempDir;

/// A directory to work in.
pub struct Place(TempDir);

/// How a run ended.
pub struct Run {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
}

impl Place {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    pub fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    }

    /// The binary with only these variables, working here.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
        command
            .args(arguments)
            .env_clear()
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        command
    }

    pub fn run(&self, arguments: &[&str]) -> Run {
        Run::of(self.command(arguments).output().unwrap())
    }

    /// The same with standard input.
    pub fn run_with(&self, input: &str, arguments: &[&str]) -> Run {
        let mut child = self
            .command(arguments)
            .stdin(Stdio::piped())
            .spawn()
            .unwrap();
        // A command that refuses before it reads closes the pipe.
        let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
        Run::of(child.wait_with_output().unwrap())
    }
}

impl Run {
    pub fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Standard output, after a success.
    #[track_caller]
    pub fn ok(self) -> String {
        assert_eq!(self.code, 0, "{}{}", self.stdout, self.stderr);
        self.stdout
    }

    /// Standard output as JSON, after a success.
    #[track_caller]
    pub fn json(self) -> Value {
        serde_json::from_str(&self.ok()).unwrap()
    }

    /// Standard error, after a failure of this code that answered nothing.
    #[track_caller]
    pub fn fails(self, code: i32) -> String {
        assert_eq!(self.code, code, "{}{}", self.stdout, self.stderr);
        assert_eq!(self.stdout, "");
        self.stderr
    }
}

/// The permissions of a file or directory.
pub fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

/// A file of the workspace's vectors.
pub fn vectors(name: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../vectors")
        .join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// A password that is good enough, and easy to find where it should not be.
pub const PASSWORD: &str = "quietly ambling marmots";

impl Place {
    /// Adds a user of this name with [`PASSWORD`].
    pub fn add_user(&self, name: &str) {
        self.run_with(PASSWORD, &["user", "add", name, "--password-file", "-"])
            .ok();
    }
}

/// A server at a port of its own, ended with the test.
pub struct Server {
    child: Child,
    pub port: u16,
    /// What it printed until it was ready.
    pub said: String,
}

impl Server {
    /// Starts it and waits until it has said everything; its log goes to `log`.
    pub fn start(place: &Place, variables: &[(&str, &str)]) -> Self {
        let log = File::options()
            .create(true)
            .append(true)
            .open(place.path("log"))
            .unwrap();
        let mut child = place
            .command(&["--listen", "127.0.0.1:0", "--output", "json"])
            .envs(variables.iter().copied())
            .stderr(log)
            .spawn()
            .unwrap();
        let mut said = String::new();
        BufReader::new(child.stdout.take().unwrap())
            .read_line(&mut said)
            .unwrap();
        let log = fs::read_to_string(place.path("log")).unwrap();
        let ready: Value = serde_json::from_str(&said).unwrap_or_else(|_| panic!("{log}"));
        let address = ready.get("address").unwrap().as_str().unwrap();
        let port = address.rsplit(':').next().unwrap().parse().unwrap();
        Self { child, port, said }
    }

    /// The one-time link, if it printed one.
    pub fn link(&self) -> Option<String> {
        let ready: Value = serde_json::from_str(&self.said).unwrap();
        ready.get("setup_link").unwrap().as_str().map(str::to_owned)
    }

    pub fn connect(&self) -> io::Result<TcpStream> {
        TcpStream::connect(("127.0.0.1", self.port))
    }

    /// The status line and all that follows of an answer to `GET path`.
    pub fn get(&self, path: &str) -> String {
        self.get_with(path, "Accept: text/html")
    }

    /// The same with this header field.
    pub fn get_with(&self, path: &str, field: &str) -> String {
        let mut stream = self.connect().unwrap();
        let port = self.port;
        write!(
            stream,
            "GET {path} HTTP/1.1\r\nHost: localhost:{port}\r\n{field}\r\nConnection: close\r\n\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Posts JSON with these cookies, and takes those of the answer: its status and its body.
    pub fn post(
        &self,
        path: &str,
        cookies: &mut BTreeMap<String, String>,
        body: &Value,
    ) -> (u16, Value) {
        let mut stream = self.connect().unwrap();
        let (port, body) = (self.port, body.to_string());
        let jar: Vec<String> = cookies
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let (jar, length) = (jar.join("; "), body.len());
        write!(
            stream,
            "POST {path} HTTP/1.1\r\nHost: localhost:{port}\r\nContent-Type: application/json\r\nCookie: {jar}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        for line in head.lines() {
            let Some((name, value)) = line.split_once(": ") else {
                continue;
            };
            if name.eq_ignore_ascii_case("set-cookie") {
                let (name, value) = value.split(';').next().unwrap().split_once('=').unwrap();
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }

    pub fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).unwrap();
        kill_process(Pid::from_raw(pid).unwrap(), signal).unwrap();
    }

    /// Waits for its end; its exit code, if it had one.
    pub fn ends(mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
