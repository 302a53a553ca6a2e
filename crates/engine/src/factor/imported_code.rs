//! Backup codes that another program hashed by bcrypt: kept sealed, compared in their own scheme until
//! they are used up, and never made.

use zeroize::Zeroizing;

use crate::authenticator::BackupCodeRecord;
use crate::engine::Engine;
use crate::error::{Error, VaultFailure};
use crate::hashing::Permit;
use crate::id::BackupCodeId;
use crate::port::store::Open;
use crate::user::UserKey;
use crate::vault::{Context, PasswordHash, Sealed};

/// What of a text bcrypt looks at, in bytes.
const LOOKED_AT: usize = 72;

/// A bcrypt hash, checked: `$2a$`, `$2b$` or `$2y$`, at a cost of 4 to 14. Zeroized, and without `Debug`.
pub struct BcryptHash {
    text: Zeroizing<String>,
    cost: u8,
}

/// Why a text is no bcrypt hash that can be imported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BcryptHashError {
    /// It is none.
    #[error("it is no bcrypt hash ($2a$, $2b$ or $2y$, 60 characters)")]
    Malformed,
    /// Comparing with it would take too long.
    #[error("its cost is above {}", BcryptHash::MOST_COST)]
    TooDear,
}

impl BcryptHash {
    /// The dearest that is taken.
    pub const MOST_COST: u8 = 14;
    const LEAST_COST: u8 = 4;

    /// Checks and takes a hash.
    pub fn parse(text: &str) -> Result<Self, BcryptHashError> {
        let parts: bcrypt::HashParts = text.parse().map_err(|_| BcryptHashError::Malformed)?;
        // $2x$ is what one program wrote by mistake (signed bytes): others read it as something else.
        let heads = ["$2a$", "$2b$", "$2y$"];
        let known = heads.iter().find_map(|head| text.strip_prefix(head));
        // "+4" is a number, too.
        let known =
            known.is_some_and(|rest| rest.bytes().take(2).all(|byte| byte.is_ascii_digit()));
        let cost = u8::try_from(parts.get_cost()).map_err(|_| BcryptHashError::Malformed)?;
        if !known || cost < Self::LEAST_COST {
            return Err(BcryptHashError::Malformed);
        }
        if cost > Self::MOST_COST {
            return Err(BcryptHashError::TooDear);
        }
        Ok(Self {
            text: Zeroizing::new(text.to_owned()),
            cost,
        })
    }

    pub(crate) const fn cost(&self) -> u8 {
        self.cost
    }
}

/// What was typed, as the program compared it that made the hashes: white space at its ends aside.
/// None for what cannot be one of its codes.
pub(crate) fn typed(text: &str) -> Option<&[u8]> {
    let text = text.trim();
    let fits = (1..=LOOKED_AT).contains(&text.len()) && !text.chars().any(char::is_control);
    fits.then_some(text.as_bytes())
}

/// Seals a hash for its row.
pub(crate) fn seal(
    engine: &Engine,
    user: &UserKey,
    id: &BackupCodeId,
    hash: &BcryptHash,
) -> Result<Sealed<PasswordHash>, Error> {
    let plain = hash.text.as_bytes();
    engine
        .vault
        .seal(plain, context(engine, user, id), &*engine.random)
}

/// Which of the admitted codes are the one that was typed: all of them are compared, also after a match.
pub(crate) async fn evaluate<'a>(
    engine: &Engine,
    permit: &Permit,
    open: &'a Open,
    typed: &[u8],
) -> Result<(Vec<&'a BackupCodeRecord>, Option<VaultFailure>), Error> {
    let (mut right, mut failure) = (Vec::new(), None);
    let Some(user) = &open.user else {
        return Ok((right, failure));
    };
    for row in &open.imported_codes {
        match stored(engine, &user.key, row) {
            Ok(hash) => {
                if engine.hasher.verify_bcrypt(permit, typed, &hash).await? {
                    right.push(row);
                }
            }
            Err(reason) => failure = Some(reason),
        }
    }
    Ok((right, failure))
}

fn stored(
    engine: &Engine,
    user: &UserKey,
    row: &BackupCodeRecord,
) -> Result<Zeroizing<String>, VaultFailure> {
    let bytes = engine
        .vault
        .open(&row.hash, context(engine, user, &row.id))?;
    let text = std::str::from_utf8(&bytes).map_err(|_| VaultFailure::Tampered)?;
    Ok(Zeroizing::new(text.to_owned()))
}

/// Another purpose than that of our own codes: a hash is never compared in the other's scheme.
fn context<'a>(engine: &'a Engine, user: &'a UserKey, id: &'a BackupCodeId) -> Context<'a> {
    Context {
        purpose: "imported backup code",
        realm: &engine.realm.id,
        user,
        row: id.as_bytes(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "$2b$04$abcdefghijklmnopqrstuuKI7XHiXMJ2sWqmmUtTdRd0Fu0dtQ0nS";

    fn reason(text: &str) -> Option<BcryptHashError> {
        BcryptHash::parse(text).err()
    }

    #[test]
    fn a_hash_is_of_a_known_version_and_a_bounded_cost() {
        for (from, to, expected) in [
            ("$2b$", "$2b$", None),
            ("$2b$", "$2a$", None),
            ("$2b$", "$2y$", None),
            ("$04$", "$14$", None),
            ("$2b$", "$2x$", Some(BcryptHashError::Malformed)),
            ("$04$", "$03$", Some(BcryptHashError::Malformed)),
            ("$04$", "$15$", Some(BcryptHashError::TooDear)),
            ("$04$", "$+4$", Some(BcryptHashError::Malformed)),
            ("nS", "n", Some(BcryptHashError::Malformed)),
            ("nS", "n\u{e9}", Some(BcryptHashError::Malformed)),
        ] {
            assert_eq!(reason(&HASH.replace(from, to)), expected, "{to}");
        }
        for other in ["", "$argon2id$v=19$m=19456,t=2,p=1$AAAA$AAAA"] {
            assert_eq!(reason(other), Some(BcryptHashError::Malformed));
        }
    }

    #[test]
    fn what_is_typed_is_compared_as_it_is_but_for_its_ends() {
        assert_eq!(typed(" a1B2-c3 D4\n"), Some(&b"a1B2-c3 D4"[..]));
        for none in ["", " \t", "a\0b", &"x".repeat(73)] {
            assert!(typed(none).is_none(), "{none:?}");
        }
    }
}
