//! Tickets: given out by a session of the portal's, used up by the child that they begin.

use countersign::audit::AuditRow;
use countersign::clock::Timestamp;
use countersign::port::store::Changed;
use countersign::session::{SessionRecord, TokenHash};
use countersign::ticket::TicketRecord;
use rusqlite::{Connection, params};

use super::super::error::Fault;
use super::super::rows::run;
use super::super::{sessions, standing, trail};

pub(super) fn issue(
    db: &Connection,
    ticket: &TicketRecord,
    now: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    let parent = standing::session(db, ticket.parent, now)?;
    let own =
        parent.is_some_and(|(_, parent)| parent.user == ticket.user && parent.parent.is_none());
    if !own {
        return Ok(Changed::NotFound);
    }
    run(
        db,
        "INSERT INTO ticket (user_key, hash, parent, audience, browser, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            ticket.user.0,
            ticket.hash.0,
            ticket.parent.0,
            ticket.audience,
            ticket.browser.0,
            ticket.expires_at.as_millis(),
        ],
    )?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// Its removal is its one use, and what it was removed by tells whether it was good.
pub(super) fn exchange(
    db: &Connection,
    (ticket, browser): (TokenHash, TokenHash),
    now: Timestamp,
    session: &SessionRecord,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    let Some(parent) = session.parent else {
        return Ok(Changed::NotFound);
    };
    let used = run(
        db,
        "DELETE FROM ticket WHERE hash = ?1 AND user_key = ?2 AND parent = ?3 AND audience = ?4 \
         AND browser = ?5 AND expires_at > ?6",
        params![
            ticket.0,
            session.user.0,
            parent.0,
            session.audience,
            browser.0,
            now.as_millis(),
        ],
    )?;
    let worth = standing::session(db, parent, now)?.map(|(_, parent)| parent.assurance);
    if used != 1 || worth != Some(session.assurance) {
        return Ok(Changed::NotFound);
    }
    run(
        db,
        "DELETE FROM session WHERE user_key = ?1 AND parent = ?2 AND audience = ?3",
        params![session.user.0, parent.0, session.audience],
    )?;
    sessions::begin(db, session)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn burn(db: &Connection, ticket: TokenHash, audit: &AuditRow) -> Result<Changed, Fault> {
    if run(db, "DELETE FROM ticket WHERE hash = ?1", params![ticket.0])? != 1 {
        return Ok(Changed::NotFound);
    }
    trail::record(db, audit)?;
    Ok(Changed::Done)
}
