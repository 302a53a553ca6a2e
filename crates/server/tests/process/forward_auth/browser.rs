//! A browser without windows: curl, with a jar for its cookies, which knows where both hosts are.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

use crate::support::{Answer, Place};

const HTML: &str = "Accept: text/html,application/xhtml+xml,*/*;q=0.8";

static JARS: AtomicU32 = AtomicU32::new(0);

/// Somebody's browser.
pub struct Browser {
    folder: PathBuf,
    jar: PathBuf,
    port: u16,
}

impl Browser {
    /// With an empty jar; both hosts are at this port of this machine.
    pub fn new(place: &Place, port: u16) -> Self {
        Self::within(place.path(""), port)
    }

    /// Somebody else's, of the same place.
    pub fn stranger(&self) -> Self {
        Self::within(self.folder.clone(), self.port)
    }

    fn within(folder: PathBuf, port: u16) -> Self {
        let number = JARS.fetch_add(1, Ordering::Relaxed);
        let jar = folder.join(format!("jar-{number}"));
        std::fs::write(&jar, "").unwrap();
        Self { folder, jar, port }
    }

    /// A program reads.
    pub fn get(&mut self, address: &str) -> Answer {
        self.send(&[address])
    }

    /// A program changes something.
    pub fn post(&mut self, address: &str, body: &Value) -> Answer {
        let body = body.to_string();
        self.send(&[
            "-H",
            "Content-Type: application/json",
            "--data",
            &body,
            address,
        ])
    }

    /// A person reads.
    pub fn page(&mut self, address: &str) -> Answer {
        self.page_with(address, &[])
    }

    /// The same with header fields of their own.
    pub fn page_with(&mut self, address: &str, fields: &[&str]) -> Answer {
        let mut arguments = vec!["-H", HTML];
        arguments.extend(fields.iter().flat_map(|field| ["-H", field]));
        arguments.push(address);
        self.send(&arguments)
    }

    /// The same with another host in the request line than in its field.
    pub fn page_of_two(&mut self, address: &str, host: &str) -> Answer {
        let field = format!("Host: {host}");
        self.send(&[
            "-H",
            HTML,
            "--request-target",
            address,
            "-H",
            &field,
            address,
        ])
    }

    /// A person sends the first form of a page of this origin.
    pub fn submit(&mut self, origin: &str, page: &Answer, fields: &[(&str, &str)]) -> Answer {
        let text = page.text();
        let (_, rest) = text.split_once(r#"<form method="post" action=""#).unwrap();
        let action = rest.split('"').next().unwrap().replace("&amp;", "&");
        let token = page.form_token();
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        self.submit_to(&format!("{origin}{action}"), &all)
    }

    /// A person sends a form to an address.
    pub fn submit_to(&mut self, address: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={value}"))
            .collect();
        let mut arguments = vec!["-H", HTML];
        for field in &fields {
            arguments.extend(["--data-urlencode", field]);
        }
        arguments.push(address);
        self.send(&arguments)
    }

    /// Whether this host answers already: a proxy that makes its certificates first does so late.
    pub fn reaches(&self, address: &str) -> bool {
        self.run(&[address]).status.success()
    }

    fn send(&mut self, arguments: &[&str]) -> Answer {
        let output = self.run(arguments);
        let wrong = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {wrong}");
        Answer::parse(&output.stdout)
            .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stdout)))
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new("curl");
        command
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            // The certificate is of the test's own making.
            .args(["-q", "-sS", "-k", "-i", "--http1.1", "--max-time", "60"])
            .arg("-b")
            .arg(&self.jar)
            .arg("-c")
            .arg(&self.jar);
        for host in ["auth", "app"] {
            let there = format!("{host}.example.com:443:127.0.0.1:{}", self.port);
            command.args(["--connect-to", &there]);
        }
        command.args(arguments).output().unwrap()
    }
}
