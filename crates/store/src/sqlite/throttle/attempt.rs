//! One attempt: written as failed before it is judged, and taken back as far as it turns out not to
//! have failed.

use std::time::Duration;

use countersign::clock::Timestamp;
use countersign::id::AttemptId;
use countersign::throttle::{DELAY_SPAN, Odds};
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::super::error::Fault;
use super::super::rows::{moment, one, run};

use super::{Kind, odds, units};

/// An attempt, admitted and not yet settled.
pub(in crate::sqlite) struct Attempt {
    pub(in crate::sqlite) id: AttemptId,
    pub(in crate::sqlite) subject: [u8; 16],
    pub(in crate::sqlite) kind: Kind,
    pub(in crate::sqlite) confirm: bool,
    pub(in crate::sqlite) at: Timestamp,
    pub(in crate::sqlite) user: Option<UserKey>,
    /// Whose it is comes with its settlement.
    pub(in crate::sqlite) to_be_named: bool,
    pub(in crate::sqlite) known: bool,
    pub(in crate::sqlite) bucket: Option<[u8; 16]>,
    pub(in crate::sqlite) cost: Odds,
}

impl Attempt {
    /// Whether it counts as a failure in a row. A passkey is not guessed.
    pub(in crate::sqlite) const fn in_a_row(&self) -> bool {
        !self.confirm && !matches!(self.kind, Kind::Password | Kind::Passkey)
    }

    /// Writes it, counted already: in its window, in a row, in its budget.
    pub(in crate::sqlite) fn record(&self, db: &Connection, span: Duration) -> Result<(), Fault> {
        let span = match self.kind {
            Kind::Password => span.max(DELAY_SPAN),
            Kind::Code | Kind::BackupCode | Kind::Passkey => span,
        };
        run(
            db,
            "INSERT INTO attempt (subject, kind, at, id, user_key, to_be_named, confirm, known, bucket, \
             units, day, settled, matters_until) \
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, 0, ?12)",
            params![
                self.subject,
                self.kind.as_str(),
                self.at.as_millis(),
                self.id.as_bytes(),
                self.user.map(|key| key.0),
                self.to_be_named,
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
    pub(in crate::sqlite) fn unsettled(
        db: &Connection,
        id: AttemptId,
    ) -> Result<Option<Self>, Fault> {
        one(
            db,
            "SELECT subject, kind, confirm, at, user_key, known, bucket, units, to_be_named \
             FROM attempt WHERE id = ?1 AND settled = 0",
            params![id.as_bytes()],
            |row| {
                let kind: String = row.get(1)?;
                let user: Option<[u8; 16]> = row.get(4)?;
                Ok(Self {
                    id,
                    subject: row.get(0)?,
                    kind: [Kind::Password, Kind::Code, Kind::BackupCode, Kind::Passkey]
                        .into_iter()
                        .find(|known| known.as_str() == kind)
                        .ok_or_else(|| Fault::row("attempt", "kind"))?,
                    confirm: row.get(2)?,
                    at: moment(row, 3)?,
                    user: user.map(UserKey),
                    to_be_named: row.get(8)?,
                    known: row.get(5)?,
                    bucket: row.get(6)?,
                    cost: odds(row.get(7)?),
                })
            },
        )
    }

    /// Takes it out of its window.
    pub(in crate::sqlite) fn remove(&self, db: &Connection) -> Result<(), Fault> {
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

    /// Leaves it in its window, settled; what no window holds is over.
    pub(in crate::sqlite) fn keep(&self, db: &Connection) -> Result<(), Fault> {
        if self.kind == Kind::Passkey {
            return self.remove(db);
        }
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
    pub(in crate::sqlite) fn refund(&self, db: &Connection) -> Result<(), Fault> {
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
    pub(in crate::sqlite) fn uncount(&self, db: &Connection) -> Result<(), Fault> {
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
    pub(in crate::sqlite) fn clear_row(&self, db: &Connection) -> Result<(), Fault> {
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
