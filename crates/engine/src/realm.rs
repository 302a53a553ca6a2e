//! A realm: the tenant that every row, key and name belongs to.

use crate::error::Misuse;

/// A realm's name in rows and keys: 1..=63 of `a-z`, `0-9` and `-`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RealmId(String);

impl RealmId {
    /// Checks and takes a name.
    pub fn parse(text: &str) -> Result<Self, Misuse> {
        let fits = (1..=63).contains(&text.len())
            && text
                .bytes()
                .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Misuse::RealmId)
        }
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Default for RealmId {
    fn default() -> Self {
        Self("default".to_owned())
    }
}

/// What a realm is called and where it lives.
#[derive(Clone, Debug)]
pub struct Realm {
    /// Its name in rows.
    pub id: RealmId,
    /// The issuer that authenticator apps show: no colon, 1..=64 bytes.
    pub issuer: String,
    /// The RP ID that its passkeys are bound to: the host of its pages, or a domain above it.
    pub rp_id: String,
    /// The origins under the RP ID that its passkeys may be used at.
    pub origins: Vec<String>,
    /// Origins of other sites that may use the same passkeys (WebAuthn L3 §5.11).
    pub related_origins: Vec<String>,
    /// The audience of its own pages' sessions: the origin they are served from.
    pub audience: String,
}
