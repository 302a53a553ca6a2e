//! A failure stays counted; the last one allowed suspends the codes or voids the backup codes, and
//! a budget that is half or wholly spent is told once.

use countersign::audit::AuditRow;
use countersign::port::store::{Exhaustion, Settle};
use countersign::throttle::Odds;
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::super::error::Fault;
use super::super::rows::{one, run};
use super::super::throttle::{self, Attempt, Kind};
use super::super::{backup, trail};

pub(super) fn refuse(
    db: &Connection,
    settle: &Settle,
    attempt: &Attempt,
    row: &AuditRow,
) -> Result<(), Fault> {
    attempt.keep(db)?;
    trail::record(db, row)?;
    let (Some(user), Some(exhaustion)) = (attempt.user, &settle.exhaustion) else {
        return Ok(());
    };
    if !attempt.in_a_row() {
        return Ok(());
    }
    if throttle::consecutive(db, user, attempt.kind)? >= settle.limits.consecutive {
        exhaust(db, settle, attempt, (user, exhaustion))?;
    }
    tell_budget(db, settle, attempt, (user, exhaustion))
}

fn exhaust(
    db: &Connection,
    settle: &Settle,
    attempt: &Attempt,
    (user, exhaustion): (UserKey, &Exhaustion),
) -> Result<(), Fault> {
    let mut changed = false;
    if attempt.kind == Kind::Code {
        for (authenticator, mac) in &exhaustion.suspended {
            let suspended = run(
                db,
                "UPDATE authenticator SET status = 'suspended', mac_key = ?3, mac_tag = ?4 \
                 WHERE user_key = ?1 AND id = ?2 AND status = 'active'",
                params![user.0, authenticator.as_bytes(), mac.key(), mac.tag()],
            )?;
            changed |= suspended == 1;
        }
    } else {
        changed = backup::void(db, user, settle.now)?;
    }
    if changed {
        // The count has had its effect on what is suspended or void for good; what is enrolled or
        // made after it, with a fresh proof, starts its own.
        attempt.clear_row(db)?;
        trail::record(db, &exhaustion.exhausted)?;
    }
    Ok(())
}

/// Half: the spending has reached it. Spent: what is left does not pay for another such attempt.
fn tell_budget(
    db: &Connection,
    settle: &Settle,
    attempt: &Attempt,
    (user, exhaustion): (UserKey, &Exhaustion),
) -> Result<(), Fault> {
    if attempt.cost == Odds(0) {
        return Ok(());
    }
    let budget = if attempt.known {
        settle.limits.known_budget
    } else {
        settle.limits.unknown_budget
    };
    let spent = throttle::spent(db, user, attempt.known, settle.now)?;
    let level = if spent.plus(attempt.cost) > budget {
        2
    } else {
        i64::from(spent.plus(spent) >= budget)
    };
    let told = one(
        db,
        "SELECT level FROM budget_told WHERE user_key = ?1 AND known = ?2",
        params![user.0, attempt.known],
        |row| Ok(row.get::<_, i64>(0)?),
    )?
    .unwrap_or(0);
    if told < 1 && level >= 1 {
        trail::record(db, &exhaustion.half_spent)?;
    }
    if told < 2 && level >= 2 {
        trail::record(db, &exhaustion.spent)?;
    }
    if told != level {
        run(
            db,
            "INSERT INTO budget_told (user_key, known, level) VALUES (?1, ?2, ?3) \
             ON CONFLICT (user_key, known) DO UPDATE SET level = excluded.level",
            params![user.0, attempt.known, level],
        )?;
    }
    Ok(())
}
