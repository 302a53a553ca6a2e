//! Sets of backup codes: stored, consumed once, voided.

use countersign::authenticator::{BackupCodeRecord, BackupSet};
use countersign::clock::Timestamp;
use countersign::id::BackupCodeId;
use countersign::port::store::{BackupCodes, ImportedCodes};
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::error::Fault;
use super::rows::{self, all, one, run};
use super::standing;
use super::throttle::{self, Kind};

/// The version of the current set: the newest, unless it is void.
pub(super) fn current(db: &Connection, user: UserKey) -> Result<Option<i64>, Fault> {
    let newest = standing::backup_set(db, user)?;
    Ok(newest
        .filter(|set| set.voided_at.is_none())
        .map(|set| set.version))
}

/// Stores a set; false if its version is not above all others.
pub(super) fn store(
    db: &Connection,
    user: UserKey,
    codes: &BackupCodes,
    now: Timestamp,
) -> Result<bool, Fault> {
    let newest = standing::backup_set(db, user)?;
    if newest.is_some_and(|set| set.version >= codes.version) {
        return Ok(false);
    }
    run(
        db,
        "INSERT INTO backup_set (user_key, version, created_at) VALUES (?1, ?2, ?3)",
        params![user.0, codes.version, now.as_millis()],
    )?;
    // The failures were those of the set before; making this one took the strongest proof there is.
    throttle::end_stuck(db, user, Kind::BackupCode, 0)?;
    for (id, selector, hash) in &codes.codes {
        run(
            db,
            "INSERT INTO backup_code (user_key, version, selector, id, hash) \
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![
                user.0,
                codes.version,
                selector,
                id.as_bytes(),
                hash.as_bytes()
            ],
        )?;
    }
    Ok(true)
}

/// The current set, if it was imported and has an unused code.
pub(super) fn imported(db: &Connection, user: UserKey) -> Result<Option<BackupSet>, Fault> {
    let newest = standing::backup_set(db, user)?;
    let Some(set) = newest.filter(|set| set.voided_at.is_none() && set.bcrypt_cost.is_some())
    else {
        return Ok(None);
    };
    Ok((!unused(db, user, &set)?.is_empty()).then_some(set))
}

/// What is left of an imported set; nothing of our own, whose codes are found by their selector.
pub(super) fn unused(
    db: &Connection,
    user: UserKey,
    set: &BackupSet,
) -> Result<Vec<BackupCodeRecord>, Fault> {
    if set.bcrypt_cost.is_none() {
        return Ok(Vec::new());
    }
    all(
        db,
        "SELECT id, version, selector, hash, used_at FROM backup_code \
         WHERE user_key = ?1 AND version = ?2 AND used_at IS NULL ORDER BY selector LIMIT ?3",
        params![user.0, set.version, ImportedCodes::MOST],
        rows::backup_code,
    )
}

/// Stores an imported set, the user's first. Who imports it has seen to it that they have the codes.
pub(super) fn import(
    db: &Connection,
    user: UserKey,
    imported: &ImportedCodes,
    now: Timestamp,
) -> Result<(), Fault> {
    run(
        db,
        "INSERT INTO backup_set (user_key, version, created_at, acknowledged_at, bcrypt_cost) \
         VALUES (?1, 1, ?2, ?2, ?3)",
        params![user.0, now.as_millis(), imported.cost],
    )?;
    throttle::end_stuck(db, user, Kind::BackupCode, 0)?;
    for ((id, hash), number) in imported.codes.iter().zip(0_u8..) {
        run(
            db,
            "INSERT INTO backup_code (user_key, version, selector, id, hash) \
             VALUES (?1, 1, ?2, ?3, ?4)",
            params![user.0, number, id.as_bytes(), hash.as_bytes()],
        )?;
    }
    Ok(())
}

/// Voids what is not void yet; false if there was nothing.
pub(super) fn void(db: &Connection, user: UserKey, now: Timestamp) -> Result<bool, Fault> {
    let voided = run(
        db,
        "UPDATE backup_set SET voided_at = ?2 WHERE user_key = ?1 AND voided_at IS NULL",
        params![user.0, now.as_millis()],
    )?;
    Ok(voided > 0)
}

/// What came of consuming.
pub(super) enum Consumed {
    Now,
    Before,
    Gone,
}

/// Consumes a code of the current set: one conditional write.
pub(super) fn consume(
    db: &Connection,
    user: UserKey,
    (code, version): (BackupCodeId, i64),
    now: Timestamp,
) -> Result<Consumed, Fault> {
    if current(db, user)? != Some(version) {
        return Ok(Consumed::Gone);
    }
    let written = run(
        db,
        "UPDATE backup_code SET used_at = ?4 \
         WHERE user_key = ?1 AND version = ?2 AND id = ?3 AND used_at IS NULL",
        params![user.0, version, code.as_bytes(), now.as_millis()],
    )?;
    if written == 1 {
        return Ok(Consumed::Now);
    }
    let known = one(
        db,
        "SELECT 1 FROM backup_code WHERE user_key = ?1 AND version = ?2 AND id = ?3",
        params![user.0, version, code.as_bytes()],
        |_| Ok(()),
    )?;
    Ok(known.map_or(Consumed::Gone, |()| Consumed::Before))
}

/// Notes that the user has typed one back.
pub(super) fn acknowledge(db: &Connection, user: UserKey, now: Timestamp) -> Result<bool, Fault> {
    let Some(version) = current(db, user)? else {
        return Ok(false);
    };
    let noted = run(
        db,
        "UPDATE backup_set SET acknowledged_at = coalesce(acknowledged_at, ?3) \
         WHERE user_key = ?1 AND version = ?2",
        params![user.0, version, now.as_millis()],
    )?;
    Ok(noted == 1)
}
