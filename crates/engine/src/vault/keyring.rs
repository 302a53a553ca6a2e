//! The keyring: three independently versioned classes of 256-bit keys. It does no I/O: a provider
//! gives its bytes and keeps them.

use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

use crate::clock::{Randomness, RandomnessFailed, Timestamp, random};

/// What a key may be used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// Seals secrets; can be rewrapped.
    Seal,
    /// Binds rows, events, forms; verifies only, after a rotation.
    Mac,
    /// Signs checkpoints of the audit trail (an Ed25519 seed).
    Checkpoint,
}

impl Class {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Seal, Self::Mac, Self::Checkpoint];

    /// `seal`, `mac`, `checkpoint`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Seal => "seal",
            Self::Mac => "mac",
            Self::Checkpoint => "checkpoint",
        }
    }
}

/// A key with its id. No `Debug`.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Key {
    id: u32,
    created_at: String,
    #[serde(rename = "key")]
    base64: String,
}

impl Drop for Key {
    fn drop(&mut self) {
        self.base64.zeroize();
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    version: u32,
    seal: Vec<Key>,
    mac: Vec<Key>,
    checkpoint: Vec<Key>,
}

/// The keys of all classes; the newest of each is the active one. No `Debug`, no `Clone`.
pub struct Keyring {
    seal: Vec<Entry>,
    mac: Vec<Entry>,
    checkpoint: Vec<Entry>,
}

struct Entry {
    id: u32,
    created_at: String,
    key: Zeroizing<[u8; 32]>,
}

/// Why a keyring cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyringError {
    /// Not the JSON document that a keyring is.
    #[error("the keyring is not a JSON document of this form")]
    Form,
    /// A version this program does not know.
    #[error("the keyring's version is not 1")]
    Version,
    /// A key that is not 32 bytes in base64.
    #[error("a key of the keyring is not 32 bytes in base64")]
    KeyLength,
    /// A class without a key, or two keys of a class with one id.
    #[error("the keyring's class {0} is empty or repeats an id")]
    Class(&'static str),
}

impl Keyring {
    /// A fresh one: one key of each class.
    pub fn generate(now: Timestamp, source: &dyn Randomness) -> Result<Self, RandomnessFailed> {
        let entry = || {
            Ok(vec![Entry {
                id: 1,
                created_at: now.rfc3339(),
                key: Zeroizing::new(random(source)?),
            }])
        };
        Ok(Self {
            seal: entry()?,
            mac: entry()?,
            checkpoint: entry()?,
        })
    }

    /// From its JSON document.
    pub fn parse(json: &str) -> Result<Self, KeyringError> {
        let document: Document = serde_json::from_str(json).map_err(|_| KeyringError::Form)?;
        if document.version != 1 {
            return Err(KeyringError::Version);
        }
        let entries = |keys: &[Key]| keys.iter().map(Entry::parse).collect::<Result<Vec<_>, _>>();
        let keyring = Self {
            seal: entries(&document.seal)?,
            mac: entries(&document.mac)?,
            checkpoint: entries(&document.checkpoint)?,
        };
        keyring.check()?;
        Ok(keyring)
    }

    /// As its JSON document, for the provider that keeps it.
    pub fn to_json(&self) -> Zeroizing<String> {
        let keys = |entries: &[Entry]| entries.iter().map(Entry::to_key).collect();
        let document = Document {
            version: 1,
            seal: keys(&self.seal),
            mac: keys(&self.mac),
            checkpoint: keys(&self.checkpoint),
        };
        Zeroizing::new(serde_json::to_string_pretty(&document).unwrap_or_default())
    }

    /// Ids and times of a class's keys, oldest first; the last is active.
    pub fn list(&self, class: Class) -> Vec<(u32, String)> {
        self.class(class)
            .iter()
            .map(|entry| (entry.id, entry.created_at.clone()))
            .collect()
    }

    pub(crate) fn keys(&self, class: Class) -> impl Iterator<Item = (u32, &[u8; 32])> {
        self.class(class)
            .iter()
            .map(|entry| (entry.id, &*entry.key))
    }

    pub(crate) fn check(&self) -> Result<(), KeyringError> {
        for class in Class::ALL {
            let entries = self.class(class);
            let mut ids: Vec<u32> = entries.iter().map(|entry| entry.id).collect();
            ids.sort_unstable();
            ids.dedup();
            if entries.is_empty() || ids.len() != entries.len() {
                return Err(KeyringError::Class(class.as_str()));
            }
        }
        Ok(())
    }

    fn class(&self, class: Class) -> &[Entry] {
        match class {
            Class::Seal => &self.seal,
            Class::Mac => &self.mac,
            Class::Checkpoint => &self.checkpoint,
        }
    }
}

impl Entry {
    fn parse(key: &Key) -> Result<Self, KeyringError> {
        let decoded = data_encoding::BASE64
            .decode(key.base64.as_bytes())
            .map(Zeroizing::new)
            .map_err(|_| KeyringError::KeyLength)?;
        let mut bytes = Zeroizing::new([0; 32]);
        if decoded.len() != bytes.len() {
            return Err(KeyringError::KeyLength);
        }
        bytes.copy_from_slice(&decoded);
        Ok(Self {
            id: key.id,
            created_at: key.created_at.clone(),
            key: bytes,
        })
    }

    fn to_key(&self) -> Key {
        Key {
            id: self.id,
            created_at: self.created_at.clone(),
            base64: data_encoding::BASE64.encode(self.key.as_slice()),
        }
    }
}
