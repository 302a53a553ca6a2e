//! What acceptance does, in the transaction that consumes.

use countersign::clock::Timestamp;
use countersign::id::AuthenticatorId;
use countersign::port::store::{
    BackupCodes, Consumption, Effect, Effected, Gate, Guard, Settle, SettleKind,
};
use countersign::session::SessionRecord;
use countersign::user::{UserKey, UserRecord};
use countersign::vault::{PasswordHash, RowMac, Sealed};
use rusqlite::{Connection, params};

use super::super::rows::run;
use super::super::throttle::{self, Kind};
use super::super::{backup, sessions, standing};
use super::{Stop, hold};

pub(super) fn carry_out(
    db: &Connection,
    settle: &Settle,
    user: &UserRecord,
    consumptions: &[Consumption],
) -> Result<Effected, Stop> {
    let (key, now) = (user.key, settle.now);
    match &settle.effect {
        Effect::None => Ok(Effected::Done),
        Effect::FirstStep {
            pending,
            session,
            known,
        } => {
            hold(settle.kind == SettleKind::Password)?;
            hold(pending.user == key && session.user == key)?;
            // As it is now, not as it was when the password was read.
            if standing::demanding(db, key)? > 0 {
                hold(pending.password_version == user.password_version)?;
                sessions::begin_pending(db, pending)?;
                return Ok(Effected::SecondStepDemanded);
            }
            sessions::begin(db, session)?;
            sessions::remember(db, key, *known)?;
            Ok(Effected::Done)
        }
        Effect::OpenSession { session, known } => {
            let Gate::Pending(pending) = settle.expect.gate else {
                return Err(Stop::Changed);
            };
            hold(settle.kind != SettleKind::Password && session.user == key)?;
            hold(sessions::use_pending(db, pending)?)?;
            sessions::begin(db, session)?;
            sessions::remember(db, key, *known)?;
            Ok(Effected::Done)
        }
        Effect::BeginSession { session, known } => {
            hold(settle.kind == SettleKind::Passkey && settle.expect.gate == Gate::Open)?;
            hold(session.user == key)?;
            sessions::begin(db, session)?;
            sessions::remember(db, key, *known)?;
            Ok(Effected::Done)
        }
        Effect::RaiseSession {
            session,
            only_without_mfa,
        } => {
            let bare = *only_without_mfa || settle.kind == SettleKind::Password;
            hold(!bare || standing::demanding(db, key)? == 0)?;
            go_on(db, settle, key, session)?;
            Ok(Effected::Done)
        }
        Effect::Activate {
            authenticator,
            mac,
            session,
            backup_codes,
        } => {
            hold(consumptions.iter().all(|one| {
                matches!(one, Consumption::Step { authenticator: consumed, .. } if consumed == authenticator)
            }))?;
            hold(standing::may_confirm(db, settle.expect.gate, key, now)?)?;
            activate(
                db,
                key,
                (*authenticator, mac),
                (now, settle.limits.consecutive),
            )?;
            go_on(db, settle, key, session)?;
            first_codes(db, key, backup_codes, now)
        }
        Effect::AcknowledgeBackupCodes => {
            hold(backup::acknowledge(db, key, now)?)?;
            Ok(Effected::Done)
        }
        Effect::SetPassword {
            guard,
            hash,
            version,
            session,
        } => set_password(db, settle, user, (guard, hash, *version), session),
    }
}

/// The session of the gate goes on as `successor`.
fn go_on(
    db: &Connection,
    settle: &Settle,
    user: UserKey,
    successor: &SessionRecord,
) -> Result<(), Stop> {
    let Gate::Session(old) = settle.expect.gate else {
        return Err(Stop::Changed);
    };
    hold(successor.user == user)?;
    hold(sessions::go_on(db, old, successor)?)
}

fn activate(
    db: &Connection,
    user: UserKey,
    (authenticator, mac): (AuthenticatorId, &RowMac),
    (now, most): (Timestamp, u32),
) -> Result<(), Stop> {
    let activated = run(
        db,
        "UPDATE authenticator SET status = 'active', mac_key = ?3, mac_tag = ?4, \
         confirmed_at = ?5, expires_at = NULL \
         WHERE user_key = ?1 AND id = ?2 AND status = 'pending'",
        params![
            user.0,
            authenticator.as_bytes(),
            mac.key(),
            mac.tag(),
            now.as_millis()
        ],
    )?;
    hold(activated == 1)?;
    // A count that reached its end without suspending anything (a kill before the last settlement)
    // would shut the new authenticator out for good. This took the strongest proof there is.
    throttle::end_stuck(db, user, Kind::Code, most)?;
    Ok(())
}

fn first_codes(
    db: &Connection,
    user: UserKey,
    codes: &BackupCodes,
    now: Timestamp,
) -> Result<Effected, Stop> {
    if backup::current(db, user)?.is_some() {
        return Ok(Effected::Done);
    }
    // None were made because there was a set when the code was judged: there must be one now.
    hold(!codes.codes.is_empty() && backup::store(db, user, codes, now)?)?;
    Ok(Effected::BackupCodesStored)
}

fn set_password(
    db: &Connection,
    settle: &Settle,
    user: &UserRecord,
    (guard, hash, version): (&Guard, &Sealed<PasswordHash>, i64),
    successor: &SessionRecord,
) -> Result<Effected, Stop> {
    hold(settle.expect.gate == Gate::Session(guard.session))?;
    hold(standing::fresh(db, guard, user.key)?)?;
    hold(user.password_version.checked_add(1) == Some(version))?;
    run(
        db,
        "UPDATE user SET password = ?2, password_version = ?3 WHERE user_key = ?1",
        params![user.key.0, hash.as_bytes(), version],
    )?;
    hold(successor.user == user.key)?;
    let from = settle.now.min(successor.created_at);
    sessions::end_all(db, user.key, from)?;
    sessions::forget_browsers(db, user.key)?;
    sessions::begin(db, successor)?;
    Ok(Effected::Done)
}
