//! Removes what has expired and can no longer matter, and what was read. Never a count that still
//! limits, never a mark of something consumed, never an audit row.

use countersign::clock::Timestamp;
use countersign::port::store::Changed;
use countersign::throttle::BUDGET_DAYS;
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::super::error::Fault;
use super::super::passkeys;
use super::super::rows::run;

const EXPIRED: [&str; 12] = [
    "DELETE FROM attempt WHERE id IN \
     (SELECT id FROM attempt WHERE matters_until <= ?1 LIMIT ?2)",
    "DELETE FROM throttle_row WHERE (subject, kind) IN \
     (SELECT subject, kind FROM throttle_row WHERE ends <= ?1 LIMIT ?2)",
    "DELETE FROM pending_login WHERE hash IN \
     (SELECT hash FROM pending_login WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM ticket WHERE hash IN \
     (SELECT hash FROM ticket WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM session WHERE hash IN \
     (SELECT hash FROM session WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM session WHERE hash IN \
     (SELECT hash FROM session WHERE idle_expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM known_browser WHERE (user_key, hash) IN \
     (SELECT user_key, hash FROM known_browser WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM authenticator WHERE (user_key, id) IN \
     (SELECT user_key, id FROM authenticator \
      WHERE status = 'pending' AND expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM verification_proof WHERE (user_key, hash) IN \
     (SELECT user_key, hash FROM verification_proof WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM pending_passkey WHERE user_key IN \
     (SELECT user_key FROM pending_passkey WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM request_name WHERE name IN \
     (SELECT name FROM request_name WHERE expires_at <= ?1 LIMIT ?2)",
    "DELETE FROM setup_link WHERE expires_at <= ?1 AND ?2 > 0",
];

pub(super) fn purge(db: &Connection, now: Timestamp, most: u32) -> Result<Changed, Fault> {
    // Nothing is asked for: the way there is tried, and nothing is written.
    if most == 0 {
        return Ok(Changed::Purged(0));
    }
    let mut removed = 0;
    for sql in EXPIRED {
        removed += run(db, sql, params![now.as_millis(), most])?;
    }
    removed += run(
        db,
        "DELETE FROM budget WHERE (user_key, known, day) IN \
         (SELECT user_key, known, day FROM budget WHERE day < ?1 LIMIT ?2)",
        params![now.day().saturating_sub(BUDGET_DAYS), most],
    )?;
    removed += passkeys::forget(db, now, most)?;
    Ok(Changed::Purged(u64::try_from(removed).unwrap_or(u64::MAX)))
}

pub(super) fn dismiss(db: &Connection, user: UserKey, now: Timestamp) -> Result<Changed, Fault> {
    run(
        db,
        "DELETE FROM notice WHERE user_key = ?1 AND at <= ?2",
        params![user.0, now.as_millis()],
    )?;
    Ok(Changed::Done)
}
