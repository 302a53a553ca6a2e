//! Rows of seeded users that no use case makes so cheaply: the user, the open logins, and an empty
//! set of backup codes that spares the first enrollment its ten hashes.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign::audit::{Actor, AuditRow, Event, Outcome, Reason};
use countersign::clock::Timestamp;
use countersign::id::EventId;
use countersign::port::store::{Change, Changed, NewUser, Store as _};
use countersign::realm::RealmId;
use countersign::user::{UserId, UserName, UserRecord};
use countersign::vault::RowMac;
use countersign_store::SqliteStore;
use rusqlite::{Connection, params};

use super::seed::{Person, token};
use crate::Failure;
use crate::ambient::OsRandom;

const PASSWORD_VERSION: i64 = 1;

/// So many ids, in the order of their rows: a store that is filled in order is filled fast.
pub fn ids(many: u32) -> Result<Vec<UserId>, Failure> {
    let ids = (0..many).map(|number| UserId::parse(&format!("user-{number}")));
    let mut ids = ids.collect::<Result<Vec<_>, _>>()?;
    ids.sort_by_cached_key(|id| id.key(&RealmId::default()));
    Ok(ids)
}

/// Creates a user.
pub async fn create(store: &Arc<SqliteStore>, id: &UserId, now: Timestamp) -> Result<(), Failure> {
    let (realm, id) = (RealmId::default(), id.clone());
    let key = id.key(&realm);
    let name = UserName::parse(&format!("{}@example.com", id.as_str()))?;
    let audit = AuditRow {
        id: EventId::generate(now, &OsRandom)?,
        at: now,
        realm: realm.clone(),
        user: Some(key),
        user_id: Some(id.clone()),
        actor: Actor::Operator,
        event: Event::UserCreated,
        outcome: Outcome::Success,
        reason: Some(Reason::ByOperator),
        authenticator: None,
        address: None,
        agent: None,
        request_id: None,
        repeats: 0,
        mac: RowMac::from_row(1, [0; 32]),
    };
    let new = NewUser {
        record: UserRecord {
            key,
            id,
            handle: [0; 64],
            name: name.shown().to_owned(),
            name_hash: name.hash(&realm),
            realm,
            admin: false,
            enabled: true,
            password: None,
            password_version: PASSWORD_VERSION,
            created_at: now,
            sessions_valid_from: now,
        },
        setup_link: None,
        session: None,
        known: None,
    };
    match store
        .change(Change::CreateUser(Box::new(new), audit))
        .await?
    {
        Changed::Done => Ok(()),
        other => Err(format!("no user: {other:?}").into()),
    }
}

/// Gives every user an empty set of backup codes.
pub fn note_backup_sets(database: &Path, now: Timestamp) -> Result<(), Failure> {
    let db = open(database)?;
    db.execute(
        "INSERT INTO backup_set (user_key, version, created_at) \
         SELECT user_key, 1, ?1 FROM user ORDER BY user_key",
        params![now.as_millis()],
    )?;
    Ok(())
}

/// Opens `logins` for everybody, and empties the journal into the file.
pub fn open_logins(
    database: &Path,
    people: &mut [Person],
    logins: usize,
    now: Timestamp,
) -> Result<(), Failure> {
    let realm = RealmId::default();
    let mut db = open(database)?;
    let transaction = db.transaction()?;
    let mut rows = Vec::new();
    for person in people {
        let key = person.id.key(&realm);
        for _ in 0..logins {
            let (text, token) = token()?;
            person.logins.push(text);
            rows.push((key.0, token.hash(&realm).0));
        }
    }
    rows.sort_unstable();
    let mut insert = transaction.prepare(
        "INSERT INTO pending_login (user_key, hash, audience, password_version, created_at, \
         expires_at) VALUES (?1, ?2, 'http://localhost:8080', ?3, ?4, ?5)",
    )?;
    let end = now.plus(Duration::from_hours(24));
    for (key, hash) in rows {
        let times = (now.as_millis(), end.as_millis());
        insert.execute(params![key, hash, PASSWORD_VERSION, times.0, times.1])?;
    }
    drop(insert);
    transaction.commit()?;
    db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
    Ok(())
}

fn open(database: &Path) -> Result<Connection, Failure> {
    let db = Connection::open(database)?;
    db.busy_timeout(Duration::from_secs(10))?;
    Ok(db)
}
