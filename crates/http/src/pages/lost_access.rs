//! What somebody can do who has lost an authenticator. Offers no way around one.

use askama::Template;

use super::Chrome;

/// `GET /lost-access`.
#[derive(Template)]
#[template(path = "lost_access.html")]
pub struct LostAccess {
    /// The frame.
    pub chrome: Chrome,
    /// Whether a pending login waits, so that the links can lead back into it.
    pub pending: bool,
    /// How to reach the operator, from the realm's configuration, as plain text.
    pub contact: Option<String>,
}
