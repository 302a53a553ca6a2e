//! Realms that have a row. What one of them means, and whether it is what was written, is the engine's
//! to say.

use countersign::PolicySettings;
use countersign::realm::{RealmId, RealmRecord};
use countersign::vault::RowMac;
use rusqlite::{Connection, Row, params};

use super::error::Fault;
use super::rows::{all, columns, moment, one, run, value};

/// All, by name.
pub(super) fn every(db: &Connection) -> Result<Vec<RealmRecord>, Fault> {
    all(
        db,
        concat!("SELECT ", columns!(realm), " FROM realm ORDER BY id"),
        [],
        realm,
    )
}

/// The MAC of a realm's row.
pub(super) fn mac(db: &Connection, id: &RealmId) -> Result<Option<RowMac>, Fault> {
    one(
        db,
        "SELECT mac_key, mac_tag FROM realm WHERE id = ?1",
        params![id.as_str()],
        |row| Ok(RowMac::from_row(row.get(0)?, row.get(1)?)),
    )
}

/// Whether the pages of another realm are at this one's host.
pub(super) fn host_taken(db: &Connection, realm: &RealmRecord) -> Result<bool, Fault> {
    value(
        db,
        "SELECT EXISTS (SELECT 1 FROM realm WHERE host = ?1 AND id <> ?2)",
        params![realm.host(), realm.id.as_str()],
    )
}

/// Stores a row in place of the one of its name.
pub(super) fn put(db: &Connection, realm: &RealmRecord) -> Result<(), Fault> {
    run(
        db,
        "INSERT OR REPLACE INTO realm (id, issuer, public_url, host, rp_id, origins, \
         related_origins, policy, created_at, changed_at, mac_key, mac_tag) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)",
        params![
            realm.id.as_str(),
            realm.issuer,
            realm.public_url,
            realm.host(),
            realm.rp_id,
            realm.origins.join(" "),
            realm.related_origins.join(" "),
            realm.settings.text(),
            realm.created_at.as_millis(),
            realm.changed_at.as_millis(),
            realm.mac.key(),
            realm.mac.tag(),
        ],
    )?;
    Ok(())
}

/// From the columns of `columns!(realm)`.
fn realm(row: &Row<'_>) -> Result<RealmRecord, Fault> {
    let broken = |column: &'static str| move || Fault::row("realm", column);
    let (id, policy): (String, String) = (row.get(0)?, row.get(6)?);
    let list = |index| -> Result<Vec<String>, Fault> {
        let text: String = row.get(index)?;
        Ok(text.split_whitespace().map(str::to_owned).collect())
    };
    Ok(RealmRecord {
        id: RealmId::parse(&id).map_err(|_| broken("id")())?,
        issuer: row.get(1)?,
        public_url: row.get(2)?,
        rp_id: row.get(3)?,
        origins: list(4)?,
        related_origins: list(5)?,
        settings: PolicySettings::parse(&policy).ok_or_else(broken("policy"))?,
        created_at: moment(row, 7)?,
        changed_at: moment(row, 8)?,
        mac: RowMac::from_row(row.get(9)?, row.get(10)?),
    })
}
