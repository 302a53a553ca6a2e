//! The pages. Askama escapes what it writes; only the QR picture, which the engine draws, goes as it is.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse as _, Response};

/// Somebody who has to sign in, or up.
#[derive(Template)]
#[template(path = "login.html")]
pub struct Login {
    pub problem: Option<&'static str>,
}

/// The second step.
#[derive(Template)]
#[template(path = "verify.html")]
pub struct Verify {
    pub next: &'static str,
    /// The options for the browser, where the user has a passkey.
    pub passkey: Option<String>,
    pub problem: Option<&'static str>,
}

/// Before a setup.
#[derive(Template)]
#[template(path = "start.html")]
pub struct Start {
    pub problem: Option<&'static str>,
}

/// The one page with the secret.
#[derive(Template)]
#[template(path = "scan.html")]
pub struct Scan<'a> {
    pub id: String,
    pub secret: &'a str,
    pub uri: &'a str,
    pub qr: &'a str,
}

/// A passkey to be made.
#[derive(Template)]
#[template(path = "passkey.html")]
pub struct NewPasskey {
    pub id: String,
    pub options: String,
}

/// The one page with the backup codes.
#[derive(Template)]
#[template(path = "codes.html")]
pub struct Codes<'a> {
    pub label: &'a str,
    pub codes: Vec<&'a str>,
}

/// Who is signed in.
#[derive(Template)]
#[template(path = "home.html")]
pub struct Home<'a> {
    pub email: &'a str,
    pub authenticators: Vec<String>,
    pub backup_codes: u32,
}

/// Something sensitive.
#[derive(Template)]
#[template(path = "transfer.html")]
pub struct Transfer {
    pub done: bool,
}

/// A page as an answer.
pub fn page(status: StatusCode, page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => (status, Html(text)).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
