//! API keys: found by the hash of their text, never deleted. Whether one opens anything is the
//! engine's to say.

use countersign::api_key::{ApiKeyRecord, Scopes};
use countersign::clock::Timestamp;
use countersign::id::ApiKeyId;
use countersign::realm::RealmId;
use countersign::session::TokenHash;
use countersign::vault::RowMac;
use rusqlite::{Connection, Row, params};

use super::error::Fault;
use super::rows::{all, columns, moment, moment_if, one, run, value};

/// The key whose text has this hash.
pub(super) fn of_hash(db: &Connection, hash: TokenHash) -> Result<Option<ApiKeyRecord>, Fault> {
    one(
        db,
        concat!(
            "SELECT ",
            columns!(api_key),
            " FROM api_key WHERE hash = ?1"
        ),
        params![hash.0],
        api_key,
    )
}

/// All of all realms, oldest first.
pub(super) fn every(db: &Connection) -> Result<Vec<ApiKeyRecord>, Fault> {
    all(
        db,
        concat!(
            "SELECT ",
            columns!(api_key),
            " FROM api_key ORDER BY created_at, id"
        ),
        [],
        api_key,
    )
}

/// How many of this name live in a realm.
pub(super) fn living(
    db: &Connection,
    realm: &RealmId,
    name: &str,
    now: Timestamp,
) -> Result<u32, Fault> {
    value(
        db,
        "SELECT count(*) FROM api_key WHERE realm = ?1 AND name = ?2 AND revoked_at IS NULL \
         AND (expires_at IS NULL OR expires_at > ?3)",
        params![realm.as_str(), name, now.as_millis()],
    )
}

/// Stores a key; false if there is one of its id or hash.
pub(super) fn add(db: &Connection, key: &ApiKeyRecord) -> Result<bool, Fault> {
    let added = run(
        db,
        "INSERT INTO api_key (id, realm, name, hash, scopes, created_at, expires_at, \
         last_used_at, revoked_at, mac_key, mac_tag) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11) ON CONFLICT DO NOTHING",
        params![
            key.id.as_bytes(),
            key.realm.as_str(),
            key.name,
            key.hash.0,
            key.scopes.bits(),
            key.created_at.as_millis(),
            key.expires_at.map(Timestamp::as_millis),
            key.last_used_at.map(Timestamp::as_millis),
            key.revoked_at.map(Timestamp::as_millis),
            key.mac.key(),
            key.mac.tag(),
        ],
    )?;
    Ok(added == 1)
}

/// Revokes a key of this realm; false if there is none, or it was revoked before.
pub(super) fn revoke(
    db: &Connection,
    realm: &RealmId,
    (id, mac): (ApiKeyId, &RowMac),
    now: Timestamp,
) -> Result<bool, Fault> {
    let revoked = run(
        db,
        "UPDATE api_key SET revoked_at = ?3, mac_key = ?4, mac_tag = ?5 \
         WHERE id = ?1 AND realm = ?2 AND revoked_at IS NULL",
        params![
            id.as_bytes(),
            realm.as_str(),
            now.as_millis(),
            mac.key(),
            mac.tag()
        ],
    )?;
    Ok(revoked == 1)
}

/// Notes a use, never backwards.
pub(super) fn touch(db: &Connection, id: ApiKeyId, now: Timestamp) -> Result<(), Fault> {
    run(
        db,
        "UPDATE api_key SET last_used_at = max(coalesce(last_used_at, ?2), ?2) WHERE id = ?1",
        params![id.as_bytes(), now.as_millis()],
    )?;
    Ok(())
}

/// From the columns of `columns!(api_key)`.
fn api_key(row: &Row<'_>) -> Result<ApiKeyRecord, Fault> {
    let broken = |column: &'static str| move || Fault::row("api_key", column);
    let realm: String = row.get(1)?;
    Ok(ApiKeyRecord {
        id: ApiKeyId::from_bytes(row.get(0)?),
        realm: RealmId::parse(&realm).map_err(|_| broken("realm")())?,
        name: row.get(2)?,
        hash: TokenHash(row.get(3)?),
        scopes: Scopes::from_bits(row.get(4)?).ok_or_else(broken("scopes"))?,
        created_at: moment(row, 5)?,
        expires_at: moment_if(row, 6)?,
        last_used_at: moment_if(row, 7)?,
        revoked_at: moment_if(row, 8)?,
        mac: RowMac::from_row(row.get(9)?, row.get(10)?),
    })
}
