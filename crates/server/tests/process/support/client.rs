//! A program or a browser with a cookie jar. Every request has a connection of its own, and every
//! byte of the answer is kept.

use std::collections::BTreeMap;
use std::io::{self, Read as _, Write as _};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use super::{Answer, Door, ORIGIN};

/// Longer than the server itself lets a request take.
const PATIENCE: Duration = Duration::from_secs(90);

/// Somebody with cookies.
#[derive(Clone)]
pub struct Client {
    pub door: Door,
    pub cookies: BTreeMap<String, String>,
}

/// A request in the making.
#[derive(Clone)]
pub struct Request {
    pub method: String,
    pub path: String,
    pub fields: Vec<(String, String)>,
    pub body: String,
}

impl Client {
    pub fn new(door: Door) -> Self {
        Self {
            door,
            cookies: BTreeMap::new(),
        }
    }

    pub fn cookie(&self, stem: &str) -> Option<String> {
        self.cookies.get(&format!("countersign-{stem}")).cloned()
    }

    /// Sends and keeps the cookies of the answer; an error if no whole answer came.
    pub fn send(&mut self, request: &Request) -> io::Result<Answer> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.door.port()))?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.write_all(request.written(&self.cookies).as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        let answer = Answer::parse(&bytes)?;
        for (name, value, kept) in answer.cookies() {
            if kept {
                self.cookies.insert(name, value);
            } else {
                self.cookies.remove(&name);
            }
        }
        Ok(answer)
    }

    /// A program reads.
    pub fn get(&mut self, path: &str) -> Answer {
        self.send(&Request::new("GET", path)).unwrap()
    }

    /// A person reads.
    pub fn page(&mut self, path: &str) -> Answer {
        self.send(&Request::new("GET", path).html()).unwrap()
    }

    /// A program changes something.
    pub fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(&Request::new("POST", path).json(body)).unwrap()
    }
}

impl Request {
    pub fn new(method: &str, path: &str) -> Self {
        Self {
            method: method.to_owned(),
            path: path.to_owned(),
            fields: Vec::new(),
            body: String::new(),
        }
    }

    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    pub fn html(self) -> Self {
        self.field("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
    }

    pub fn json(mut self, body: &Value) -> Self {
        self.body = body.to_string();
        self.field("content-type", "application/json")
    }

    /// As a browser sends it from a page of this origin.
    pub fn form(mut self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        self.body = pairs.join("&");
        self.html()
            .field("content-type", "application/x-www-form-urlencoded")
            .field("origin", ORIGIN)
            .field("sec-fetch-site", "same-origin")
    }

    fn written(&self, cookies: &BTreeMap<String, String>) -> String {
        let (method, path, length) = (&self.method, &self.path, self.body.len());
        let own = ORIGIN.trim_start_matches("http://");
        let named = self.fields.iter().find(|(name, _)| name == "host");
        let host = named.map_or(own, |(_, host)| host);
        let mut head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\ncontent-length: {length}\r\n"
        );
        let mut fields = self.fields.clone();
        fields.retain(|(name, _)| name != "host");
        let line: Vec<String> = cookies.iter().map(|(k, v)| format!("{k}={v}")).collect();
        if !line.is_empty() {
            fields.push(("cookie".to_owned(), line.join("; ")));
        }
        for (name, value) in fields {
            head.extend([&name, ": ", &value, "\r\n"]);
        }
        format!("{head}\r\n{}", self.body)
    }
}

fn encode(text: &str) -> String {
    text.bytes()
        .map(|byte| match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_' => char::from(byte).to_string(),
            _ => format!("%{byte:02X}"),
        })
        .collect()
}
