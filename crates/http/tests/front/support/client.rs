//! A browser or a program: it keeps cookies as they are kept, and says what it wants.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Mutex;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::{Method, Request as HttpRequest, header};
use tower::ServiceExt;

use super::{Answer, PASSWORD, World};

/// Somebody with cookies.
pub struct Client {
    pub router: Router,
    host: String,
    pub cookies: Mutex<BTreeMap<String, String>>,
    pub peer: SocketAddr,
}

/// A request in the making.
pub struct Request<'a> {
    client: &'a Client,
    method: Method,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Client {
    pub fn new(world: &World) -> Self {
        let origin = world.site.public_url.origin();
        Self {
            router: world.router.clone(),
            host: origin.split_once("://").unwrap().1.to_owned(),
            cookies: Mutex::default(),
            peer: "192.0.2.1:4000".parse().unwrap(),
        }
    }

    /// The same server under another name.
    pub fn at(world: &World, host: &str) -> Self {
        Self {
            host: host.to_owned(),
            ..Self::new(world)
        }
    }

    pub fn cookie(&self, name: &str) -> Option<String> {
        self.cookies.lock().unwrap().get(name).cloned()
    }

    /// Puts a cookie in by hand.
    pub fn keep(&self, name: &str, value: &str) {
        let mut cookies = self.cookies.lock().unwrap();
        cookies.insert(name.to_owned(), value.to_owned());
    }

    /// The same cookies before another router.
    pub fn before(&self, router: Router) -> Self {
        Self {
            router,
            ..self.twin()
        }
    }

    /// The same cookies in another pocket.
    pub fn twin(&self) -> Self {
        Self {
            router: self.router.clone(),
            host: self.host.clone(),
            cookies: Mutex::new(self.cookies.lock().unwrap().clone()),
            peer: self.peer,
        }
    }

    pub fn request(&self, method: Method, path: &str) -> Request<'_> {
        Request {
            client: self,
            method,
            path: path.to_owned(),
            headers: vec![("host".to_owned(), self.host.clone())],
            body: Vec::new(),
        }
    }

    /// A program reads.
    pub async fn get(&self, path: &str) -> Answer {
        self.request(Method::GET, path).send().await
    }

    /// A person reads.
    pub async fn page(&self, path: &str) -> Answer {
        self.request(Method::GET, path).html().send().await
    }

    /// A program changes something.
    pub async fn post(&self, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.json(Method::POST, path, body).await
    }

    pub async fn json(&self, method: Method, path: &str, body: impl Into<Vec<u8>>) -> Answer {
        self.request(method, path).json(body).send().await
    }

    /// A person sends the form of the page at `page`, with its token, to `path`.
    pub async fn form(&self, page: &str, path: &str, fields: &[(&str, &str)]) -> Answer {
        let page = self.page(page).await;
        self.form_of(&page, path, fields).await
    }

    /// A person sends a form of a page that is open.
    pub async fn form_of(&self, page: &Answer, path: &str, fields: &[(&str, &str)]) -> Answer {
        let token = page.form_token();
        let mut all = vec![("form_token", token.as_str())];
        all.extend(fields);
        self.request(Method::POST, path).form(&all).send().await
    }

    /// The first step.
    pub async fn login(&self, name: &str) -> Answer {
        self.login_with(name, PASSWORD).await
    }

    pub async fn login_with(&self, name: &str, password: &str) -> Answer {
        let body = serde_json::json!({ "username": name, "password": password });
        self.post("/login", body.to_string()).await
    }

    /// The second step.
    pub async fn second_step(&self, code: &str) -> Answer {
        self.post("/login/mfa", format!(r#"{{"code":"{code}"}}"#))
            .await
    }
}

impl Request<'_> {
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// In place of the public name.
    pub fn host(mut self, host: &str) -> Self {
        self.headers.retain(|(name, _)| name != "host");
        self.header("host", host)
    }

    pub fn html(self) -> Self {
        self.header("accept", "text/html,application/xhtml+xml,*/*;q=0.8")
    }

    pub fn json(self, body: impl Into<Vec<u8>>) -> Self {
        self.header("content-type", "application/json").body(body)
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// A form as a browser sends it from an own page.
    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let encoded: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        let origin = format!("https://{}", self.client.host);
        let origin = if self.client.host.starts_with("localhost") {
            origin.replace("https", "http")
        } else {
            origin
        };
        self.html()
            .header("content-type", "application/x-www-form-urlencoded")
            .header("origin", &origin)
            .header("sec-fetch-site", "same-origin")
            .body(encoded.join("&"))
    }

    pub async fn send(self) -> Answer {
        let mut request = HttpRequest::builder()
            .method(self.method)
            .uri(&self.path)
            .extension(ConnectInfo(self.client.peer));
        for (name, value) in &self.headers {
            request = request.header(name, value);
        }
        let kept = self.client.cookies.lock().unwrap().clone();
        let line: Vec<String> = kept.iter().map(|(k, v)| format!("{k}={v}")).collect();
        if !line.is_empty() {
            request = request.header(header::COOKIE, line.join("; "));
        }
        let request = request.body(Body::from(self.body)).unwrap();
        let response = self.client.router.clone().oneshot(request).await.unwrap();
        let answer = Answer::of(response).await;
        let mut cookies = self.client.cookies.lock().unwrap();
        for line in answer.set_cookies() {
            let (pair, rest) = line.split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if rest.contains("Max-Age=0") {
                cookies.remove(name);
            } else {
                cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        drop(cookies);
        answer
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
