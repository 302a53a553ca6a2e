//! API keys: what a back end shows, what is kept of it, and what it may ask for. The key itself is
//! given once and never kept.

use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::clock::{Randomness, RandomnessFailed, Timestamp};
use crate::id::ApiKeyId;
use crate::realm::RealmId;
use crate::session::TokenHash;
use crate::vault::{MacError, RowMac, Vault};

/// What a key may ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Scope {
    /// To verify users.
    Verify,
    /// To enroll and manage authenticators, with the user's own proof.
    Enroll,
    /// To list users, to reset one and to read the audit trail; never to enroll.
    Admin,
}

impl Scope {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Verify, Self::Enroll, Self::Admin];

    /// `verify`, `enroll`, `admin`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Verify => "verify",
            Self::Enroll => "enroll",
            Self::Admin => "admin",
        }
    }

    /// From its name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scope| scope.as_str() == text)
    }

    const fn bit(self) -> u8 {
        match self {
            Self::Verify => 1,
            Self::Enroll => 2,
            Self::Admin => 4,
        }
    }
}

/// A set of scopes, never empty.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scopes(u8);

impl Scopes {
    /// Everything.
    pub const ALL: Self = Self(7);

    /// These; none where there are none.
    pub fn of(scopes: impl IntoIterator<Item = Scope>) -> Option<Self> {
        let bits = scopes.into_iter().fold(0, |bits, scope| bits | scope.bit());
        Self::from_bits(bits)
    }

    /// From a row.
    pub const fn from_bits(bits: u8) -> Option<Self> {
        if bits == 0 || bits > 7 {
            None
        } else {
            Some(Self(bits))
        }
    }

    /// As a row keeps them.
    pub const fn bits(self) -> u8 {
        self.0
    }

    /// Whether this one is among them.
    pub const fn holds(self, scope: Scope) -> bool {
        self.0 & scope.bit() != 0
    }

    /// Their names.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let held = Scope::ALL
            .into_iter()
            .filter(move |scope| self.holds(*scope));
        held.map(Scope::as_str)
    }
}

/// A key's text: `csk_` and 58 letters and digits of base32 (RFC 4648, lower case), 256 random bits
/// and 32 of a checksum. It has no `Debug` and no equality; it is found by its hash.
pub struct ApiKey(Zeroizing<String>);

const PREFIX: &str = "csk_";
const RANDOM: usize = 32;
const CHECKSUM: usize = 4;

impl ApiKey {
    pub(crate) fn generate(source: &dyn Randomness) -> Result<Self, RandomnessFailed> {
        let mut bytes = Zeroizing::new([0; RANDOM + CHECKSUM]);
        let (random, check) = bytes.split_at_mut(RANDOM);
        source.fill(random)?;
        check.copy_from_slice(&checksum(random));
        let mut text = data_encoding::BASE32_NOPAD.encode(bytes.as_slice());
        text.make_ascii_lowercase();
        let text = Zeroizing::new(text);
        Ok(Self(Zeroizing::new(format!("{PREFIX}{}", text.as_str()))))
    }

    /// From what a caller sent; none if no key could look like this, such as one with a slip in it.
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        if encoded.len() != 58 || encoded.bytes().any(|byte| byte.is_ascii_uppercase()) {
            return None;
        }
        let upper = Zeroizing::new(encoded.to_ascii_uppercase());
        let bytes = Zeroizing::new(data_encoding::BASE32_NOPAD.decode(upper.as_bytes()).ok()?);
        let (random, check) = bytes.split_at_checked(RANDOM)?;
        (check == checksum(random)).then(|| Self(Zeroizing::new(text.to_owned())))
    }

    /// Its text, for the one place that hands it out.
    pub fn reveal(&self) -> &str {
        &self.0
    }

    /// What it is found by.
    pub fn hash(&self) -> TokenHash {
        TokenHash(Sha256::digest(self.0.as_bytes()).into())
    }
}

/// It tells a slip from a wrong key, and proves nothing.
fn checksum(random: &[u8]) -> [u8; CHECKSUM] {
    let mut hash = Sha256::new();
    hash.update(b"countersign api key");
    hash.update(random);
    let mut short = [0; CHECKSUM];
    short
        .iter_mut()
        .zip(hash.finalize())
        .for_each(|(to, from)| *to = from);
    short
}

/// A key's row.
#[derive(Clone, Debug)]
pub struct ApiKeyRecord {
    /// Its public name.
    pub id: ApiKeyId,
    /// The realm it is for.
    pub realm: RealmId,
    /// What the operator calls it: two that live may share a name, so that one can follow the other.
    pub name: String,
    /// The hash of its text.
    pub hash: TokenHash,
    /// What it may ask for.
    pub scopes: Scopes,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends, if ever.
    pub expires_at: Option<Timestamp>,
    /// When it was last used, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was revoked.
    pub revoked_at: Option<Timestamp>,
    /// Over all of the above but its last use.
    pub mac: RowMac,
}

impl ApiKeyRecord {
    /// Whether it opens anything.
    pub fn lives(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }

    pub(crate) fn seal(mut self, vault: &Vault) -> Self {
        self.mac = self.with_parts(|parts| vault.mac(b"api key", parts));
        self
    }

    pub(crate) fn check(&self, vault: &Vault) -> Result<(), MacError> {
        self.with_parts(|parts| vault.check_mac(b"api key", parts, &self.mac))
    }

    fn with_parts<T>(&self, use_them: impl FnOnce(&[&[u8]]) -> T) -> T {
        let moment = |at: Option<Timestamp>| {
            at.map_or(Vec::new(), |at| at.as_millis().to_be_bytes().to_vec())
        };
        use_them(&[
            self.id.as_bytes(),
            self.realm.as_str().as_bytes(),
            self.name.as_bytes(),
            &self.hash.0,
            &[self.scopes.bits()],
            &self.created_at.as_millis().to_be_bytes(),
            &moment(self.expires_at),
            &moment(self.revoked_at),
        ])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Sevens;

    impl Randomness for Sevens {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
            buffer.fill(7);
            Ok(())
        }
    }

    #[test]
    fn a_key_is_read_as_it_was_written_and_a_slip_is_told() {
        let key = ApiKey::generate(&Sevens).unwrap();
        let text = key.reveal();
        assert!(text.len() == 62 && text.starts_with("csk_"), "{text}");
        assert_eq!(ApiKey::parse(text).unwrap().hash(), key.hash());
        for at in 4..text.len() {
            let mut slip = text.to_owned();
            let other = if text.as_bytes()[at] == b'a' {
                "b"
            } else {
                "a"
            };
            slip.replace_range(at..=at, other);
            assert!(ApiKey::parse(&slip).is_none(), "{slip}");
        }
        for none in [
            "",
            "csk_",
            &text[1..],
            &text.to_ascii_uppercase(),
            &format!("{text}a"),
        ] {
            assert!(ApiKey::parse(none).is_none(), "{none}");
        }
    }

    #[test]
    fn scopes_hold_what_they_were_made_of() {
        let scopes = Scopes::of([Scope::Verify, Scope::Admin]).unwrap();
        assert!(scopes.holds(Scope::Verify) && !scopes.holds(Scope::Enroll));
        assert_eq!(scopes.names().collect::<Vec<_>>(), ["verify", "admin"]);
        assert_eq!(Scopes::from_bits(scopes.bits()), Some(scopes));
        assert!(Scopes::of([]).is_none() && Scopes::from_bits(8).is_none());
    }
}
