//! Sessions ended by their owner, and seen.

use countersign::audit::AuditRow;
use countersign::clock::Timestamp;
use countersign::id::SessionId;
use countersign::port::store::{Changed, Guard};
use countersign::session::{SessionRecord, TokenHash};
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::super::error::Fault;
use super::super::rows::{one, run};
use super::super::{sessions, standing, trail};

pub(super) fn sign_out(
    db: &Connection,
    session: TokenHash,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    let owner = one(
        db,
        "SELECT user_key FROM session WHERE hash = ?1",
        params![session.0],
        |row| Ok(UserKey(row.get(0)?)),
    )?;
    let Some(owner) = owner else {
        return Ok(Changed::NotFound);
    };
    sessions::end(db, owner, session)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn end(
    db: &Connection,
    guard: &Guard,
    (user, session): (UserKey, SessionId),
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if !standing::fresh(db, guard, user)? {
        return Ok(Changed::NotFresh);
    }
    let hash = one(
        db,
        "SELECT hash FROM session WHERE user_key = ?1 AND id = ?2",
        params![user.0, session.as_bytes()],
        |row| Ok(TokenHash(row.get(0)?)),
    )?;
    let Some(hash) = hash else {
        return Ok(Changed::NotFound);
    };
    sessions::end(db, user, hash)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn end_others(
    db: &Connection,
    guard: &Guard,
    user: UserKey,
    successor: &SessionRecord,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if successor.user != user || !standing::fresh(db, guard, user)? {
        return Ok(Changed::NotFresh);
    }
    let from = guard.now.min(successor.created_at);
    sessions::end_all(db, user, from)?;
    sessions::forget_browsers(db, user)?;
    sessions::begin(db, successor)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// Only a session that lives is seen: none comes back, and no end is ever brought forward.
pub(super) fn touch(
    db: &Connection,
    session: TokenHash,
    now: Timestamp,
    idle_expires_at: Timestamp,
) -> Result<Changed, Fault> {
    run(
        db,
        "UPDATE session SET last_seen_at = max(last_seen_at, ?2), \
         idle_expires_at = max(idle_expires_at, ?3) \
         WHERE hash = ?1 AND expires_at > ?2 AND idle_expires_at > ?2",
        params![session.0, now.as_millis(), idle_expires_at.as_millis()],
    )?;
    Ok(Changed::Done)
}
