//! Changing the password.

use askama::Template;

use super::{Chrome, Wait};

/// `GET /password`.
#[derive(Template)]
#[template(path = "password.html")]
pub struct ChangePassword {
    /// The frame.
    pub chrome: Chrome,
    /// The user's name, for password managers.
    pub username: String,
    /// The least number of characters: 15 alone, 8 with a second step.
    pub min_length: u32,
    /// Why the form is shown again.
    pub problem: Option<PasswordProblem>,
}

/// Why the password was not changed.
#[derive(Clone, Debug)]
pub enum PasswordProblem {
    /// The current one is wrong.
    Current,
    /// The new one was refused.
    New(NewPasswordProblem),
    /// Too many attempts.
    Throttled(Wait),
}

/// Why a new password was refused.
#[derive(Clone, Debug, Template)]
#[template(path = "part/new_password_problem.html")]
pub enum NewPasswordProblem {
    /// Fewer characters than this.
    TooShort(u32),
    /// More characters than 128.
    TooLong,
    /// On the list of passwords that attackers try first.
    Blocked,
    /// The same as the user's name, the site's name or the present password.
    Guessable,
}
