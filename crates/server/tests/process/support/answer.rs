//! An answer as it came over the wire, whole.

use std::io;

use serde_json::Value;

/// Status, header fields and body.
#[derive(Clone, Debug)]
pub struct Answer {
    pub status: u16,
    pub fields: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Answer {
    /// Reads one; an error if it was cut off.
    pub fn parse(bytes: &[u8]) -> io::Result<Self> {
        let cut = || io::Error::from(io::ErrorKind::UnexpectedEof);
        let split = bytes
            .windows(4)
            .position(|four| four == b"\r\n\r\n")
            .ok_or_else(cut)?;
        let head = std::str::from_utf8(&bytes[..split]).unwrap();
        let body = bytes[split + 4..].to_vec();
        let mut lines = head.split("\r\n");
        let status = lines.next().and_then(|line| line.split(' ').nth(1));
        let answer = Self {
            status: status.unwrap().parse().unwrap(),
            fields: lines
                .map(|line| {
                    let (name, value) = line.split_once(": ").unwrap();
                    (name.to_ascii_lowercase(), value.to_owned())
                })
                .collect(),
            body,
        };
        let length = answer.field("content-length").map(str::parse::<usize>);
        match length {
            Some(Ok(length)) if answer.body.len() == length => Ok(answer),
            None if answer.body.is_empty() => Ok(answer),
            _ => Err(cut()),
        }
    }

    pub fn field(&self, name: &str) -> Option<&str> {
        let mut found = self.fields.iter().filter(|(key, _)| key == name);
        found.next().map(|(_, value)| value.as_str())
    }

    /// Name, value and whether it is kept, for each cookie.
    pub fn cookies(&self) -> Vec<(String, String, bool)> {
        self.fields
            .iter()
            .filter(|(name, _)| name == "set-cookie")
            .map(|(_, line)| {
                let (pair, rest) = line.split_once(';').unwrap();
                let (name, value) = pair.split_once('=').unwrap();
                (name.into(), value.into(), !rest.contains("Max-Age=0"))
            })
            .collect()
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {self}"))
    }

    /// The `code` of a problem, or nothing.
    pub fn code(&self) -> String {
        let json: Option<Value> = serde_json::from_slice(&self.body).ok();
        let code = json.as_ref().and_then(|json| json["code"].as_str());
        code.unwrap_or_default().to_owned()
    }

    /// The body, if the status is this one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{self}");
        self.json()
    }

    /// Asserts that it is this problem.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: &str) {
        assert_eq!(
            (self.status, self.code().as_str()),
            (status, code),
            "{self}"
        );
    }

    /// A page's form token.
    #[track_caller]
    pub fn form_token(&self) -> String {
        let text = self.text();
        let start = r#"name="form_token" value=""#;
        let (_, rest) = text
            .split_once(start)
            .unwrap_or_else(|| panic!("no form: {self}"));
        rest.split('"').next().unwrap().to_owned()
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.status, self.text())
    }
}
