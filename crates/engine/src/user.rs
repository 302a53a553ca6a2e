//! Users: who is verified, under which keys their rows stand, and what is kept of them.

use sha2::{Digest, Sha256};
use unicode_normalization::UnicodeNormalization;

use crate::clock::Timestamp;
use crate::error::Misuse;
use crate::realm::RealmId;
use crate::vault::{PasswordHash, Sealed, length_prefixed};

/// A subject's opaque id, the host's own: 1..=128 bytes of UTF-8 without control characters,
/// case-sensitive, and neither `.` nor `..`, which a path could not carry.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct UserId(String);

impl UserId {
    /// Checks and takes an id.
    pub fn parse(text: &str) -> Result<Self, Misuse> {
        let fits = (1..=128).contains(&text.len())
            && !text.chars().any(char::is_control)
            && text != "."
            && text != "..";
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Misuse::UserId)
        }
    }

    /// The id.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The key that leads all of this user's rows.
    pub fn key(&self, realm: &RealmId) -> UserKey {
        UserKey(short_hash(b"countersign user", realm, &self.0))
    }
}

/// The sixteen bytes that lead a user's rows: a hash of realm and user id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct UserKey(pub [u8; 16]);

/// The hash under which a login name is reserved in its realm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct NameHash(pub [u8; 16]);

/// What attempts are counted under: a keyed hash, so that a reader of the store does not learn
/// what strangers typed into the name field (passwords, often).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Subject(pub [u8; 16]);

/// A login name in its shown and its compared form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserName {
    shown: String,
    canonical: String,
}

impl UserName {
    /// The most characters of a name.
    pub const MOST: usize = 64;

    /// Checks and takes a name: 1..=64 characters, no control characters, no colon (an
    /// `otpauth:` label could not carry it), white space at its ends aside. All spellings that a person takes for the same share one canonical form (NFKC, lower
    /// case), and so one user and one count.
    pub fn parse(text: &str) -> Result<Self, Misuse> {
        if text.len() > 1024 {
            return Err(Misuse::UserName);
        }
        let shown: String = text.trim().nfc().collect();
        let canonical: String = shown.nfkc().flat_map(char::to_lowercase).nfkc().collect();
        let fits = !canonical.is_empty()
            && shown.chars().count() <= Self::MOST
            && canonical.len() <= 1024
            && countersign_otp::validate_label(&shown).is_ok()
            && !canonical.contains(':')
            && !canonical.chars().any(char::is_control);
        if fits {
            Ok(Self { shown, canonical })
        } else {
            Err(Misuse::UserName)
        }
    }

    /// A name that nobody can have: what a malformed one is judged as, so that it looks like any other.
    pub(crate) fn nobody() -> Self {
        Self {
            shown: String::new(),
            canonical: "\0".to_owned(),
        }
    }

    /// Whether it is the one that nobody can have.
    pub(crate) fn is_nobody(&self) -> bool {
        self.shown.is_empty()
    }

    /// As the user wrote it.
    pub fn shown(&self) -> &str {
        &self.shown
    }

    /// As it is compared and counted.
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The key of its reservation.
    pub fn hash(&self, realm: &RealmId) -> NameHash {
        NameHash(short_hash(b"countersign name", realm, &self.canonical))
    }
}

/// A user's row.
pub struct UserRecord {
    /// Leads all rows.
    pub key: UserKey,
    /// The opaque id.
    pub id: UserId,
    /// The realm.
    pub realm: RealmId,
    /// The WebAuthn user handle: 64 random bytes, that tell nothing (§14.6.1).
    pub handle: [u8; 64],
    /// The login name as shown.
    pub name: String,
    /// The reservation of the name.
    pub name_hash: NameHash,
    /// May do what operators may.
    pub admin: bool,
    /// A disabled user passes no step.
    pub enabled: bool,
    /// The sealed Argon2id hash; none where the host keeps passwords.
    pub password: Option<Sealed<PasswordHash>>,
    /// Counts the password's changes; part of the seal's context and of each settlement's condition.
    pub password_version: i64,
    /// When the user arose.
    pub created_at: Timestamp,
    /// Sessions made before this moment are over.
    pub sessions_valid_from: Timestamp,
}

fn short_hash(purpose: &[u8], realm: &RealmId, text: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    length_prefixed(
        &[purpose, realm.as_str().as_bytes(), text.as_bytes()],
        |part| hash.update(part),
    );
    let mut short = [0; 16];
    short
        .iter_mut()
        .zip(hash.finalize())
        .for_each(|(to, from)| *to = from);
    short
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_name_share_one_hash() {
        let realm = RealmId::default();
        let hash = |text: &str| UserName::parse(text).unwrap().hash(&realm);
        for spelling in ["Alice", " alice ", "ＡＬＩＣＥ", "aLiCe"] {
            assert_eq!(hash(spelling), hash("alice"), "{spelling}");
        }
        assert_ne!(hash("alice"), hash("alicf"));
        let other = RealmId::parse("other").unwrap();
        assert_ne!(
            UserName::parse("alice").unwrap().hash(&other),
            hash("alice")
        );
    }

    #[test]
    fn ids_and_names_out_of_range_are_refused() {
        for id in ["", ".", "..", "a\u{0}", "a\nb", &"x".repeat(129)] {
            assert!(UserId::parse(id).is_err(), "{id:?}");
        }
        assert!(UserId::parse(&"x".repeat(128)).is_ok());
        let composed = "e\u{301}".repeat(40);
        assert_eq!(
            UserName::parse(&composed).unwrap().shown().chars().count(),
            40
        );
        for name in [
            "",
            "  ",
            "a\u{7}b",
            &"x".repeat(65),
            &"\u{fdfa}".repeat(1_000_000),
        ] {
            assert!(UserName::parse(name).is_err());
        }
    }
}
