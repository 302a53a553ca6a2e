//! A user who is moved in from another program, with the authenticator that was confirmed there: the one
//! change that plants an active one, and so only for whoever never had any.

use countersign::audit::AuditRow;
use countersign::authenticator::{Kind, Status};
use countersign::port::store::{Changed, Import, ImportedCodes};
use rusqlite::Connection;

use super::super::error::Fault;
use super::super::throttle::{self, Kind as Counted};
use super::super::{backup, host, standing, trail};
use super::{enrollment, users};

pub(super) fn import(db: &Connection, new: &Import, audit: &AuditRow) -> Result<Changed, Fault> {
    let key = new.user.key;
    if !is_sound(new) {
        return Ok(Changed::Conflict);
    }
    match standing::user(db, key)? {
        // Who signs in here enrolls here.
        Some(user) if user.password.is_some() => return Ok(Changed::Conflict),
        Some(_) => {}
        None => {
            let made = users::ensure(db, &new.user, &new.created)?;
            if made != Changed::Done {
                return Ok(Changed::Conflict);
            }
        }
    }
    if standing::ever_enrolled(db, key)? {
        return Ok(Changed::EnrolledBefore);
    }
    host::end_begun(db, key)?;
    enrollment::insert(db, &new.authenticator)?;
    throttle::end_stuck(db, key, Counted::Code, new.consecutive)?;
    if let Some(codes) = &new.codes {
        backup::import(db, key, codes, new.now)?;
    }
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

/// It is the last line against a caller's slip.
fn is_sound(new: &Import) -> bool {
    let (one, codes) = (&new.authenticator, new.codes.as_ref());
    one.user == new.user.key
        && one.kind == Kind::Totp
        && one.status == Status::Active
        && one.confirmed_at.is_some()
        && one.expires_at.is_none()
        && new.user.password.is_none()
        && codes.is_none_or(|set| (1..=usize::from(ImportedCodes::MOST)).contains(&set.codes.len()))
}
