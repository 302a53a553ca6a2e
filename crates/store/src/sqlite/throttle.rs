//! What is counted: attempts, failures in a row, odds spent. It stores and finds; the engine's
//! arithmetic rules.

use std::time::Duration;

use countersign::clock::Timestamp;
use countersign::id::AttemptId;
use countersign::throttle::{BUDGET_DAYS, DELAY_SPAN, Odds};
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::error::Fault;
use super::rows::{all, moment, one, run, value};

/// What is counted together in a window.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Password,
    Code,
    BackupCode,
}

impl Kind {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Password => "password",
            Self::Code => "code",
            Self::BackupCode => "backup_code",
        }
    }
}

/// An attempt, admitted and not yet settled.
pub(super) struct Attempt {
    pub(super) id: AttemptId,
    pub(super) subject: [u8; 16],
    pub(super) kind: Kind,
    pub(super) confirm: bool,
    pub(super) at: Timestamp,
    pub(super) user: Option<UserKey>,
    pub(super) known: bool,
    pub(super) bucket: Option<[u8; 16]>,
    pub(super) cost: Odds,
}

impl Attempt {
    /// Whether it counts as a failure in a row.
    pub(super) const fn in_a_row(&self) -> bool {
        !self.confirm && !matches!(self.kind, Kind::Password)
    }

    /// Writes it, counted already: in its window, in a row, in its budget.
    pub(super) fn record(&self, db: &Connection, span: Duration) -> Result<(), Fault> {
        let span = match self.kind {
            Kind::Password => span.max(DELAY_SPAN),
            Kind::Code | Kind::BackupCode => span,
        };
        run(
            db,
            "INSERT INTO attempt (subject, kind, at, id, user_key, confirm, known, bucket, units, \
             day, settled, matters_until) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, 0, ?11)",
            params![
                self.subject,
                self.kind.as_str(),
                self.at.as_millis(),
                self.id.as_bytes(),
                self.user.map(|key| key.0),
                self.confirm,
                self.known,
                self.bucket,
                units(self.cost),
                self.at.day(),
                self.at.plus(span).as_millis(),
            ],
        )?;
        if let Some(user) = self.user {
            if self.in_a_row() {
                run(
                    db,
                    "INSERT INTO tally (user_key, kind, consecutive) VALUES (?1, ?2, 1) \
                     ON CONFLICT (user_key, kind) DO UPDATE SET consecutive = consecutive + 1",
                    params![user.0, self.kind.as_str()],
                )?;
            }
            if self.cost > Odds(0) {
                run(
                    db,
                    "INSERT INTO budget (user_key, known, day, units) VALUES (?1, ?2, ?3, ?4) \
                     ON CONFLICT (user_key, known, day) DO UPDATE SET units = units + excluded.units",
                    params![user.0, self.known, self.at.day(), units(self.cost)],
                )?;
            }
        }
        Ok(())
    }

    /// The attempt of this id, if it is not settled.
    pub(super) fn unsettled(db: &Connection, id: AttemptId) -> Result<Option<Self>, Fault> {
        one(
            db,
            "SELECT subject, kind, confirm, at, user_key, known, bucket, units \
             FROM attempt WHERE id = ?1 AND settled = 0",
            params![id.as_bytes()],
            |row| {
                let kind: String = row.get(1)?;
                let user: Option<[u8; 16]> = row.get(4)?;
                Ok(Self {
                    id,
                    subject: row.get(0)?,
                    kind: [Kind::Password, Kind::Code, Kind::BackupCode]
                        .into_iter()
                        .find(|known| known.as_str() == kind)
                        .ok_or_else(|| Fault::row("attempt", "kind"))?,
                    confirm: row.get(2)?,
                    at: moment(row, 3)?,
                    user: user.map(UserKey),
                    known: row.get(5)?,
                    bucket: row.get(6)?,
                    cost: odds(row.get(7)?),
                })
            },
        )
    }

    /// Takes it out of its window.
    pub(super) fn remove(&self, db: &Connection) -> Result<(), Fault> {
        run(
            db,
            "DELETE FROM attempt WHERE subject = ?1 AND kind = ?2 AND at = ?3 AND id = ?4",
            params![
                self.subject,
                self.kind.as_str(),
                self.at.as_millis(),
                self.id.as_bytes()
            ],
        )?;
        Ok(())
    }

    /// Leaves it in its window, settled.
    pub(super) fn keep(&self, db: &Connection) -> Result<(), Fault> {
        run(
            db,
            "UPDATE attempt SET settled = 1 \
             WHERE subject = ?1 AND kind = ?2 AND at = ?3 AND id = ?4",
            params![
                self.subject,
                self.kind.as_str(),
                self.at.as_millis(),
                self.id.as_bytes()
            ],
        )?;
        Ok(())
    }

    /// Gives back what it spent of its budget.
    pub(super) fn refund(&self, db: &Connection) -> Result<(), Fault> {
        if let Some(user) = self.user
            && self.cost > Odds(0)
        {
            run(
                db,
                "UPDATE budget SET units = max(units - ?4, 0) \
                 WHERE user_key = ?1 AND known = ?2 AND day = ?3",
                params![user.0, self.known, self.at.day(), units(self.cost)],
            )?;
        }
        Ok(())
    }

    /// Takes it out of the failures in a row, and leaves the others.
    pub(super) fn uncount(&self, db: &Connection) -> Result<(), Fault> {
        if let Some(user) = self.user
            && self.in_a_row()
        {
            run(
                db,
                "UPDATE tally SET consecutive = max(consecutive - 1, 0) \
                 WHERE user_key = ?1 AND kind = ?2",
                params![user.0, self.kind.as_str()],
            )?;
        }
        Ok(())
    }

    /// Ends the failures in a row.
    pub(super) fn clear_row(&self, db: &Connection) -> Result<(), Fault> {
        if let Some(user) = self.user
            && self.in_a_row()
        {
            run(
                db,
                "UPDATE tally SET consecutive = 0 WHERE user_key = ?1 AND kind = ?2",
                params![user.0, self.kind.as_str()],
            )?;
        }
        Ok(())
    }
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
