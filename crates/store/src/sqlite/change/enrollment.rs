//! Authenticators: begun, renamed, revoked; never planted active, never deleted once they verified.

use countersign::audit::AuditRow;
use countersign::authenticator::{AuthenticatorRecord, Label, Status};
use countersign::clock::Timestamp;
use countersign::id::AuthenticatorId;
use countersign::port::store::{Authority, Changed, Revocation};
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::super::error::Fault;
use super::super::rows::run;
use super::super::{backup, host, passkeys, standing, trail};
use super::right;

/// The most authenticators of one user, of all kinds.
pub(super) const MOST: u32 = 20;

pub(super) fn begin(
    db: &Connection,
    authority: &Authority,
    new: &AuthenticatorRecord,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if !right::may(db, authority, new.user)? {
        return Ok(Changed::NotFresh);
    }
    if new.status != Status::Pending || new.confirmed_at.is_some() {
        return Ok(Changed::Conflict);
    }
    // The pending one that it replaces does not count, a passkey that is being enrolled does.
    let pending = host::pending_passkeys(db, new.user, audit.at)?;
    if standing::demanding(db, new.user)?.saturating_add(pending) >= MOST {
        return Ok(Changed::TooMany);
    }
    run(
        db,
        "DELETE FROM authenticator WHERE user_key = ?1 AND status = 'pending'",
        params![new.user.0],
    )?;
    insert(db, new)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// Stores the row as it is; who calls it has judged its status.
pub(super) fn insert(db: &Connection, new: &AuthenticatorRecord) -> Result<(), Fault> {
    run(
        db,
        "INSERT INTO authenticator (user_key, id, kind, status, label, algorithm, digits, period, \
         secret, next, drift, mac_key, mac_tag, created_at, confirmed_at, last_used_at, expires_at) \
         VALUES (?1, ?2, ?3, ?15, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?16, NULL, ?14)",
        params![
            new.user.0,
            new.id.as_bytes(),
            new.kind.as_str(),
            new.label,
            new.algorithm.as_str(),
            new.digits.get(),
            i64::try_from(new.period.get()).map_err(|_| Fault::row("authenticator", "period"))?,
            new.secret.as_bytes(),
            i64::try_from(new.next).map_err(|_| Fault::row("authenticator", "next"))?,
            new.drift,
            new.mac.key(),
            new.mac.tag(),
            new.created_at.as_millis(),
            // Without an end a pending one never could be confirmed: reads compare with it.
            new.expires_at.map(Timestamp::as_millis),
            new.status.as_str(),
            new.confirmed_at.map(Timestamp::as_millis),
        ],
    )?;
    Ok(())
}

pub(super) fn rename(
    db: &Connection,
    authority: &Authority,
    (user, authenticator): (UserKey, AuthenticatorId),
    label: &Label,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if !right::may(db, authority, user)? {
        return Ok(Changed::NotFresh);
    }
    let mut renamed = 0;
    for sql in [
        "UPDATE authenticator SET label = ?3 \
         WHERE user_key = ?1 AND id = ?2 AND status <> 'revoked'",
        "UPDATE passkey SET label = ?3 \
         WHERE user_key = ?1 AND id = ?2 AND status <> 'revoked'",
    ] {
        renamed += run(
            db,
            sql,
            params![user.0, authenticator.as_bytes(), label.as_str()],
        )?;
    }
    if renamed != 1 {
        return Ok(Changed::NotFound);
    }
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn revoke(
    db: &Connection,
    authority: &Authority,
    (user, revocation, keep_last): (UserKey, Revocation, bool),
    now: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if *authority != Authority::Operator && !right::may(db, authority, user)? {
        return Ok(Changed::NotFresh);
    }
    if keep_last && standing::is_last(db, user, revocation.authenticator)? {
        return Ok(Changed::LastOne);
    }
    if !revoke_one(db, user, &revocation)? {
        return Ok(Changed::NotFound);
    }
    if standing::demanding(db, user)? == 0 {
        backup::void(db, user, now)?;
    }
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// Of any kind; false if it is not the user's, or revoked already.
pub(super) fn revoke_one(
    db: &Connection,
    user: UserKey,
    revocation: &Revocation,
) -> Result<bool, Fault> {
    let revoked = run(
        db,
        "UPDATE authenticator SET status = 'revoked', mac_key = ?3, mac_tag = ?4, \
         expires_at = NULL WHERE user_key = ?1 AND id = ?2 AND status <> 'revoked'",
        params![
            user.0,
            revocation.authenticator.as_bytes(),
            revocation.mac.key(),
            revocation.mac.tag()
        ],
    )?;
    Ok(revoked == 1 || passkeys::revoke(db, user, revocation)?)
}
