//! What came back.

use axum::http::{HeaderMap, header};
use axum::response::Response;

/// An answer, read to its end.
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of(response: Response) -> Self {
        let (parts, body) = response.into_parts();
        let body = axum::body::to_bytes(body, usize::MAX).await.unwrap();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body: body.to_vec(),
        }
    }

    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.body).unwrap()
    }

    pub fn json(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or("")
    }

    pub fn set_cookies(&self) -> Vec<String> {
        let lines = self.headers.get_all(header::SET_COOKIE).iter();
        lines
            .map(|line| line.to_str().unwrap().to_owned())
            .collect()
    }

    /// The line that sets this cookie.
    pub fn set_cookie(&self, name: &str) -> Option<String> {
        let start = format!("{name}=");
        let mut lines = self.set_cookies().into_iter();
        lines.find(|line| line.starts_with(&start))
    }

    /// The token that the page's forms carry.
    pub fn form_token(&self) -> String {
        let mark = r#"name="form_token" value=""#;
        let rest = self.text().split_once(mark);
        let rest = rest.unwrap_or_else(|| panic!("no form: {} {}", self.status, self.text()));
        rest.1.split('"').next().unwrap().to_owned()
    }

    pub fn is_page(&self) -> bool {
        self.header("content-type") == "text/html; charset=utf-8"
    }

    /// Asserts a problem document of this status and code.
    #[track_caller]
    pub fn problem(&self, status: u16, code: &str) -> serde_json::Value {
        assert_eq!(self.status, status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let document = self.json();
        assert_eq!(document["code"], code, "{document}");
        assert_eq!(document["status"], status);
        assert_eq!(document["type"], format!("/problems/{code}"));
        assert_eq!(document["request_id"], self.header("x-request-id"));
        document
    }

    /// Asserts a `303` to this address.
    #[track_caller]
    pub fn leads_to(&self, target: &str) {
        assert_eq!(self.status, 303, "{}", self.text());
        assert_eq!(self.header("location"), target);
    }

    /// Asserts a page of this status with this text.
    #[track_caller]
    pub fn shows(&self, status: u16, text: &str) {
        assert_eq!(self.status, status, "{}", self.text());
        assert!(self.is_page(), "{}", self.header("content-type"));
        assert!(
            self.text().contains(text),
            "{text} is not in {}",
            self.text()
        );
    }
}
