//! Tickets: what leads a browser from the portal to a protected host, once and within half a minute.
//! A ticket is good for that host and for the browser that asked, and worth nothing without either.

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::clock::Timestamp;
use crate::session::TokenHash;
use crate::user::UserKey;

/// How long a ticket is good.
pub const LIFE: Duration = Duration::from_secs(30);

/// The browser that asked, by the SHA-256 of the secret that it keeps for the protected host: who has
/// only this cannot show the secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Browser(pub(crate) TokenHash);

impl Browser {
    /// The one that keeps this secret.
    pub fn of(secret: &str) -> Self {
        Self(TokenHash(Sha256::digest(secret.as_bytes()).into()))
    }

    /// From its text; anything but 32 bytes in base64url is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != 43 {
            return None;
        }
        let bytes = data_encoding::BASE64URL_NOPAD
            .decode(text.as_bytes())
            .ok()?;
        bytes.try_into().ok().map(|hash| Self(TokenHash(hash)))
    }

    /// Its text: 43 characters of base64url.
    pub fn text(&self) -> String {
        data_encoding::BASE64URL_NOPAD.encode(&self.0.0)
    }
}

/// A ticket's row.
#[derive(Clone, Debug)]
pub struct TicketRecord {
    /// The hash of the ticket.
    pub hash: TokenHash,
    /// Whose session it opens.
    pub user: UserKey,
    /// The portal's session that it comes from, which the new one ends with.
    pub parent: TokenHash,
    /// The host that it is for.
    pub audience: String,
    /// The browser that it is for.
    pub browser: TokenHash,
    /// When it ends.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_browser_is_read_and_written_back() {
        let browser = Browser::of("secret");
        assert_eq!(Browser::parse(&browser.text()), Some(browser));
        assert_ne!(browser, Browser::of("Secret"));
        for text in [
            "",
            "secret",
            &"=".repeat(43),
            &"A".repeat(44),
            &"é".repeat(21),
        ] {
            assert_eq!(Browser::parse(text), None, "{text}");
        }
    }
}
