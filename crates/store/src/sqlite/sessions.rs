//! Sessions, pending logins and known browsers: how they begin, go on and end. An ended one is gone.

use countersign::clock::Timestamp;
use countersign::session::{KnownBrowser, PendingRecord, SessionRecord, TokenHash};
use countersign::ticket::TicketRecord;
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::error::Fault;
use super::host;
use super::rows::{moment, one, run};

/// A session that begins. After a clock stepped back it counts as made when the user's sessions
/// became valid, so that it is not over before it began.
pub(super) fn begin(db: &Connection, session: &SessionRecord) -> Result<(), Fault> {
    run(
        db,
        "INSERT INTO session (user_key, hash, id, audience, parent, level, amr, auth_time, \
         created_at, last_seen_at, idle_expires_at, expires_at, address, agent) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8,          max(?9, coalesce((SELECT sessions_valid_from FROM user WHERE user_key = ?1), ?9)),          ?10, ?11, ?12, ?13, ?14)",
        params![
            session.user.0,
            session.hash.0,
            session.id.as_bytes(),
            session.audience,
            session.parent.map(|parent| parent.0),
            session.assurance.level.number(),
            session.assurance.amr.bits(),
            session.assurance.auth_time.as_millis(),
            session.created_at.as_millis(),
            session.last_seen_at.as_millis(),
            session.idle_expires_at.as_millis(),
            session.expires_at.as_millis(),
            session.address,
            session.agent,
        ],
    )?;
    Ok(())
}

pub(super) fn begin_pending(db: &Connection, pending: &PendingRecord) -> Result<(), Fault> {
    run(
        db,
        "INSERT INTO pending_login (user_key, hash, audience, password_version, created_at, expires_at) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        params![
            pending.user.0,
            pending.hash.0,
            pending.audience,
            pending.password_version,
            pending.created_at.as_millis(),
            pending.expires_at.as_millis(),
        ],
    )?;
    Ok(())
}

/// Uses a pending login up; false if somebody else has.
pub(super) fn use_pending(db: &Connection, hash: TokenHash) -> Result<bool, Fault> {
    let used = run(
        db,
        "DELETE FROM pending_login WHERE hash = ?1",
        params![hash.0],
    )?;
    Ok(used == 1)
}

/// As many browsers of one user are known at once.
const KNOWN: u32 = 32;

pub(super) fn remember(
    db: &Connection,
    user: UserKey,
    browser: Option<KnownBrowser>,
) -> Result<(), Fault> {
    if let Some(browser) = browser {
        run(
            db,
            "INSERT INTO known_browser (user_key, hash, expires_at) VALUES (?1, ?2, ?3) \
             ON CONFLICT (user_key, hash) DO UPDATE SET expires_at = excluded.expires_at",
            params![user.0, browser.hash.0, browser.expires_at.as_millis()],
        )?;
        // Whoever never shows one is given a new one each time: the oldest of too many are forgotten.
        run(
            db,
            "DELETE FROM known_browser WHERE user_key = ?1 AND hash IN \
             (SELECT hash FROM known_browser WHERE user_key = ?1 \
              ORDER BY expires_at DESC, hash LIMIT -1 OFFSET ?2)",
            params![user.0, KNOWN],
        )?;
    }
    Ok(())
}

/// Ends a session and its children; false if there is none.
pub(super) fn end(db: &Connection, user: UserKey, hash: TokenHash) -> Result<bool, Fault> {
    run(
        db,
        "WITH RECURSIVE family (hash) AS (VALUES (?2) UNION \
         SELECT session.hash FROM session JOIN family ON session.parent = family.hash \
         WHERE session.user_key = ?1) \
         DELETE FROM session WHERE user_key = ?1 AND hash IN (SELECT hash FROM family)",
        params![user.0, hash.0],
    )
    .map(|ended| ended > 0)
}

/// Ends a session, which goes on as `successor`, its children with it; false if there is none.
pub(super) fn go_on(
    db: &Connection,
    old: TokenHash,
    successor: &SessionRecord,
) -> Result<bool, Fault> {
    let ended = run(
        db,
        "DELETE FROM session WHERE user_key = ?1 AND hash = ?2",
        params![successor.user.0, old.0],
    )?;
    if ended != 1 {
        return Ok(false);
    }
    begin(db, successor)?;
    run(
        db,
        "UPDATE session SET parent = ?3 WHERE user_key = ?1 AND parent = ?2",
        params![successor.user.0, old.0, successor.hash.0],
    )?;
    Ok(true)
}

/// Ends all of a user's sessions and pending logins, also such as come back from elsewhere, and what
/// was proved or begun for an application.
pub(super) fn end_all(db: &Connection, user: UserKey, from: Timestamp) -> Result<(), Fault> {
    run(
        db,
        "DELETE FROM session WHERE user_key = ?1",
        params![user.0],
    )?;
    run(
        db,
        "DELETE FROM pending_login WHERE user_key = ?1",
        params![user.0],
    )?;
    run(
        db,
        "DELETE FROM ticket WHERE user_key = ?1",
        params![user.0],
    )?;
    host::end_all(db, user)?;
    run(
        db,
        "UPDATE user SET sessions_valid_from = max(sessions_valid_from, ?2) WHERE user_key = ?1",
        params![user.0, from.as_millis()],
    )?;
    Ok(())
}

/// A ticket that is unused and unexpired.
pub(super) fn ticket(
    db: &Connection,
    hash: TokenHash,
    now: Timestamp,
) -> Result<Option<TicketRecord>, Fault> {
    one(
        db,
        "SELECT user_key, parent, audience, browser, expires_at FROM ticket \
         WHERE hash = ?1 AND expires_at > ?2",
        params![hash.0, now.as_millis()],
        |row| {
            Ok(TicketRecord {
                hash,
                user: UserKey(row.get(0)?),
                parent: TokenHash(row.get(1)?),
                audience: row.get(2)?,
                browser: TokenHash(row.get(3)?),
                expires_at: moment(row, 4)?,
            })
        },
    )
}

pub(super) fn forget_browsers(db: &Connection, user: UserKey) -> Result<(), Fault> {
    run(
        db,
        "DELETE FROM known_browser WHERE user_key = ?1",
        params![user.0],
    )?;
    Ok(())
}
