//! The pages behind the one-time link that creates the first account.

use askama::Template;

use super::{Chrome, NewPasswordProblem};

/// `GET /setup/{token}`: choose a name and a password.
#[derive(Template)]
#[template(path = "first_account.html")]
pub struct FirstAccount {
    /// The frame.
    pub chrome: Chrome,
    /// The token of the link, as it stands in the address.
    pub token: String,
    /// What was typed before, after a refusal.
    pub username: String,
    /// Why the form is shown again.
    pub problem: Option<FirstAccountProblem>,
}

/// Why the first account was not created.
#[derive(Clone, Debug)]
pub enum FirstAccountProblem {
    /// The name is empty, too long or holds control characters.
    Username,
    /// The password was refused.
    Password(NewPasswordProblem),
}

/// The link leads nowhere any more: it was used, it expired, or it never existed. Which one is
/// not told.
#[derive(Template)]
#[template(path = "setup_link_gone.html")]
pub struct SetupLinkGone {
    /// The frame.
    pub chrome: Chrome,
}
