//! Changes that are no verification: each with its audit row, after the proof that it demands.

mod api_keys;
mod backup_codes;
mod enrollment;
mod housekeeping;
mod import;
mod once;
mod passkey;
mod realms;
mod right;
mod sessions;
mod ticket;
pub(super) mod users;

use countersign::port::store::{Change, Changed};
use rusqlite::Connection;

use super::error::Fault;
use super::trail;

pub(super) fn change(db: &Connection, change: Change) -> Result<Changed, Fault> {
    once::wholly(db, || match change {
        Change::Once(named, change) => once::once(db, &named, *change),
        change => carry_out(db, change),
    })
}

#[expect(clippy::too_many_lines, reason = "an arm a change, each of one call")]
fn carry_out(db: &Connection, change: Change) -> Result<Changed, Fault> {
    match change {
        Change::CreateUser(new, audit) => users::create(db, &new, &audit),
        Change::IssueSetupLink {
            link,
            expires_at,
            now: _,
            audit,
        } => users::issue_setup_link(db, link, expires_at, &audit),
        Change::BeginEnrollment {
            authority,
            authenticator,
            audit,
        } => enrollment::begin(db, &authority, &authenticator, &audit),
        Change::BeginPasskey {
            authority,
            user,
            authenticator,
            label,
            expires_at,
            audit,
        } => {
            let new = (authenticator, label.as_ref());
            passkey::begin(db, &authority, (user, new), expires_at, &audit)
        }
        Change::AddPasskey {
            authority,
            now,
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
                session: session.as_ref(),
                backup_codes: &backup_codes,
                now,
            };
            passkey::add(db, &authority, &new, &audit)
        }
        Change::FixRpId { realm, rp_id } => passkey::fix_rp_id(db, &realm, &rp_id),
        Change::Rename {
            authority,
            user,
            authenticator,
            label,
            audit,
        } => enrollment::rename(db, &authority, (user, authenticator), &label, &audit),
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
            authority,
            user,
            codes,
            now,
            audit,
        } => backup_codes::replace(db, &authority, (user, &codes), now, &audit),
        Change::IssueTicket { ticket, now, audit } => ticket::issue(db, &ticket, now, &audit),
        Change::UseTicket {
            ticket,
            browser,
            now,
            session,
            audit,
        } => ticket::exchange(db, (ticket, browser), now, &session, &audit),
        Change::BurnTicket { ticket, audit } => ticket::burn(db, ticket, &audit),
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
        Change::EndSessions { user, now, audit } => users::end_sessions(db, user, now, &audit),
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
        Change::EnsureUser(new, audit) => users::ensure(db, &new, &audit),
        Change::Import(new, audit) => import::import(db, &new, &audit),
        // It names one change, and no other name.
        Change::Once(..) => Ok(Changed::Conflict),
        Change::CreateApiKey(key, audit) => api_keys::create(db, &key, &audit),
        Change::RevokeApiKey {
            realm,
            id,
            now,
            mac,
            audit,
        } => api_keys::revoke(db, &realm, (id, &mac), now, &audit),
        Change::PutRealm {
            realm,
            replaces,
            audit,
        } => realms::put(db, &realm, replaces, &audit),
        Change::TouchApiKey { id, now } => api_keys::touch(db, id, now),
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
