//! The second step of signing in: a code, two codes in a row, or a backup code.

use askama::Template;

use super::{Chrome, Moment, Wait};

/// `GET /login/mfa`: one code of an authenticator app or a hardware token.
#[derive(Template)]
#[template(path = "code_step.html")]
pub struct CodeStep {
    /// The frame.
    pub chrome: Chrome,
    /// The name that passed the first step.
    pub username: String,
    /// When the pending login ends.
    pub expires: Moment,
    /// Where to go afterwards, already judged safe; travels in the addresses.
    pub return_to: Option<String>,
    /// The other ways this user has, strongest first.
    pub others: Vec<Method>,
    /// Why the form is shown again.
    pub problem: Option<CodeProblem>,
}

/// `GET /login/mfa?method=passkey`: a button, for whoever has a passkey.
#[derive(Template)]
#[template(path = "passkey_step.html")]
pub struct PasskeyStep {
    /// The frame.
    pub chrome: Chrome,
    /// The name that passed the first step.
    pub username: String,
    /// When the pending login ends.
    pub expires: Moment,
    /// Where to go afterwards, already judged safe; travels in the addresses.
    pub return_to: Option<String>,
    /// The other ways this user has, strongest first.
    pub others: Vec<Method>,
}

/// `GET /login/mfa?method=resync`: two codes in a row, for a token that counts.
#[derive(Template)]
#[template(path = "resync_step.html")]
pub struct ResyncStep {
    /// The frame.
    pub chrome: Chrome,
    /// The name that passed the first step.
    pub username: String,
    /// When the pending login ends.
    pub expires: Moment,
    /// Where to go afterwards, already judged safe; travels in the addresses.
    pub return_to: Option<String>,
    /// The other ways this user has, strongest first.
    pub others: Vec<Method>,
    /// Why the form is shown again.
    pub problem: Option<CodeProblem>,
}

/// `GET /login/mfa?method=backup_code`.
#[derive(Template)]
#[template(path = "backup_code_step.html")]
pub struct BackupCodeStep {
    /// The frame.
    pub chrome: Chrome,
    /// The name that passed the first step.
    pub username: String,
    /// When the pending login ends.
    pub expires: Moment,
    /// Where to go afterwards, already judged safe; travels in the addresses.
    pub return_to: Option<String>,
    /// The other ways this user has, strongest first.
    pub others: Vec<Method>,
    /// Why the form is shown again.
    pub problem: Option<BackupCodeProblem>,
}

/// `GET /login/mfa?method=choose`: all ways on one page, for a user who has several.
#[derive(Template)]
#[template(path = "choose_method.html")]
pub struct ChooseMethod {
    /// The frame.
    pub chrome: Chrome,
    /// The name that passed the first step.
    pub username: String,
    /// When the pending login ends.
    pub expires: Moment,
    /// Where to go afterwards, already judged safe; travels in the addresses.
    pub return_to: Option<String>,
    /// Strongest first.
    pub methods: Vec<Method>,
}

/// The pending login ended, was cancelled or belongs to another browser: start over.
#[derive(Template)]
#[template(path = "pending_gone.html")]
pub struct PendingGone {
    /// The frame.
    pub chrome: Chrome,
}

/// A way to take the second step; `/login/mfa?method=` and its [`name`](Method::name) shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A passkey or security key.
    Passkey,
    /// One code.
    Code,
    /// Two codes in a row; offered to users who have a counting token.
    Resync,
    /// A backup code.
    BackupCode,
}

impl Method {
    /// Its value in the address.
    pub fn name(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Code => "code",
            Self::Resync => "resync",
            Self::BackupCode => "backup_code",
        }
    }
}

/// Why a code was refused.
#[derive(Clone, Debug)]
pub enum CodeProblem {
    /// Not the code of any of the user's authenticators.
    Wrong,
    /// Right, and accepted before.
    AlreadyUsed,
    /// Too many wrong codes.
    Throttled(Wait),
    /// Codes are refused for this user or this kind of browser until another way in is taken.
    Suspended,
}

/// Why a backup code was refused.
#[derive(Clone, Debug)]
pub enum BackupCodeProblem {
    /// Not one of the present set.
    Wrong,
    /// Right, and used before.
    AlreadyUsed,
    /// Too many wrong codes.
    Throttled(Wait),
    /// The set is void.
    Void,
}
