//! Changes that are no verification: each with its audit row, after the proof that it demands.

mod backup_codes;
mod enrollment;
mod housekeeping;
mod passkey;
mod sessions;
mod users;

use countersign::port::store::{Authority, Change, Changed};
use countersign::user::UserKey;
use rusqlite::Connection;

use super::error::Fault;
use super::{standing, trail};

#[expect(clippy::too_many_lines, reason = "an arm a change, each of one call")]
pub(super) fn change(db: &Connection, change: Change) -> Result<Changed, Fault> {
    match change {
        Change::CreateUser(new, audit) => users::create(db, &new, &audit),
        Change::IssueSetupLink {
            link,
            expires_at,
            now: _,
            audit,
        } => users::issue_setup_link(db, link, expires_at, &audit),
        Change::BeginEnrollment {
            guard,
            authenticator,
            audit,
        } => enrollment::begin(db, &guard, &authenticator, &audit),
        Change::AddPasskey {
            guard,
            challenge,
            passkey,
            credential,
            rp,
            session,
            backup_codes,
            audit,
        } => {
            let new = passkey::New {
                passkey: &passkey,
                credential,
                rp: (&rp.0, &rp.1),
                challenge,
                session: &session,
                backup_codes: &backup_codes,
            };
            passkey::add(db, &guard, &new, &audit)
        }
        Change::FixRpId { realm, rp_id } => passkey::fix_rp_id(db, &realm, &rp_id),
        Change::Rename {
            guard,
            user,
            authenticator,
            label,
            audit,
        } => enrollment::rename(db, &guard, (user, authenticator), &label, &audit),
        Change::Revoke {
            authority,
            keep_last,
            user,
            revocation,
            now,
            audit,
        } => {
            let which = (user, revocation, keep_last);
            enrollment::revoke(db, &authority, which, now, &audit)
        }
        Change::ReplaceBackupCodes {
            guard,
            user,
            codes,
            now,
            audit,
        } => backup_codes::replace(db, &guard, (user, &codes), now, &audit),
        Change::SignOut {
            session,
            now: _,
            audit,
        } => sessions::sign_out(db, session, &audit),
        Change::EndSession {
            guard,
            user,
            session,
            audit,
        } => sessions::end(db, &guard, (user, session), &audit),
        Change::EndOtherSessions {
            guard,
            user,
            session,
            audit,
        } => sessions::end_others(db, &guard, user, &session, &audit),
        Change::Reset {
            user,
            revocations,
            now,
            audit,
        } => users::reset(db, (user, &revocations), now, &audit),
        Change::SetEnabled {
            user,
            enabled,
            now,
            audit,
        } => users::set_enabled(db, (user, enabled), now, &audit),
        Change::SetPassword {
            user,
            hash,
            version,
            now,
            audit,
        } => users::set_password(db, user, (&hash, version), now, &audit),
        Change::RecordThrottle {
            subject,
            kind,
            span,
            audit,
        } => {
            trail::record_throttled(db, subject.0, kind, span, &audit)?;
            Ok(Changed::Done)
        }
        Change::Record(audit) => {
            trail::record(db, &audit)?;
            Ok(Changed::Done)
        }
        Change::TouchSession {
            session,
            now,
            idle_expires_at,
        } => sessions::touch(db, session, now, idle_expires_at),
        Change::DismissNotices { user, now } => housekeeping::dismiss(db, user, now),
        Change::Purge { now, most } => housekeeping::purge(db, now, most),
    }
}

/// Whether this change of this user's may be made by that right.
fn may(db: &Connection, authority: &Authority, user: UserKey) -> Result<bool, Fault> {
    match authority {
        Authority::Operator => Ok(true),
        Authority::Fresh(guard) => standing::fresh(db, guard, user),
    }
}
