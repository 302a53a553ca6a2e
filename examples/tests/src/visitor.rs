//! Somebody at an example's routes or forms, with cookies and nothing else.

use std::collections::BTreeMap;

use reqwest::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::PASSWORD;

/// A browser without pages.
#[derive(Clone)]
pub struct Visitor {
    http: Client,
    at: String,
    /// Those that the example has set.
    pub cookies: BTreeMap<String, String>,
}

/// Status and body.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The status.
    pub status: u16,
    /// Where it leads, if anywhere.
    pub location: Option<String>,
    /// The body.
    pub text: String,
}

impl Visitor {
    /// Somebody who was not here before.
    pub fn new(at: &str) -> Self {
        let http = Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy();
        Self {
            http: http.build().unwrap(),
            at: at.to_owned(),
            cookies: BTreeMap::new(),
        }
    }

    /// Reads.
    pub async fn get(&mut self, path: &str) -> Answer {
        let request = self.request(Method::GET, path);
        self.send(request).await
    }

    /// Sends JSON.
    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.post_as(path, "application/json", &body.to_string())
            .await
    }

    /// Sends anything.
    pub async fn post_as(&mut self, path: &str, kind: &str, body: &str) -> Answer {
        let request = self.request(Method::POST, path);
        let request = request.header(CONTENT_TYPE, kind).body(body.to_owned());
        self.send(request).await
    }

    /// Opens a page and sends its form, with the token that is in it.
    pub async fn submit(&mut self, page: &str, action: &str, fields: &[(&str, &str)]) -> Answer {
        let shown = self.get(page).await;
        let mark = r#"name="csrfmiddlewaretoken" value=""#;
        let (_, rest) = shown
            .text
            .split_once(mark)
            .unwrap_or_else(|| panic!("no form on {page}: {shown:?}"));
        let token = rest.split('"').next().unwrap().to_owned();
        let mut all = vec![("csrfmiddlewaretoken", token.as_str())];
        all.extend(fields);
        let body: Vec<String> = all
            .iter()
            .map(|(k, v)| format!("{k}={}", encode(v)))
            .collect();
        self.post_as(action, "application/x-www-form-urlencoded", &body.join("&"))
            .await
    }

    /// Gives the password.
    pub async fn login(&mut self, name: &str) -> Answer {
        let fields = serde_json::json!({ "username": name, "password": PASSWORD });
        self.post("/login", &fields).await
    }

    fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let pairs: Vec<String> = self
            .cookies
            .iter()
            .map(|(k, v)| format!("{k}={v}"))
            .collect();
        let request = self.http.request(method, format!("{}{path}", self.at));
        if pairs.is_empty() {
            return request;
        }
        request.header(COOKIE, pairs.join("; "))
    }

    async fn send(&mut self, request: RequestBuilder) -> Answer {
        let answer = request.send().await.unwrap();
        for line in answer.headers().get_all(SET_COOKIE) {
            let line = line.to_str().unwrap();
            let (pair, attributes) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") || attributes.contains("Expires=Thu, 01 Jan 1970") {
                self.cookies.remove(name);
            } else {
                assert!(attributes.contains("SameSite=Lax"), "{line}");
                assert!(attributes.contains("HttpOnly"), "{line}");
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        let location = answer.headers().get("location");
        Answer {
            status: answer.status().as_u16(),
            location: location.map(|to| to.to_str().unwrap().to_owned()),
            text: answer.text().await.unwrap(),
        }
    }
}

impl Answer {
    /// The body, if this is the status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status, status, "{}", self.text);
        serde_json::from_str(&self.text).unwrap_or_else(|_| panic!("no JSON: {}", self.text))
    }

    /// Asserts that it is this refusal.
    #[track_caller]
    pub fn refuses(&self, status: u16, code: &str) {
        assert_eq!(self.expect(status)["error"], code, "{}", self.text);
    }
}

fn encode(text: &str) -> String {
    let encoded = text.bytes().map(|byte| format!("%{byte:02X}"));
    encoded.collect()
}
