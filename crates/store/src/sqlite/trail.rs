//! The audit trail and what follows from it: notices, and the one row of a throttled window.

use std::time::Duration;

use countersign::audit::{Actor, AuditRow, Event, Outcome, Reason};
use countersign::clock::Timestamp;
use countersign::id::{AuthenticatorId, EventId};
use countersign::realm::RealmId;
use countersign::user::{UserId, UserKey};
use countersign::vault::RowMac;
use rusqlite::{Connection, Row, params};

use super::error::Fault;
use super::rows::{moment, one, run};

/// Writes a row and the notice that comes of it.
pub(super) fn record(db: &Connection, row: &AuditRow) -> Result<(), Fault> {
    run(
        db,
        "INSERT INTO audit_event (id, at, realm, user_key, user_id, actor, event, outcome, reason, \
         authenticator, address, agent, request_id, repeats, mac_key, mac_tag) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
        params![
            row.id.as_bytes(),
            row.at.as_millis(),
            row.realm.as_str(),
            row.user.map(|key| key.0),
            row.user_id.as_ref().map(UserId::as_str),
            row.actor.text(),
            row.event.as_str(),
            row.outcome.as_str(),
            row.reason.map(Reason::as_str),
            row.authenticator.map(|id| *id.as_bytes()),
            row.address,
            row.agent,
            row.request_id,
            row.repeats,
            row.mac.key(),
            row.mac.tag(),
        ],
    )?;
    if let (Some(user), Some(kind)) = (row.user, row.notice()) {
        run(
            db,
            "INSERT INTO notice (user_key, kind, at, count) VALUES (?1, ?2, ?3, 1) \
             ON CONFLICT (user_key, kind) DO UPDATE SET at = max(at, excluded.at), count = count + 1",
            params![user.0, kind.as_str(), row.at.as_millis()],
        )?;
    }
    Ok(())
}

/// Counts up the throttle row of the running window, if there is one.
pub(super) fn count_throttled(
    db: &Connection,
    subject: [u8; 16],
    kind: &str,
    now: Timestamp,
) -> Result<bool, Fault> {
    let running: Option<[u8; 16]> = one(
        db,
        "SELECT event_id FROM throttle_row WHERE subject = ?1 AND kind = ?2 AND ends > ?3",
        params![subject, kind, now.as_millis()],
        |row| Ok(row.get(0)?),
    )?;
    let Some(event) = running else {
        return Ok(false);
    };
    let counted = run(
        db,
        "UPDATE audit_event SET repeats = min(repeats + 1, 4294967295) WHERE id = ?1",
        params![event],
    )?;
    Ok(counted == 1)
}

/// Writes the throttle row of a window, or counts up the one there is.
pub(super) fn record_throttled(
    db: &Connection,
    subject: [u8; 16],
    kind: &str,
    span: Duration,
    row: &AuditRow,
) -> Result<(), Fault> {
    if count_throttled(db, subject, kind, row.at)? {
        return Ok(());
    }
    record(db, row)?;
    run(
        db,
        "INSERT OR REPLACE INTO throttle_row (subject, kind, event_id, started, ends) \
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![
            subject,
            kind,
            row.id.as_bytes(),
            row.at.as_millis(),
            row.at.plus(span).as_millis(),
        ],
    )?;
    Ok(())
}

/// From the columns of `columns!(event)`.
pub(super) fn event(row: &Row<'_>) -> Result<AuditRow, Fault> {
    let broken = |column: &'static str| move || Fault::row("audit_event", column);
    let text = |index: usize, column: &'static str| -> Result<String, Fault> {
        row.get(index)
            .map_err(|_| Fault::row("audit_event", column))
    };
    let user: Option<[u8; 16]> = row.get(3)?;
    let user_id: Option<String> = row.get(4)?;
    let reason: Option<String> = row.get(8)?;
    let authenticator: Option<[u8; 16]> = row.get(9)?;
    Ok(AuditRow {
        id: EventId::from_bytes(row.get(0)?),
        at: moment(row, 1)?,
        realm: RealmId::parse(&text(2, "realm")?).map_err(|_| broken("realm")())?,
        user: user.map(UserKey),
        user_id: user_id
            .map(|id| UserId::parse(&id))
            .transpose()
            .map_err(|_| broken("user_id")())?,
        actor: Actor::parse(&text(5, "actor")?).ok_or_else(broken("actor"))?,
        event: Event::parse(&text(6, "event")?).ok_or_else(broken("event"))?,
        outcome: Outcome::parse(&text(7, "outcome")?).ok_or_else(broken("outcome"))?,
        reason: match reason {
            None => None,
            Some(reason) => Some(Reason::parse(&reason).ok_or_else(broken("reason"))?),
        },
        authenticator: authenticator.map(AuthenticatorId::from_bytes),
        address: row.get(10)?,
        agent: row.get(11)?,
        request_id: row.get(12)?,
        repeats: row.get(13)?,
        mac: RowMac::from_row(row.get(14)?, row.get(15)?),
    })
}
