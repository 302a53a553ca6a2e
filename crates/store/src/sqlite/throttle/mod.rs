//! What is counted: attempts, failures in a row, odds spent. It stores and finds; the engine's
//! arithmetic rules.

mod attempt;

use countersign::clock::Timestamp;
use countersign::throttle::{BUDGET_DAYS, Odds};
use countersign::user::UserKey;
use rusqlite::{Connection, params};

pub(super) use attempt::Attempt;

use super::error::Fault;
use super::rows::{all, moment, one, run, value};

/// What is counted together in a window.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    Code,
    BackupCode,
    Passkey,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::BackupCode => "backup_code",
            Self::Passkey => "passkey",
        }
    }
}

/// Ends a row of failures that has reached its end and whose consequence never came.
pub(super) fn end_stuck(
    db: &Connection,
    user: UserKey,
    kind: Kind,
    most: u32,
) -> Result<(), Fault> {
    run(
        db,
        "UPDATE tally SET consecutive = 0 WHERE user_key = ?1 AND kind = ?2 AND consecutive >= ?3",
        params![user.0, kind.as_str(), most],
    )?;
    Ok(())
}

/// When the attempts were made that a window may still hold. For passwords a window is one bucket's.
pub(super) fn recent(
    db: &Connection,
    subject: [u8; 16],
    kind: Kind,
    bucket: Option<(bool, [u8; 16])>,
    from: Timestamp,
) -> Result<Vec<Timestamp>, Fault> {
    let from = from.as_millis();
    match bucket {
        None => all(
            db,
            "SELECT at FROM attempt WHERE subject = ?1 AND kind = ?2 AND at > ?3",
            params![subject, kind.as_str(), from],
            |row| moment(row, 0),
        ),
        Some((known, bucket)) => all(
            db,
            "SELECT at FROM attempt WHERE subject = ?1 AND kind = ?2 AND at > ?3 \
             AND known = ?4 AND bucket = ?5",
            params![subject, kind.as_str(), from, known, bucket],
            |row| moment(row, 0),
        ),
    }
}

/// How many passwords of a name failed from unknown clients since `from`, and when the last did.
pub(super) fn strangers(
    db: &Connection,
    subject: [u8; 16],
    from: Timestamp,
) -> Result<(u32, Option<Timestamp>), Fault> {
    let found = one(
        db,
        "SELECT count(*), max(at) FROM attempt \
         WHERE subject = ?1 AND kind = 'password' AND at > ?2 AND known = 0",
        params![subject, from.as_millis()],
        |row| {
            let last: Option<i64> = row.get(1)?;
            Ok((row.get(0)?, last.map(Timestamp::from_millis)))
        },
    )?;
    Ok(found.unwrap_or((0, None)))
}

/// Failures in a row so far.
pub(super) fn consecutive(db: &Connection, user: UserKey, kind: Kind) -> Result<u32, Fault> {
    let found = one(
        db,
        "SELECT consecutive FROM tally WHERE user_key = ?1 AND kind = ?2",
        params![user.0, kind.as_str()],
        |row| Ok(row.get(0)?),
    )?;
    Ok(found.unwrap_or(0))
}

/// What a class of clients spent in the days that its budget spans, the first of them wholly.
pub(super) fn spent(
    db: &Connection,
    user: UserKey,
    known: bool,
    now: Timestamp,
) -> Result<Odds, Fault> {
    value(
        db,
        "SELECT coalesce(sum(units), 0) FROM budget \
         WHERE user_key = ?1 AND known = ?2 AND day >= ?3",
        params![user.0, known, now.day().saturating_sub(BUDGET_DAYS)],
    )
    .map(odds)
}

fn units(odds: Odds) -> i64 {
    i64::try_from(odds.0).unwrap_or(i64::MAX)
}

fn odds(units: i64) -> Odds {
    Odds(u64::try_from(units).unwrap_or(u64::MAX))
}
