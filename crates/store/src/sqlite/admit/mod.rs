//! Admit: an attempt is written before it is judged, or refused unwritten. What is counted is found
//! here; the engine's arithmetic rules on it.

mod passkey;
mod password;

use countersign::authenticator::{AuthenticatorRecord, Status};
use countersign::clock::Timestamp;
use countersign::port::store::{Admission, Admit, AdmitBackupCode, AdmitCode, Open, Purpose};
use countersign::throttle::{self as arithmetic, Odds, Ruling};
use countersign::user::{UserKey, UserRecord};
use rusqlite::{Connection, params};

use super::backup;
use super::error::Fault;
use super::rows;
use super::standing::{self, Standing};
use super::throttle::{self, Attempt, Kind};
use super::trail;

pub(super) fn admit(db: &Connection, admit: &Admit) -> Result<Admission, Fault> {
    match admit {
        Admit::Password(admit) => password::admit(db, admit),
        Admit::Code(admit) => code(db, admit),
        Admit::BackupCode(admit) => backup_code(db, admit),
        Admit::Passkey(admit) => passkey::admit(db, admit),
    }
}

fn throttled(
    db: &Connection,
    user: Option<UserRecord>,
    (subject, kind): ([u8; 16], Kind),
    now: Timestamp,
    retry_at: Timestamp,
) -> Result<Admission, Fault> {
    Ok(Admission::Throttled {
        user: user.map(Box::new),
        retry_at,
        recorded: trail::count_throttled(db, subject, kind.as_str(), now)?,
    })
}

fn code(db: &Connection, admit: &AdmitCode) -> Result<Admission, Fault> {
    let now = admit.now;
    let (key, user) = match standing::gate(db, admit.gate, now)? {
        Some(Standing::User(user)) => (user.key, Some(*user)),
        Some(Standing::Unknown(key)) => (key, None),
        Some(Standing::Open) | None => return Ok(Admission::Gone),
    };
    let confirm = admit.purpose == Purpose::Confirm;
    let all = standing::authenticators(db, key, now)?;
    let suspended = all.iter().any(|one| one.status == Status::Suspended);
    let wanted = if confirm {
        Status::Pending
    } else {
        Status::Active
    };
    let candidates: Vec<AuthenticatorRecord> =
        all.into_iter().filter(|one| one.status == wanted).collect();
    if confirm && (candidates.is_empty() || !standing::may_confirm(db, admit.gate, key, now)?) {
        return Ok(Admission::Gone);
    }
    let known = standing::known(db, key, admit.known, now)?;
    let cost = admit.cost(&candidates);

    let window = admit.limits.code;
    let recent = throttle::recent(db, key.0, Kind::Code, None, now.minus(window.span))?;
    if let Ruling::Wait(retry_at) = arithmetic::window(&recent, now, window) {
        return throttled(db, user, (key.0, Kind::Code), now, retry_at);
    }
    let user = match user {
        Some(user) if !confirm => {
            let ruling = lasting(db, admit, key, known, cost)?;
            if ruling == Ruling::Exhausted || (candidates.is_empty() && suspended) {
                return Ok(Admission::Exhausted {
                    user: Box::new(user),
                });
            }
            Some(user)
        }
        other => other,
    };
    let attempt = Attempt {
        id: admit.attempt,
        subject: key.0,
        kind: Kind::Code,
        confirm,
        at: now,
        user: user.as_ref().map(|user| user.key),
        to_be_named: false,
        known,
        bucket: None,
        cost: if user.is_some() { cost } else { Odds(0) },
    };
    attempt.record(db, window.span)?;
    let mut admission = open(db, user, candidates, known)?;
    if let (Admission::Open(open), true) = (&mut admission, confirm) {
        open.backup_set = standing::backup_set(db, key)?;
    }
    Ok(admission)
}

fn lasting(
    db: &Connection,
    admit: &AdmitCode,
    user: UserKey,
    known: bool,
    cost: Odds,
) -> Result<Ruling, Fault> {
    let budget = if known {
        admit.limits.known_budget
    } else {
        admit.limits.unknown_budget
    };
    Ok(arithmetic::lasting(
        throttle::consecutive(db, user, Kind::Code)?,
        throttle::spent(db, user, known, admit.now)?,
        cost,
        budget,
        admit.limits.consecutive,
    ))
}

fn backup_code(db: &Connection, admit: &AdmitBackupCode) -> Result<Admission, Fault> {
    let now = admit.now;
    let (key, user) = match standing::gate(db, admit.gate, now)? {
        Some(Standing::User(user)) => (user.key, Some(*user)),
        Some(Standing::Unknown(key)) => (key, None),
        Some(Standing::Open) | None => return Ok(Admission::Gone),
    };
    let window = admit.limits.backup_code;
    let recent = throttle::recent(db, key.0, Kind::BackupCode, None, now.minus(window.span))?;
    if let Ruling::Wait(retry_at) = arithmetic::window(&recent, now, window) {
        return throttled(db, user, (key.0, Kind::BackupCode), now, retry_at);
    }
    let set = standing::backup_set(db, key)?;
    let user = match user {
        Some(user) => {
            let in_a_row = throttle::consecutive(db, key, Kind::BackupCode)?;
            let most = admit.limits.consecutive;
            // Backup codes have no budget: 75 random bits are not guessed.
            let ruling = arithmetic::lasting(in_a_row, Odds(0), Odds(0), Odds(0), most);
            // A void set is told of while a second step is demanded; without one there is none to tell of.
            let void = set.is_some_and(|set| set.voided_at.is_some());
            if ruling == Ruling::Exhausted || (void && standing::demanding(db, key)? > 0) {
                return Ok(Admission::Exhausted {
                    user: Box::new(user),
                });
            }
            Some(user)
        }
        None => None,
    };
    let set = set.filter(|set| set.voided_at.is_none());
    let known = standing::known(db, key, admit.known, now)?;
    let attempt = Attempt {
        id: admit.attempt,
        subject: key.0,
        kind: Kind::BackupCode,
        confirm: false,
        at: now,
        user: user.as_ref().map(|user| user.key),
        to_be_named: false,
        known,
        bucket: None,
        cost: Odds(0),
    };
    attempt.record(db, window.span)?;
    let mut admission = open(db, user, Vec::new(), known)?;
    if let (Admission::Open(open), Some(set)) = (&mut admission, set) {
        open.backup_set = Some(set);
        match admit.selector {
            None => open.imported_codes = backup::unused(db, key, &set)?,
            Some(selector) => {
                open.backup_code = rows::one(
                    db,
                    "SELECT id, version, selector, hash, used_at FROM backup_code \
                     WHERE user_key = ?1 AND version = ?2 AND selector = ?3",
                    params![key.0, set.version, selector],
                    rows::backup_code,
                )?;
            }
        }
    }
    Ok(admission)
}

fn open(
    db: &Connection,
    user: Option<UserRecord>,
    authenticators: Vec<AuthenticatorRecord>,
    known: bool,
) -> Result<Admission, Fault> {
    let demanding = match &user {
        Some(user) => standing::demanding(db, user.key)?,
        None => 0,
    };
    Ok(Admission::Open(Box::new(Open {
        user,
        authenticators,
        passkey: None,
        backup_code: None,
        imported_codes: Vec::new(),
        backup_set: None,
        known,
        demanding,
    })))
}

/// The first half of a hash: enough for what is only counted or recorded under it.
fn front(hash: [u8; 32]) -> [u8; 16] {
    let mut front = [0; 16];
    front.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    front
}
