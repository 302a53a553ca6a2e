//! A browser without a screen: HTTP/1.1 on a socket, cookies, forms.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::net::SocketAddr;

use axum::http::StatusCode;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

const PASSWORD: &str = "correct horse battery staple";

pub struct Browser {
    address: SocketAddr,
    cookies: BTreeMap<String, String>,
    /// Whether its forms are another site's.
    pub foreign: bool,
}

impl Browser {
    pub fn new(address: SocketAddr) -> Self {
        Self {
            address,
            cookies: BTreeMap::new(),
            foreign: false,
        }
    }

    pub fn cookie(&self, name: &str) -> String {
        self.cookies.get(name).cloned().unwrap_or_default()
    }

    pub async fn sign_up(&mut self, email: &str) -> Page {
        let fields = [("email", email), ("password", PASSWORD)];
        self.post("/signup", &fields).await
    }

    pub async fn sign_in(&mut self, email: &str) -> Page {
        let fields = [("email", email), ("password", PASSWORD)];
        self.post("/login", &fields).await
    }

    pub async fn verify(&mut self, code: &str) -> Page {
        self.post("/verify", &[("code", code)]).await
    }

    pub async fn get(&mut self, path: &str) -> Page {
        self.send("GET", path, "").await
    }

    pub async fn post(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        let encoded = |text: &str| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encoded(value)));
        let body = pairs.collect::<Vec<_>>().join("&");
        self.send("POST", path, &body).await
    }

    async fn send(&mut self, method: &str, path: &str, body: &str) -> Page {
        let site = if self.foreign {
            "cross-site"
        } else {
            "same-origin"
        };
        let mut request = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             sec-fetch-site: {site}\r\ncontent-type: application/x-www-form-urlencoded\r\n\
             content-length: {}\r\n",
            body.len()
        );
        for (name, value) in &self.cookies {
            write!(request, "cookie: {name}={value}\r\n").unwrap();
        }
        write!(request, "\r\n{body}").unwrap();
        let mut stream = TcpStream::connect(self.address).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        let page = Page::read(&answer);
        for line in page.all("set-cookie") {
            let (name, rest) = line.split_once('=').unwrap();
            let value = rest.split(';').next().unwrap();
            self.cookies.insert(name.to_owned(), value.to_owned());
        }
        page
    }
}

/// What came back.
pub struct Page {
    pub status: StatusCode,
    pub text: String,
    headers: Vec<(String, String)>,
}

impl Page {
    fn read(answer: &str) -> Self {
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let mut lines = head.lines();
        let status = lines.next().unwrap().split(' ').nth(1).unwrap();
        Self {
            status: status.parse().unwrap(),
            text: body.to_owned(),
            headers: lines
                .filter_map(|line| line.split_once(": "))
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
        }
    }

    fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        let named = self.headers.iter().filter(move |(key, _)| key == name);
        named.map(|(_, value)| value.as_str())
    }

    pub fn header(&self, name: &str) -> &str {
        let mut named = self.headers.iter().filter(|(key, _)| key == name);
        named.next().map_or("", |(_, value)| value.as_str())
    }

    #[track_caller]
    pub fn leads_to(&self, target: &str) {
        assert_eq!(self.status, 303, "{}", self.text);
        assert_eq!(self.header("location"), target);
    }

    #[track_caller]
    pub fn shows(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.text);
        assert!(self.text.contains(text), "no {text} in {}", self.text);
        assert_eq!(self.header("cache-control"), "no-store");
    }

    /// The value of a hidden field.
    pub fn field(&self, name: &str) -> String {
        self.between(&format!("name=\"{name}\" value=\""))
    }

    pub fn attribute(&self, name: &str) -> String {
        self.between(&format!("{name}=\""))
    }

    /// The address of a link that begins so.
    pub fn link(&self, start: &str) -> String {
        let rest = self.between(&format!("href=\"{start}"));
        format!("{start}{rest}")
    }

    /// What the page has as code, one a line.
    pub fn codes(&self) -> Vec<String> {
        let marked = self.text.split("<li><code>").skip(1);
        marked
            .map(|rest| rest.split('<').next().unwrap().to_owned())
            .collect()
    }

    fn between(&self, start: &str) -> String {
        let found = self.text.split_once(start);
        let (_, rest) = found.unwrap_or_else(|| panic!("no {start} in {}", self.text));
        let text = rest.split('"').next().unwrap();
        text.replace("&#34;", "\"").replace("&#38;", "&")
    }
}
