//! What is shown of a user, of the trail and of the store: several rows of one snapshot.

use countersign::authenticator::{Kind, Status};
use countersign::clock::Timestamp;
use countersign::id::EventId;
use countersign::port::store::{
    EventFilter, Found, Holdings, Notice, NoticeKind, Overview, StoreState,
};
use countersign::realm::RealmId;
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::error::Fault;
use super::open::SCHEMA;
use super::rows::{self, all, columns, moment, one, value};
use super::{backup, passkeys, standing, trail};

pub(super) fn holdings(db: &Connection, user: UserKey) -> Result<Holdings, Fault> {
    let mut holdings = Holdings {
        backup_codes_acknowledged: true,
        ..Holdings::default()
    };
    let rows = all(
        db,
        "SELECT kind, status, coalesce(last_used_at, confirmed_at, created_at) AS seen \
         FROM authenticator WHERE user_key = ?1 AND status IN ('active', 'suspended') \
         UNION ALL SELECT 'passkey', status, coalesce(last_used_at, created_at) \
         FROM passkey WHERE user_key = ?1 AND status IN ('active', 'suspended') ORDER BY seen",
        params![user.0],
        |row| {
            let (kind, status): (String, String) = (row.get(0)?, row.get(1)?);
            let kind = Kind::parse(&kind).ok_or_else(|| Fault::row("authenticator", "kind"))?;
            Ok((kind, Status::parse(&status)))
        },
    )?;
    for (kind, status) in rows {
        match (kind, status) {
            (_, Some(Status::Suspended)) => holdings.suspended += 1,
            (Kind::Totp, _) => holdings.totp += 1,
            (Kind::Hotp, _) => holdings.hotp += 1,
            (Kind::Passkey, _) => holdings.passkeys += 1,
        }
        if status == Some(Status::Active) && kind != Kind::Passkey {
            holdings.totp_last = kind == Kind::Totp;
        }
    }
    if let Some(version) = backup::current(db, user)? {
        holdings.backup_codes = value(
            db,
            "SELECT count(*) FROM backup_code \
             WHERE user_key = ?1 AND version = ?2 AND used_at IS NULL",
            params![user.0, version],
        )?;
        holdings.backup_codes_acknowledged =
            standing::backup_set(db, user)?.is_some_and(|set| set.acknowledged_at.is_some());
    }
    Ok(holdings)
}

pub(super) fn overview(
    db: &Connection,
    key: UserKey,
    now: Timestamp,
) -> Result<Option<Overview>, Fault> {
    let Some(user) = standing::user(db, key)? else {
        return Ok(None);
    };
    let sessions = all(
        db,
        concat!(
            "SELECT ",
            columns!(session),
            " FROM session JOIN user USING (user_key) WHERE session.user_key = ?1 \
             AND session.parent IS NULL AND session.created_at >= user.sessions_valid_from \
             AND session.expires_at > ?2 AND session.idle_expires_at > ?2 \
             ORDER BY session.last_seen_at DESC, session.hash"
        ),
        params![key.0, now.as_millis()],
        |row| rows::session(row, 0),
    )?;
    let events = all(
        db,
        concat!(
            "SELECT ",
            columns!(event),
            " FROM audit_event WHERE user_key = ?1 ORDER BY id DESC LIMIT 20"
        ),
        params![key.0],
        trail::event,
    )?;
    let notices = all(
        db,
        "SELECT kind, at, count FROM notice WHERE user_key = ?1 ORDER BY at DESC, kind",
        params![key.0],
        |row| {
            let kind: String = row.get(0)?;
            Ok(Notice {
                kind: NoticeKind::parse(&kind).ok_or_else(|| Fault::row("notice", "kind"))?,
                at: moment(row, 1)?,
                count: row.get(2)?,
            })
        },
    )?;
    Ok(Some(Overview {
        authenticators: standing::authenticators(db, key, now)?,
        passkeys: passkeys::of(db, key)?,
        backup_set: standing::backup_set(db, key)?,
        holdings: holdings(db, key)?,
        user,
        sessions,
        events,
        notices,
    }))
}

pub(super) fn users(
    db: &Connection,
    realm: &RealmId,
    after: Option<UserKey>,
    limit: u32,
) -> Result<Found, Fault> {
    let page = all(
        db,
        concat!(
            "SELECT ",
            columns!(user),
            " FROM user WHERE realm = ?3 AND (?1 IS NULL OR (created_at, user_key) > \
             (SELECT created_at, user_key FROM user WHERE user_key = ?1 AND realm = ?3)) \
             ORDER BY created_at, user_key LIMIT ?2"
        ),
        params![after.map(|key| key.0), limit.clamp(1, 1000), realm.as_str()],
        rows::user,
    )?;
    let with = |user: countersign::user::UserRecord| {
        let held = holdings(db, user.key)?;
        Ok((user, held))
    };
    Ok(Found::Users(
        page.into_iter().map(with).collect::<Result<_, Fault>>()?,
    ))
}

pub(super) fn events(
    db: &Connection,
    filter: EventFilter,
) -> Result<Vec<countersign::audit::AuditRow>, Fault> {
    let sql = match (filter.user.is_some(), filter.newest) {
        (false, false) => concat!(
            "SELECT ",
            columns!(event),
            " FROM audit_event WHERE id > ?2 AND ?1 IS NULL \
             ORDER BY id LIMIT ?3"
        ),
        (false, true) => concat!(
            "SELECT ",
            columns!(event),
            " FROM audit_event WHERE id > ?2 AND ?1 IS NULL \
             ORDER BY id DESC LIMIT ?3"
        ),
        (true, false) => concat!(
            "SELECT ",
            columns!(event),
            " FROM audit_event WHERE user_key = ?1 AND id > ?2 \
             ORDER BY id LIMIT ?3"
        ),
        (true, true) => concat!(
            "SELECT ",
            columns!(event),
            " FROM audit_event WHERE user_key = ?1 AND id > ?2 \
             ORDER BY id DESC LIMIT ?3"
        ),
    };
    let after = filter.after.map_or(Vec::new(), |id| id.as_bytes().to_vec());
    let values = params![
        filter.user.map(|key| key.0),
        after,
        filter.limit.clamp(1, 1000)
    ];
    let mut rows = all(db, sql, values, trail::event)?;
    if filter.newest {
        rows.reverse();
    }
    Ok(rows)
}

pub(super) fn realm_events(
    db: &Connection,
    realm: &RealmId,
    after: Option<EventId>,
    limit: u32,
) -> Result<Vec<countersign::audit::AuditRow>, Fault> {
    let after = after.map_or(Vec::new(), |id| id.as_bytes().to_vec());
    all(
        db,
        concat!(
            "SELECT ",
            columns!(event),
            " FROM audit_event WHERE realm = ?1 AND id > ?2 ORDER BY id LIMIT ?3"
        ),
        params![realm.as_str(), after, limit.clamp(1, 1000)],
        trail::event,
    )
}

pub(super) fn state(db: &Connection) -> Result<StoreState, Fault> {
    let seal_keys = all(
        db,
        "SELECT substr(password, 2, 4) FROM user WHERE password IS NOT NULL \
         UNION SELECT substr(secret, 2, 4) FROM authenticator \
         UNION SELECT substr(hash, 2, 4) FROM backup_code ORDER BY 1",
        [],
        |row| Ok(u32::from_be_bytes(row.get(0)?)),
    )?;
    let users: i64 = value(db, "SELECT count(*) FROM user", [])?;
    let check: String = value(db, "PRAGMA quick_check(1)", [])?;
    Ok(StoreState {
        schema: SCHEMA,
        users: u64::try_from(users).unwrap_or(0),
        seal_keys,
        intact: check == "ok",
        newest: one(
            db,
            "SELECT at FROM audit_event ORDER BY id DESC LIMIT 1",
            [],
            |row| moment(row, 0),
        )?,
    })
}
