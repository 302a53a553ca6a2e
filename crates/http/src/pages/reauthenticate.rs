//! Step-up: asking again before something sensitive, and saying why.

use askama::Template;

use super::{Chrome, Wait};

/// `GET /reauthenticate`.
#[derive(Template)]
#[template(path = "reauthenticate.html")]
pub struct Reauthenticate {
    /// The frame.
    pub chrome: Chrome,
    /// The user's name, for password managers.
    pub username: String,
    /// What the person was about to do.
    pub reason: Reason,
    /// The second factor that is asked for; `None` for a user who has no second step.
    pub second_factor: Option<SecondFactor>,
    /// What else could be asked for, strongest first.
    pub others: Vec<SecondFactor>,
    /// Where to go on afterwards, a path on this origin.
    pub return_to: String,
    /// Where cancelling leads, a path on this origin.
    pub cancel_to: String,
    /// Why the form is shown again.
    pub problem: Option<ReauthenticateProblem>,
}

/// What needs the fresh proof.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// Adding an authenticator.
    AddAuthenticator,
    /// Renaming one.
    RenameAuthenticator,
    /// Removing one.
    RemoveAuthenticator,
    /// Making new backup codes.
    BackupCodes,
    /// Ending other sessions.
    EndSessions,
    /// Changing the password.
    ChangePassword,
    /// Opening a page of a protected application.
    OpenApplication,
    /// Something else, such as an application's own request.
    Other,
}

/// What asks for the second factor; the page offers the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SecondFactor {
    /// A passkey, which needs no password if it verifies its user.
    Passkey,
    /// Field `code`.
    Code,
    /// Field `backup_code`.
    BackupCode,
}

/// Why the proof was refused.
#[derive(Clone, Debug)]
pub enum ReauthenticateProblem {
    /// The password is wrong.
    Password,
    /// The code or backup code is wrong.
    Code,
    /// The code is right and was used before.
    AlreadyUsed,
    /// Too many attempts.
    Throttled(Wait),
    /// Codes are suspended; a backup code is the way.
    Suspended,
}
