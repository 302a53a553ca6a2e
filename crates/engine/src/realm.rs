//! A realm: the tenant that every row, key and name belongs to.

use crate::clock::Timestamp;
use crate::error::Misuse;
use crate::policy::PolicySettings;
use crate::vault::{MacError, RowMac, Vault};

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

/// A realm as a row keeps it. `default` has none: it is what the configuration says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RealmRecord {
    /// Its name.
    pub id: RealmId,
    /// The issuer that authenticator apps show.
    pub issuer: String,
    /// The origin of its pages; without one it has none, and applications alone use it.
    pub public_url: Option<String>,
    /// The RP ID of its passkeys; without one no browser makes any.
    pub rp_id: Option<String>,
    /// The origins under the RP ID.
    pub origins: Vec<String>,
    /// Origins of other sites.
    pub related_origins: Vec<String>,
    /// What was said of its policy.
    pub settings: PolicySettings,
    /// When it was added.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub changed_at: Timestamp,
    /// Over all of the above.
    pub mac: RowMac,
}

impl RealmRecord {
    /// The host of its pages, without port: cookies know no ports, so it is one realm's only.
    pub fn host(&self) -> Option<&str> {
        let (_, rest) = self.public_url.as_deref()?.split_once("://")?;
        let end = match rest.split_once(']') {
            Some((address, _)) => address.len() + 1,
            None => rest.find(':').unwrap_or(rest.len()),
        };
        rest.get(..end)
    }

    /// What an engine is built with. Where there is no RP ID a stand-in is named, at which no page of
    /// ours is.
    pub fn realm(&self) -> Realm {
        let (rp_id, origins) = match &self.rp_id {
            Some(rp_id) => (rp_id.clone(), self.origins.clone()),
            None => ("localhost".to_owned(), vec!["http://localhost".to_owned()]),
        };
        Realm {
            id: self.id.clone(),
            issuer: self.issuer.clone(),
            rp_id,
            origins,
            related_origins: self.related_origins.clone(),
            audience: self.public_url.clone().unwrap_or_default(),
        }
    }

    pub(crate) fn seal(mut self, vault: &Vault) -> Self {
        self.mac = self.with_parts(|parts| vault.mac(b"realm", parts));
        self
    }

    /// Whether the row is what this keyring wrote.
    pub(crate) fn check(&self, vault: &Vault) -> Result<(), MacError> {
        self.with_parts(|parts| vault.check_mac(b"realm", parts, &self.mac))
    }

    fn with_parts<T>(&self, use_them: impl FnOnce(&[&[u8]]) -> T) -> T {
        use_them(&[
            self.id.as_str().as_bytes(),
            self.issuer.as_bytes(),
            self.public_url.as_deref().unwrap_or("").as_bytes(),
            self.rp_id.as_deref().unwrap_or("").as_bytes(),
            self.origins.join(" ").as_bytes(),
            self.related_origins.join(" ").as_bytes(),
            self.settings.text().as_bytes(),
            &self.created_at.as_millis().to_be_bytes(),
            &self.changed_at.as_millis().to_be_bytes(),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_has_no_port() {
        for (url, host) in [
            ("https://login.example.com", "login.example.com"),
            ("https://login.example.com:8443", "login.example.com"),
            ("http://localhost:8080", "localhost"),
            ("http://[::1]:8080", "[::1]"),
        ] {
            let record = RealmRecord {
                id: RealmId::default(),
                issuer: String::new(),
                public_url: Some(url.to_owned()),
                rp_id: None,
                origins: Vec::new(),
                related_origins: Vec::new(),
                settings: PolicySettings::default(),
                created_at: Timestamp::from_millis(0),
                changed_at: Timestamp::from_millis(0),
                mac: RowMac::empty(),
            };
            assert_eq!(record.host(), Some(host));
        }
    }
}
