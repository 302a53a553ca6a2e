//! API keys: made and revoked by an operator, and seen.

use countersign::api_key::ApiKeyRecord;
use countersign::audit::AuditRow;
use countersign::clock::Timestamp;
use countersign::id::ApiKeyId;
use countersign::port::store::Changed;
use countersign::realm::RealmId;
use countersign::vault::RowMac;
use rusqlite::Connection;

use super::super::error::Fault;
use super::super::{api_keys, trail};

/// The most of one name that live in a realm: one, and the one that takes over from it.
const MOST: u32 = 2;

pub(super) fn create(
    db: &Connection,
    key: &ApiKeyRecord,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if api_keys::living(db, &key.realm, &key.name, key.created_at)? >= MOST {
        return Ok(Changed::TooMany);
    }
    if !api_keys::add(db, key)? {
        return Ok(Changed::Conflict);
    }
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn revoke(
    db: &Connection,
    realm: &RealmId,
    key: (ApiKeyId, &RowMac),
    now: Timestamp,
    audit: &AuditRow,
) -> Result<Changed, Fault> {
    if !api_keys::revoke(db, realm, key, now)? {
        return Ok(Changed::NotFound);
    }
    trail::record(db, audit)?;
    Ok(Changed::Done)
}

pub(super) fn touch(db: &Connection, id: ApiKeyId, now: Timestamp) -> Result<Changed, Fault> {
    api_keys::touch(db, id, now)?;
    Ok(Changed::Done)
}
