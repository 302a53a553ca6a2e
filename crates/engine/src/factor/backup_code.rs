//! Backup codes: made, sealed as hashes, and compared at the price of exactly one Argon2id.

use zeroize::Zeroizing;

use crate::authenticator::BackupSet;
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::{Error, VaultFailure};
use crate::hashing::Permit;
use crate::id::BackupCodeId;
use crate::port::store::{BackupCodes, Open};
use crate::secret_text::{BackupCode, BackupCodeList, SET};
use crate::user::UserKey;
use crate::vault::Context;

/// How many places of the hashing pool a set takes.
pub(crate) const PLACES: usize = SET;

/// A new set at `version`: what is stored, and what is shown once.
pub(crate) async fn make(
    engine: &Engine,
    permit: &Permit,
    user: &UserKey,
    version: i64,
    now: Timestamp,
) -> Result<(BackupCodes, BackupCodeList), Error> {
    let codes = BackupCode::generate_set(&*engine.random)?;
    let mut rows = Vec::with_capacity(codes.len());
    for code in &codes {
        let id = BackupCodeId::generate(now, &*engine.random)?;
        let phc = engine
            .hasher
            .hash(permit, code.canonical(), &*engine.random)
            .await?;
        let hash =
            engine
                .vault
                .seal(phc.as_bytes(), context(engine, user, &id), &*engine.random)?;
        rows.push((id, code.selector(), hash));
    }
    Ok((
        BackupCodes {
            version,
            codes: rows,
        },
        BackupCodeList::of(&codes),
    ))
}

/// The set that comes with a first authenticator; no codes where a set is current.
pub(crate) async fn first_set(
    engine: &Engine,
    permit: &Permit,
    user: UserKey,
    newest: Option<BackupSet>,
    now: Timestamp,
) -> Result<(BackupCodes, Option<BackupCodeList>), Error> {
    match newest {
        Some(set) if set.voided_at.is_none() => {
            let none = BackupCodes {
                version: set.version,
                codes: Vec::new(),
            };
            Ok((none, None))
        }
        newest => {
            let version = newest.map_or(1, |set| set.version + 1);
            let (codes, list) = make(engine, permit, &user, version, now).await?;
            Ok((codes, Some(list)))
        }
    }
}

/// Whether `code` is the one that was admitted under its selector.
pub(crate) async fn evaluate(
    engine: &Engine,
    permit: &Permit,
    open: &Open,
    code: &BackupCode,
) -> Result<(bool, Option<VaultFailure>), Error> {
    let (stored, failure) = match stored(engine, open) {
        Ok(stored) => (stored, None),
        Err(failure) => (None, Some(failure)),
    };
    let stored = stored
        .as_ref()
        .and_then(|bytes| std::str::from_utf8(bytes).ok());
    Ok((
        engine
            .hasher
            .verify(permit, code.canonical(), stored)
            .await?,
        failure,
    ))
}

fn stored(engine: &Engine, open: &Open) -> Result<Option<Zeroizing<Vec<u8>>>, VaultFailure> {
    let (Some(user), Some(row)) = (&open.user, &open.backup_code) else {
        return Ok(None);
    };
    engine
        .vault
        .open(&row.hash, context(engine, &user.key, &row.id))
        .map(Some)
}

fn context<'a>(engine: &'a Engine, user: &'a UserKey, id: &'a BackupCodeId) -> Context<'a> {
    Context {
        purpose: "backup code",
        realm: &engine.realm.id,
        user,
        row: id.as_bytes(),
    }
}
