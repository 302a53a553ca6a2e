//! Adding a passkey: one page with one button, the only thing here that needs a script.

use askama::Template;

use super::Chrome;

/// `GET /mfa/passkeys/new`. The backup codes of the first authenticator appear on it in place.
#[derive(Template)]
#[template(path = "passkey_start.html")]
pub struct PasskeyStart {
    /// The frame.
    pub chrome: Chrome,
    /// Whose backup codes they are, for the printed sheet.
    pub account: String,
    /// Whether it is the first authenticator: the second step begins with it.
    pub first: bool,
}
