//! Settle: a judged attempt ends. What matched is consumed and carried out wholly, in a savepoint of
//! its own, or not at all; a refusal is committed just the same, with its audit row.

mod accept;
mod effect;
mod failure;
mod named;

use countersign::port::store::{Effected, Judged, Purpose, Settle, SettleKind, Settled};
use rusqlite::Connection;

use super::error::Fault;
use super::rows::run;
use super::throttle::{Attempt, Kind};
use super::trail;

/// Why a match is not accepted.
enum Stop {
    /// It was consumed before.
    AlreadyUsed,
    /// Something else changed since it was admitted.
    Changed,
    /// It could not be found out.
    Fault(Fault),
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}

/// Goes on only if what was expected is so.
fn hold(so: bool) -> Result<(), Stop> {
    if so { Ok(()) } else { Err(Stop::Changed) }
}

pub(super) fn settle(db: &Connection, settle: &Settle) -> Result<Settled, Fault> {
    let found = Attempt::unsettled(db, settle.attempt)?;
    let Some(attempt) = found.filter(|attempt| belongs(attempt, settle)) else {
        return strays(db, settle);
    };
    let consumptions = match &settle.judged {
        Judged::NoMatch => {
            failure::refuse(db, settle, &attempt, &settle.refused)?;
            return Ok(Settled::Refused);
        }
        Judged::Match(consumptions) => consumptions,
    };
    run(db, "SAVEPOINT acceptance", [])?;
    let accepted = accept::accept(db, settle, consumptions);
    if accepted.is_err() {
        // The condition that failed may be the last of several: nothing before it may stay.
        run(db, "ROLLBACK TO acceptance", [])?;
    }
    run(db, "RELEASE acceptance", [])?;
    match accepted {
        Ok(effected) => clear(db, settle, &attempt, effected),
        Err(Stop::AlreadyUsed) => {
            attempt.keep(db)?;
            attempt.refund(db)?;
            attempt.uncount(db)?;
            trail::record(db, &settle.already_used)?;
            Ok(Settled::AlreadyUsed)
        }
        Err(Stop::Changed) => {
            failure::refuse(db, settle, &attempt, &settle.changed)?;
            Ok(Settled::Changed)
        }
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

/// Whether the attempt that was admitted is the one that is settled.
fn belongs(attempt: &Attempt, settle: &Settle) -> bool {
    let (kind, confirm) = match settle.kind {
        SettleKind::Password => (Kind::Password, false),
        SettleKind::Code(purpose) => (Kind::Code, purpose == Purpose::Confirm),
        SettleKind::BackupCode => (Kind::BackupCode, false),
        SettleKind::Passkey => (Kind::Passkey, false),
    };
    let user = match (attempt.to_be_named, &settle.judged) {
        (false, _) => settle.named.is_none() && attempt.user == settle.user,
        (true, Judged::Match(_)) => settle.named.is_some(),
        (true, Judged::NoMatch) => settle.named.is_none(),
    };
    attempt.kind == kind && attempt.confirm == confirm && user
}

/// What was never admitted, or is settled already, is recorded and never accepted.
fn strays(db: &Connection, settle: &Settle) -> Result<Settled, Fault> {
    let (row, settled) = match settle.judged {
        Judged::Match(_) => (&settle.changed, Settled::Changed),
        Judged::NoMatch => (&settle.refused, Settled::Refused),
    };
    trail::record(db, row)?;
    Ok(settled)
}

/// An accepted attempt leaves its window and gives back its budget; it ends the failures in a row
/// if something was consumed by it.
fn clear(
    db: &Connection,
    settle: &Settle,
    attempt: &Attempt,
    effected: Effected,
) -> Result<Settled, Fault> {
    attempt.remove(db)?;
    attempt.refund(db)?;
    match &settle.judged {
        Judged::Match(consumptions) if !consumptions.is_empty() => attempt.clear_row(db)?,
        _ => attempt.uncount(db)?,
    }
    trail::record(db, &settle.accepted)?;
    Ok(Settled::Accepted(effected))
}
