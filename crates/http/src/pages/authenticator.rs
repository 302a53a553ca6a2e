//! Renaming and removing one authenticator.

use askama::Template;

use super::Chrome;

/// `GET /mfa/authenticators/{id}/rename`.
#[derive(Template)]
#[template(path = "rename_authenticator.html")]
pub struct RenameAuthenticator {
    /// The frame.
    pub chrome: Chrome,
    /// The authenticator's public id.
    pub id: String,
    /// Its label now, or what was typed before a refusal.
    pub label: String,
    /// Whether it is a passkey.
    pub passkey: bool,
    /// Why the form is shown again.
    pub problem: Option<RenameProblem>,
}

/// Why a label was refused.
#[derive(Clone, Debug)]
pub enum RenameProblem {
    /// Empty, too long or with control characters.
    Label,
}

/// `GET /mfa/authenticators/{id}/remove`: what removing does, before it is done.
#[derive(Template)]
#[template(path = "remove_authenticator.html")]
pub struct RemoveAuthenticator {
    /// The frame.
    pub chrome: Chrome,
    /// The authenticator's public id.
    pub id: String,
    /// Its label.
    pub label: String,
    /// Whether it is a passkey.
    pub passkey: bool,
    /// Whether it is the last: the second step ends with it, and the backup codes become void.
    pub last: bool,
    /// Whether the last one has to stay: there is no button then.
    pub kept: bool,
    /// How many backup codes are unused.
    pub backup_codes_left: u32,
}
