//! Rows to records and back. A value that no code of ours writes is an error, never a guess.

use countersign::assurance::{Amr, Assurance, Level};
use countersign::authenticator::{AuthenticatorRecord, BackupCodeRecord, BackupSet, Kind, Status};
use countersign::clock::Timestamp;
use countersign::id::{AuthenticatorId, BackupCodeId, SessionId};
use countersign::otp::{Digits, Period};
use countersign::realm::RealmId;
use countersign::session::{PendingRecord, SessionRecord, TokenHash};
use countersign::user::{NameHash, UserId, UserKey, UserRecord};
use countersign::vault::{RowMac, Sealed};
use rusqlite::types::FromSql;
use rusqlite::{Connection, Params, Row};

use super::error::Fault;

macro_rules! columns {
    (user) => {
        "user.user_key, user.realm, user.id, user.name, user.name_hash, user.admin, user.enabled, \
         user.password, user.password_version, user.created_at, user.sessions_valid_from, \
         user.handle"
    };
    (authenticator) => {
        "user_key, id, kind, status, label, algorithm, digits, period, secret, next, drift, \
         mac_key, mac_tag, created_at, confirmed_at, last_used_at, expires_at"
    };
    (passkey) => {
        "passkey.user_key, passkey.id, passkey.status, passkey.label, passkey.credential_id, \
         passkey.public_key, passkey.aaguid, passkey.transports, passkey.sign_count, \
         passkey.uv_initialized, passkey.backup_eligible, passkey.backup_state, \
         passkey.mac_key, passkey.mac_tag, passkey.created_at, passkey.last_used_at"
    };
    (session) => {
        "session.user_key, session.hash, session.id, session.audience, session.parent, \
         session.level, session.amr, session.auth_time, session.created_at, \
         session.last_seen_at, session.idle_expires_at, session.expires_at, session.address, \
         session.agent"
    };
    (pending) => {
        "pending_login.user_key, pending_login.hash, pending_login.audience, \
         pending_login.password_version, pending_login.created_at, pending_login.expires_at"
    };
    (api_key) => {
        "id, realm, name, hash, scopes, created_at, expires_at, last_used_at, revoked_at, mac_key, \
         mac_tag"
    };
    (realm) => {
        "id, issuer, public_url, rp_id, origins, related_origins, policy, created_at, changed_at, \
         mac_key, mac_tag"
    };
    (event) => {
        "id, at, realm, user_key, user_id, actor, event, outcome, reason, authenticator, address, \
         agent, request_id, repeats, mac_key, mac_tag"
    };
}
pub(super) use columns;

/// How many columns `columns!(user)` has: where those of a row joined to it begin.
pub(super) const AFTER_USER: usize = 12;

/// Executes, and tells how many rows it concerned.
pub(super) fn run(db: &Connection, sql: &str, values: impl Params) -> Result<usize, Fault> {
    Ok(db.prepare_cached(sql)?.execute(values)?)
}

/// The first row.
pub(super) fn one<T>(
    db: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Option<T>, Fault> {
    let mut statement = db.prepare_cached(sql)?;
    let mut rows = statement.query_and_then(values, read)?;
    rows.next().transpose()
}

/// All rows.
pub(super) fn all<T>(
    db: &Connection,
    sql: &str,
    values: impl Params,
    read: impl FnMut(&Row<'_>) -> Result<T, Fault>,
) -> Result<Vec<T>, Fault> {
    let mut statement = db.prepare_cached(sql)?;
    statement.query_and_then(values, read)?.collect()
}

/// The first column of a row that is always there.
pub(super) fn value<T: FromSql>(
    db: &Connection,
    sql: &str,
    values: impl Params,
) -> Result<T, Fault> {
    Ok(db
        .prepare_cached(sql)?
        .query_row(values, |row| row.get(0))?)
}

pub(super) fn moment(row: &Row<'_>, index: usize) -> Result<Timestamp, Fault> {
    Ok(Timestamp::from_millis(row.get(index)?))
}

pub(super) fn moment_if(row: &Row<'_>, index: usize) -> Result<Option<Timestamp>, Fault> {
    let millis: Option<i64> = row.get(index)?;
    Ok(millis.map(Timestamp::from_millis))
}

/// From the columns of `columns!(user)`, first of the row.
pub(super) fn user(row: &Row<'_>) -> Result<UserRecord, Fault> {
    let sealed: Option<Vec<u8>> = row.get(7)?;
    Ok(UserRecord {
        key: UserKey(row.get(0)?),
        realm: RealmId::parse(
            row.get_ref(1)?
                .as_str()
                .map_err(|_| Fault::row("user", "realm"))?,
        )
        .map_err(|_| Fault::row("user", "realm"))?,
        id: UserId::parse(
            row.get_ref(2)?
                .as_str()
                .map_err(|_| Fault::row("user", "id"))?,
        )
        .map_err(|_| Fault::row("user", "id"))?,
        name: row.get(3)?,
        name_hash: NameHash(row.get(4)?),
        admin: row.get(5)?,
        enabled: row.get(6)?,
        password: sealed
            .map(|bytes| Sealed::from_row("user", "password", bytes))
            .transpose()?,
        password_version: row.get(8)?,
        created_at: moment(row, 9)?,
        sessions_valid_from: moment(row, 10)?,
        handle: row.get(11)?,
    })
}

/// From the columns of `columns!(authenticator)`.
pub(super) fn authenticator(row: &Row<'_>) -> Result<AuthenticatorRecord, Fault> {
    let text = |index: usize, column: &'static str| -> Result<String, Fault> {
        row.get(index)
            .map_err(|_| Fault::row("authenticator", column))
    };
    let broken = |column: &'static str| move || Fault::row("authenticator", column);
    Ok(AuthenticatorRecord {
        user: UserKey(row.get(0)?),
        id: AuthenticatorId::from_bytes(row.get(1)?),
        kind: Kind::parse(&text(2, "kind")?).ok_or_else(broken("kind"))?,
        status: Status::parse(&text(3, "status")?).ok_or_else(broken("status"))?,
        label: text(4, "label")?,
        algorithm: text(5, "algorithm")?
            .parse()
            .map_err(|_| broken("algorithm")())?,
        digits: row
            .get::<_, u8>(6)
            .ok()
            .and_then(|digits| Digits::try_from(digits).ok())
            .ok_or_else(broken("digits"))?,
        period: row
            .get::<_, u32>(7)
            .ok()
            .and_then(|period| Period::try_from(u64::from(period)).ok())
            .ok_or_else(broken("period"))?,
        secret: Sealed::from_row("authenticator", "secret", row.get(8)?)?,
        next: u64::try_from(row.get::<_, i64>(9)?).map_err(|_| broken("next")())?,
        drift: row.get(10)?,
        mac: RowMac::from_row(row.get(11)?, row.get(12)?),
        created_at: moment(row, 13)?,
        confirmed_at: moment_if(row, 14)?,
        last_used_at: moment_if(row, 15)?,
        expires_at: moment_if(row, 16)?,
    })
}

/// From `version, created_at, acknowledged_at, voided_at, bcrypt_cost`.
pub(super) fn backup_set(row: &Row<'_>) -> Result<BackupSet, Fault> {
    Ok(BackupSet {
        version: row.get(0)?,
        created_at: moment(row, 1)?,
        acknowledged_at: moment_if(row, 2)?,
        voided_at: moment_if(row, 3)?,
        bcrypt_cost: row.get(4)?,
    })
}

/// From `id, version, selector, hash, used_at`.
pub(super) fn backup_code(row: &Row<'_>) -> Result<BackupCodeRecord, Fault> {
    Ok(BackupCodeRecord {
        id: BackupCodeId::from_bytes(row.get(0)?),
        version: row.get(1)?,
        selector: row.get(2)?,
        hash: Sealed::from_row("backup_code", "hash", row.get(3)?)?,
        used_at: moment_if(row, 4)?,
    })
}

/// From the columns of `columns!(session)`, beginning at `from`.
pub(super) fn session(row: &Row<'_>, from: usize) -> Result<SessionRecord, Fault> {
    let parent: Option<[u8; 32]> = row.get(from + 4)?;
    Ok(SessionRecord {
        user: UserKey(row.get(from)?),
        hash: TokenHash(row.get(from + 1)?),
        id: SessionId::from_bytes(row.get(from + 2)?),
        audience: row.get(from + 3)?,
        parent: parent.map(TokenHash),
        assurance: Assurance {
            level: Level::from_number(row.get(from + 5)?)
                .ok_or_else(|| Fault::row("session", "level"))?,
            amr: Amr::from_bits(row.get(from + 6)?).ok_or_else(|| Fault::row("session", "amr"))?,
            auth_time: moment(row, from + 7)?,
        },
        created_at: moment(row, from + 8)?,
        last_seen_at: moment(row, from + 9)?,
        idle_expires_at: moment(row, from + 10)?,
        expires_at: moment(row, from + 11)?,
        address: row.get(from + 12)?,
        agent: row.get(from + 13)?,
    })
}

/// From the columns of `columns!(pending)`, beginning at `from`.
pub(super) fn pending(row: &Row<'_>, from: usize) -> Result<PendingRecord, Fault> {
    Ok(PendingRecord {
        user: UserKey(row.get(from)?),
        hash: TokenHash(row.get(from + 1)?),
        audience: row.get(from + 2)?,
        password_version: row.get(from + 3)?,
        created_at: moment(row, from + 4)?,
        expires_at: moment(row, from + 5)?,
    })
}
