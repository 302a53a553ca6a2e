//! Sessions and pending logins as rows, and the tokens that open them, of which only hashes are kept.

use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::assurance::Assurance;
use crate::audit::Actor;
use crate::clock::{Randomness, RandomnessFailed, Timestamp};
use crate::id::SessionId;
use crate::realm::RealmId;
use crate::user::UserKey;
use crate::vault::length_prefixed;

/// The SHA-256 of a token: all that a store sees of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TokenHash(pub [u8; 32]);

/// What a cookie or a link carries: an 8-byte routing tag and 256 random bits, in base64url.
/// It has no `Debug`, no `Display` and no equality; it is compared by its hash, in the store.
pub struct Token(Zeroizing<[u8; 40]>);

impl Token {
    /// The length of its text.
    pub const TEXT_LENGTH: usize = 54;

    pub(crate) fn generate(
        tag: [u8; 8],
        source: &dyn Randomness,
    ) -> Result<Self, RandomnessFailed> {
        let mut bytes = Zeroizing::new([0; 40]);
        let (front, back) = bytes.split_at_mut(8);
        front.copy_from_slice(&tag);
        source.fill(back)?;
        Ok(Self(bytes))
    }

    pub(crate) fn generate_tagged(
        tag: impl FnOnce(&[u8]) -> [u8; 8],
        source: &dyn Randomness,
    ) -> Result<Self, RandomnessFailed> {
        let mut token = Self::generate([0; 8], source)?;
        let (front, back) = token.0.split_at_mut(8);
        front.copy_from_slice(&tag(back));
        Ok(token)
    }

    /// Whether its tag is the one that `tag` gives its random part, in constant time.
    pub(crate) fn tag_matches(&self, tag: impl FnOnce(&[u8]) -> [u8; 8]) -> bool {
        let (front, back) = self.0.split_at(8);
        front.ct_eq(&tag(back)).into()
    }

    /// From its text; anything of another length or alphabet is none.
    pub fn parse(text: &str) -> Option<Self> {
        if text.len() != Self::TEXT_LENGTH {
            return None;
        }
        let decoded = Zeroizing::new(
            data_encoding::BASE64URL_NOPAD
                .decode(text.as_bytes())
                .ok()?,
        );
        let mut bytes = Zeroizing::new([0; 40]);
        if decoded.len() != bytes.len() {
            return None;
        }
        bytes.copy_from_slice(&decoded);
        Some(Self(bytes))
    }

    /// Its text, for the one place that hands it out.
    pub fn reveal(&self) -> Zeroizing<String> {
        Zeroizing::new(data_encoding::BASE64URL_NOPAD.encode(self.0.as_slice()))
    }

    /// The same token once more, for work that outlives who brought it.
    pub(crate) fn duplicate(&self) -> Self {
        Self(self.0.clone())
    }

    /// What the store knows it by in this realm: to any other it is a token that nobody gave out.
    pub fn hash(&self, realm: &RealmId) -> TokenHash {
        let mut hash = Sha256::new();
        let parts = [b"countersign token", realm.as_str().as_bytes(), &*self.0];
        length_prefixed(&parts, |part| hash.update(part));
        TokenHash(hash.finalize().into())
    }
}

/// From where a person or a program speaks, as far as it is known.
#[derive(Clone, Debug, Default)]
pub struct Origin {
    /// Who acts.
    pub actor: Actor,
    /// The client's address: the peer's, or what a configured trusted proxy reports.
    pub address: Option<std::net::IpAddr>,
    /// The user agent, cut to 256 bytes, control characters removed.
    pub agent: Option<String>,
    /// The request's id.
    pub request_id: Option<String>,
}

/// A session's row.
#[derive(Clone, Debug)]
pub struct SessionRecord {
    /// The hash of its token.
    pub hash: TokenHash,
    /// Its public name.
    pub id: SessionId,
    /// Whose it is.
    pub user: UserKey,
    /// The host it is for.
    pub audience: String,
    /// The session it ends with.
    pub parent: Option<TokenHash>,
    /// What it is worth.
    pub assurance: Assurance,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last seen, to the minute.
    pub last_seen_at: Timestamp,
    /// When it ends unless it is seen again.
    pub idle_expires_at: Timestamp,
    /// When it ends in any case.
    pub expires_at: Timestamp,
    /// From where it was made.
    pub address: Option<String>,
    /// By what.
    pub agent: Option<String>,
}

impl SessionRecord {
    /// Whether its time has not run out.
    pub fn lives(&self, now: Timestamp) -> bool {
        now < self.expires_at && now < self.idle_expires_at
    }
}

/// A pending login's row: the password was right, the second step is to come.
#[derive(Clone, Debug)]
pub struct PendingRecord {
    /// The hash of its token.
    pub hash: TokenHash,
    /// Whose it is.
    pub user: UserKey,
    /// The host it is for.
    pub audience: String,
    /// The version of the password that was right; another one ends it.
    pub password_version: i64,
    /// When the password was right.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A known browser's row: grants a budget, never authentication.
#[derive(Clone, Copy, Debug)]
pub struct KnownBrowser {
    /// The hash of its token.
    pub hash: TokenHash,
    /// When it ends.
    pub expires_at: Timestamp,
}
