//! A passkey enrolled, wholly or not at all; and the RP ID that all of a realm are bound to.

use countersign::audit::AuditRow;
use countersign::authenticator::{CredentialHash, Label, PasskeyRecord, Status};
use countersign::clock::Timestamp;
use countersign::id::AuthenticatorId;
use countersign::port::store::{Authority, BackupCodes, Changed, UsedChallenge};
use countersign::realm::RealmId;
use countersign::session::SessionRecord;
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::super::error::Fault;
use super::super::rows::{run, value};
use super::super::{backup, host, passkeys, sessions, standing, trail};
use super::enrollment::MOST;
use super::right;

/// Begins what [`add`] ends by [`Authority::Begun`]; one that was begun before is replaced.
pub(super) fn begin(
    db: &Connection,
    authority: &Authority,
    (user, new): (UserKey, (AuthenticatorId, Option<&Label>)),
    expires_at: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if !right::may(db, authority, user)? {
        return Ok(Changed::NotFresh);
    }
    if is_full(db, user, audit.at)? {
        return Ok(Changed::TooMany);
    }
    host::begin_passkey(db, user, new, expires_at)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// What is enrolled, and what comes with it.
pub(super) struct New<'a> {
    pub(super) passkey: &'a PasskeyRecord,
    pub(super) credential: CredentialHash,
    pub(super) rp: (&'a RealmId, &'a str),
    pub(super) challenge: UsedChallenge,
    pub(super) session: Option<&'a SessionRecord>,
    pub(super) backup_codes: &'a BackupCodes,
    pub(super) now: Timestamp,
}

/// Adds it; a refused one leaves no challenge used.
pub(super) fn add(
    db: &Connection,
    authority: &Authority,
    new: &New<'_>,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if !may_add(db, authority, new)? {
        return Ok(Changed::NotFresh);
    }
    let added = enroll(db, authority, new)?;
    if matches!(added, Changed::Done | Changed::DoneWithBackupCodes) {
        trail::record(db, audit)?;
    }
    Ok(added)
}

/// By a session, which goes on as another one; or by what was begun, which is used up.
fn may_add(db: &Connection, authority: &Authority, new: &New<'_>) -> Result<bool, Fault> {
    let user = new.passkey.user;
    match (authority, new.session) {
        (Authority::Fresh(guard), Some(session)) => {
            Ok(session.user == user && standing::fresh(db, guard, user)?)
        }
        (Authority::Begun(id, now), None) => Ok(*id == new.passkey.id
            && right::is_enabled(db, user)?
            && host::use_pending_passkey(db, user, *id, *now)?),
        _ => Ok(false),
    }
}

/// Whether another authenticator would be one too many. A pending one counts: its confirmation asks no
/// more.
fn is_full(db: &Connection, user: UserKey, now: Timestamp) -> Result<bool, Fault> {
    let pending: u32 = value(
        db,
        "SELECT count(*) FROM authenticator \
         WHERE user_key = ?1 AND status = 'pending' AND expires_at > ?2",
        params![user.0, now.as_millis()],
    )?;
    Ok(standing::demanding(db, user)?.saturating_add(pending) >= MOST)
}

fn enroll(db: &Connection, authority: &Authority, new: &New<'_>) -> Result<Changed, Fault> {
    let (user, now) = (new.passkey.user, new.now);
    if new.challenge.expires_at <= now || !passkeys::use_up(db, new.challenge)? {
        return Ok(Changed::ChallengeUsed);
    }
    if new.passkey.status != Status::Active {
        return Ok(Changed::Conflict);
    }
    if passkeys::is_reserved(db, new.credential)? {
        return Ok(Changed::CredentialTaken);
    }
    if is_full(db, user, now)? {
        return Ok(Changed::TooMany);
    }
    if !bind(db, new.rp)? {
        return Ok(Changed::Conflict);
    }
    if standing::demanding(db, user)? == 0 {
        host::end_begun(db, user)?;
    }
    passkeys::add(db, new.passkey, new.credential)?;
    if let (Authority::Fresh(guard), Some(session)) = (authority, new.session)
        && !sessions::go_on(db, guard.session, session)?
    {
        return Ok(Changed::NotFresh);
    }
    if backup::current(db, user)?.is_some() {
        return Ok(Changed::Done);
    }
    // None were made because there was a set before: there must be one now.
    if new.backup_codes.codes.is_empty() || !backup::store(db, user, new.backup_codes, now)? {
        return Ok(Changed::Conflict);
    }
    Ok(Changed::DoneWithBackupCodes)
}

/// The first passkey fixes the RP ID where nobody did before; false if it is another one.
fn bind(db: &Connection, (realm, rp_id): (&RealmId, &str)) -> Result<bool, Fault> {
    run(
        db,
        "INSERT INTO realm_rp (realm, rp_id) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![realm.as_str(), rp_id],
    )?;
    value(
        db,
        "SELECT EXISTS (SELECT 1 FROM realm_rp WHERE realm = ?1 AND rp_id = ?2)",
        params![realm.as_str(), rp_id],
    )
}

/// Writes only where it is another one than before.
pub(super) fn fix_rp_id(db: &Connection, realm: &RealmId, rp_id: &str) -> Result<Changed, Fault> {
    let fixed: bool = value(
        db,
        "SELECT EXISTS (SELECT 1 FROM realm_rp WHERE realm = ?1 AND rp_id = ?2)",
        params![realm.as_str(), rp_id],
    )?;
    if fixed {
        return Ok(Changed::Done);
    }
    let lost: bool = value(
        db,
        "SELECT EXISTS (SELECT 1 FROM realm_rp WHERE realm = ?1) \
         AND EXISTS (SELECT 1 FROM passkey JOIN user USING (user_key) \
          WHERE user.realm = ?1 AND passkey.status <> 'revoked')",
        params![realm.as_str()],
    )?;
    if lost {
        return Ok(Changed::Conflict);
    }
    run(
        db,
        "INSERT INTO realm_rp (realm, rp_id) VALUES (?1, ?2) \
         ON CONFLICT (realm) DO UPDATE SET rp_id = excluded.rp_id",
        params![realm.as_str(), rp_id],
    )?;
    Ok(Changed::Done)
}
