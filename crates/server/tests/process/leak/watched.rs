//! A client that keeps every answer and learns every secret it is given or gives.

use std::collections::BTreeSet;

use countersign_http::routes;
use serde_json::Value;

use super::secrets::{Kind, Secrets};
use crate::support::{Answer, Client, Door, Request, codes};

/// All that went over the wire.
pub struct Watched {
    pub client: Client,
    pub secrets: Secrets,
    pub answers: Vec<(String, Answer)>,
    pub visited: BTreeSet<String>,
    /// The last session cookie; it may be ended by now.
    pub sessions: Vec<String>,
}

impl Watched {
    pub fn new(door: Door) -> Self {
        Self {
            client: Client::new(door),
            secrets: Secrets::default(),
            answers: Vec::new(),
            visited: BTreeSet::new(),
            sessions: Vec::new(),
        }
    }

    pub fn send(&mut self, request: &Request) -> Answer {
        let answer = self.client.send(request).unwrap();
        let name = format!(
            "{} {}",
            request.method,
            pattern(&request.method, &request.path)
        );
        for (cookie, value, kept) in answer.cookies() {
            if kept {
                self.secrets.token(Kind::Cookie, &value);
                if cookie.ends_with("session") {
                    self.sessions.push(value);
                }
            }
        }
        if answer.text().contains(r#"name="form_token""#) && !answer.form_token().is_empty() {
            self.secrets.token(Kind::FormToken, &answer.form_token());
        }
        let json: Value = serde_json::from_slice(&answer.body).unwrap_or_default();
        for name in ["verification_id", "device"] {
            if let Some(text) = json[name].as_str() {
                self.secrets.token(Kind::Grant, text);
            }
        }
        if json["backup_codes"].is_array() {
            self.learn_codes(&codes(&json));
        }
        self.visited.insert(name.clone());
        self.answers.push((name, answer.clone()));
        answer
    }

    /// What another browser of the same person's saw and was given.
    pub fn join(&mut self, other: Self) {
        self.secrets.0.extend(other.secrets.0);
        self.answers.extend(other.answers);
        self.visited.extend(other.visited);
    }

    pub fn learn_codes(&mut self, codes: &[String]) {
        for code in codes {
            self.secrets.backup_code(code);
        }
    }

    /// A program asks with one secret in the body.
    pub fn json(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        self.learn_typed(body);
        self.send(&Request::new(method, path).json(body))
    }

    pub fn get(&mut self, path: &str) -> Answer {
        self.send(&Request::new("GET", path))
    }

    pub fn page(&mut self, path: &str) -> Answer {
        self.send(&Request::new("GET", path).html())
    }

    /// A person sends the form of an open page.
    pub fn form(&mut self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = page.form_token();
        let body = fields
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).into()));
        self.learn_typed(&Value::Object(body.collect()));
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        self.send(&Request::new("POST", path).form(&all))
    }

    pub fn learn_typed(&mut self, body: &Value) {
        for (name, value) in body.as_object().unwrap() {
            let Some(text) = value.as_str() else { continue };
            match name.as_str() {
                "password" | "current" | "new" => self.secrets.password(text),
                "code" | "next_code" => self.secrets.add(Kind::Code, text),
                "backup_code" => self.secrets.backup_code(text),
                _ => {}
            }
        }
    }
}

/// The route that a path is of.
fn pattern(method: &str, path: &str) -> &'static str {
    let path = path.split('?').next().unwrap();
    let fits = |pattern: &str| {
        let parts: Vec<_> = path.split('/').zip(pattern.split('/')).collect();
        path.split('/').count() == pattern.split('/').count()
            && parts
                .iter()
                .all(|(part, of)| part == of || of.starts_with('{'))
    };
    let all = routes();
    let exact = |route: &&countersign_http::Route| route.path == path;
    let found = all
        .iter()
        .filter(|route| route.method.as_str() == method && fits(route.path))
        .max_by_key(|route| exact(route));
    found.map_or("none", |route| route.path)
}
