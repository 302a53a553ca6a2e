//! A realm is added or changed, with its host and its RP ID, or not at all.

use countersign::audit::AuditRow;
use countersign::port::store::Changed;
use countersign::realm::RealmRecord;
use countersign::vault::RowMac;
use rusqlite::Connection;

use super::super::error::Fault;
use super::super::{realms, trail};
use super::passkey;

pub(super) fn put(
    db: &Connection,
    realm: &RealmRecord,
    replaces: Option<RowMac>,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    match (realms::mac(db, &realm.id)?, replaces) {
        (Some(_), None) => return Ok(Changed::NameTaken),
        (found, replaces) if found != replaces => return Ok(Changed::Conflict),
        _ => {}
    }
    if realms::host_taken(db, realm)? {
        return Ok(Changed::HostTaken);
    }
    let rp_id = realm.realm().rp_id;
    if passkey::fix_rp_id(db, &realm.id, &rp_id)? != Changed::Done {
        return Ok(Changed::RpIdFixed);
    }
    realms::put(db, realm)?;
    trail::record(db, audit)?;
    Ok(Changed::Done)
}
