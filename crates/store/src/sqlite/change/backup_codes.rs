//! A new set of backup codes voids the old in the same transaction.

use countersign::audit::AuditRow;
use countersign::clock::Timestamp;
use countersign::port::store::{Authority, BackupCodes, Changed};
use countersign::user::UserKey;
use rusqlite::Connection;

use super::super::error::Fault;
use super::super::{backup, standing, trail};
use super::right;

pub(super) fn replace(
    db: &Connection,
    authority: &Authority,
    (user, codes): (UserKey, &BackupCodes),
    now: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if !right::may(db, authority, user)? {
        return Ok(Changed::NotFresh);
    }
    if standing::demanding(db, user)? == 0 {
        return Ok(Changed::NotFound);
    }
    let newest = standing::backup_set(db, user)?;
    if newest.is_some_and(|set| set.version >= codes.version) {
        return Ok(Changed::Conflict);
    }
    backup::void(db, user, now)?;
    backup::store(db, user, codes, now)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}
