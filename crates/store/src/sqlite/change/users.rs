//! Users: how they arise, and what an operator may do to them.

use countersign::audit::AuditRow;
use countersign::clock::Timestamp;
use countersign::port::store::{Changed, NewUser, Revocation};
use countersign::session::TokenHash;
use countersign::user::{UserKey, UserRecord};
use countersign::vault::{PasswordHash, Sealed};
use rusqlite::{Connection, params};

use super::super::error::Fault;
use super::super::rows::{all, run, value};
use super::super::{backup, sessions, standing, trail};
use super::enrollment;

fn any(db: &Connection) -> Result<bool, Fault> {
    value(db, "SELECT EXISTS (SELECT 1 FROM user)", [])
}

pub(super) fn create(db: &Connection, new: &NewUser, audit: &AuditRow) -> Result<Changed, Fault> {
    if let Some(link) = new.setup_link {
        let opens: bool = value(
            db,
            "SELECT EXISTS (SELECT 1 FROM setup_link WHERE hash = ?1 AND expires_at > ?2)",
            params![link.0, audit.at.as_millis()],
        )?;
        if !opens || any(db)? {
            return Ok(Changed::LinkInvalid);
        }
    }
    let user = &new.record;
    if !add(db, user)? {
        return Ok(Changed::NameTaken);
    }
    run(db, "DELETE FROM setup_link", [])?;
    if let Some(session) = &new.session {
        sessions::begin(db, session)?;
    }
    sessions::remember(db, user.key, new.known)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// A user whom an application keeps; nothing is done where there is one.
pub(in super::super) fn ensure(
    db: &Connection,
    new: &UserRecord,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if !add(db, new)? {
        return Ok(Changed::Conflict);
    }
    run(db, "DELETE FROM setup_link", [])?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// Stores a user; false if there is one of this key or name.
fn add(db: &Connection, user: &UserRecord) -> Result<bool, Fault> {
    let added = run(
        db,
        "INSERT INTO user (user_key, realm, id, name, name_hash, admin, enabled, password, \
         password_version, created_at, sessions_valid_from, handle) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12) ON CONFLICT DO NOTHING",
        params![
            user.key.0,
            user.realm.as_str(),
            user.id.as_str(),
            user.name,
            user.name_hash.0,
            user.admin,
            user.enabled,
            user.password.as_ref().map(Sealed::as_bytes),
            user.password_version,
            user.created_at.as_millis(),
            user.sessions_valid_from.as_millis(),
            user.handle,
        ],
    )?;
    Ok(added == 1)
}

pub(super) fn issue_setup_link(
    db: &Connection,
    link: TokenHash,
    expires_at: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if any(db)? {
        return Ok(Changed::Conflict);
    }
    run(
        db,
        "INSERT OR REPLACE INTO setup_link (one, hash, expires_at) VALUES (1, ?1, ?2)",
        params![link.0, expires_at.as_millis()],
    )?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn reset(
    db: &Connection,
    (user, revocations): (UserKey, &[Revocation]),
    now: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if standing::user(db, user)?.is_none() {
        return Ok(Changed::NotFound);
    }
    let mut listed: Vec<[u8; 16]> = revocations
        .iter()
        .map(|revocation| *revocation.authenticator.as_bytes())
        .collect();
    listed.sort_unstable();
    // What is expired is listed by no read.
    let standing: Vec<[u8; 16]> = all(
        db,
        "SELECT id FROM authenticator WHERE user_key = ?1 AND status <> 'revoked' \
         AND (status <> 'pending' OR expires_at > ?2) \
         UNION ALL SELECT id FROM passkey WHERE user_key = ?1 AND status <> 'revoked' ORDER BY id",
        params![user.0, now.as_millis()],
        |row| Ok(row.get(0)?),
    )?;
    if listed != standing {
        return Ok(Changed::Conflict);
    }
    for revocation in revocations {
        enrollment::revoke_one(db, user, revocation)?;
    }
    run(
        db,
        "DELETE FROM authenticator WHERE user_key = ?1 AND status = 'pending'",
        params![user.0],
    )?;
    backup::void(db, user, now)?;
    sessions::end_all(db, user, now)?;
    sessions::forget_browsers(db, user)?;
    for sql in [
        "DELETE FROM tally WHERE user_key = ?1",
        "DELETE FROM budget WHERE user_key = ?1",
        "DELETE FROM budget_told WHERE user_key = ?1",
    ] {
        run(db, sql, params![user.0])?;
    }
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// Ends what a user has open, for the application that keeps their password.
pub(super) fn end_sessions(
    db: &Connection,
    user: UserKey,
    now: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if standing::user(db, user)?.is_none() {
        return Ok(Changed::NotFound);
    }
    run(
        db,
        "UPDATE user SET password_version = password_version + 1 \
         WHERE user_key = ?1 AND password IS NULL",
        params![user.0],
    )?;
    sessions::end_all(db, user, now)?;
    sessions::forget_browsers(db, user)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn set_enabled(
    db: &Connection,
    (user, enabled): (UserKey, bool),
    now: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    let found = run(
        db,
        "UPDATE user SET enabled = ?2 WHERE user_key = ?1",
        params![user.0, enabled],
    )?;
    if found != 1 {
        return Ok(Changed::NotFound);
    }
    if !enabled {
        sessions::end_all(db, user, now)?;
    }
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn set_password(
    db: &Connection,
    user: UserKey,
    (hash, version): (&Sealed<PasswordHash>, i64),
    now: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    let Some(found) = standing::user(db, user)? else {
        return Ok(Changed::NotFound);
    };
    if found.password_version.checked_add(1) != Some(version) {
        return Ok(Changed::Conflict);
    }
    run(
        db,
        "UPDATE user SET password = ?2, password_version = ?3 WHERE user_key = ?1",
        params![user.0, hash.as_bytes(), version],
    )?;
    sessions::end_all(db, user, now)?;
    sessions::forget_browsers(db, user)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}
