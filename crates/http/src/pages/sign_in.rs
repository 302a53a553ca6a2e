//! The first step: name and password. Says nothing about who exists or who has a second step.

use askama::Template;

use super::{Chrome, Wait};

/// `GET /login`.
#[derive(Template)]
#[template(path = "sign_in.html")]
pub struct SignIn {
    /// The frame; its notices tell signed out, password changed, account created.
    pub chrome: Chrome,
    /// What was typed before, after a refusal.
    pub username: String,
    /// Where to go afterwards, already judged safe; travels in the form's address.
    pub return_to: Option<String>,
    /// Why the form is shown again.
    pub problem: Option<SignInProblem>,
}

/// Why the first step was refused, as far as a stranger may know.
#[derive(Clone, Debug)]
pub enum SignInProblem {
    /// Name and password do not belong together, whatever the true reason.
    InvalidCredentials,
    /// Too many attempts.
    Throttled(Wait),
    /// The page was open too long, or the browser keeps no cookies.
    FormExpired,
}

/// Shown after signing out.
#[derive(Template)]
#[template(path = "signed_out.html")]
pub struct SignedOut {
    /// The frame.
    pub chrome: Chrome,
}
