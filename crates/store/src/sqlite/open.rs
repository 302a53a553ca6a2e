//! Opening a file: whose it is, how it is written, which schema it has. A file of somebody else's is
//! left untouched.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::Options;
use super::error::OpenError;

/// `CtSn`: marks our files in their header.
const APPLICATION: i32 = 0x4374_536e;

/// The schema's steps, oldest first; a file's version is how many it has taken.
const MIGRATIONS: [&str; 1] = [include_str!("../../migrations/sqlite/0001_initial.sql")];

/// The newest schema.
pub(super) const SCHEMA: u32 = 1;

const STATEMENTS: usize = 256;

/// How many pages of 4 KiB the log grows to before they are folded into the file: 64 MiB.
const CHECKPOINT_PAGES: u32 = 16_000;

/// The most memory of a connection's pages; it grows as it is used.
const CACHE_KIB: i32 = 16 * 1024;

enum Refusal {
    Sqlite(rusqlite::Error),
    NotAStore,
    Newer(u32),
}

impl From<rusqlite::Error> for Refusal {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

/// The connection that writes, over a file that exists and has the newest schema from here on.
pub(super) fn writing(path: &Path, options: Options) -> Result<Connection, OpenError> {
    if !options.read_only {
        create(path).map_err(|_| OpenError::CannotOpen {
            path: path.to_owned(),
        })?;
    }
    connect(path, options)
        .and_then(|mut db| {
            prepare(&mut db, options)?;
            Ok(db)
        })
        .map_err(|refusal| named(path, refusal))
}

/// A connection that only reads, over a file that [`writing`] has opened.
pub(super) fn reading(path: &Path, options: Options) -> Result<Connection, OpenError> {
    connect(path, options)
        .and_then(|db| {
            db.pragma_update(None, "query_only", true)?;
            Ok(db)
        })
        .map_err(|refusal| named(path, refusal))
}

fn named(path: &Path, refusal: Refusal) -> OpenError {
    let path = path.to_owned();
    match refusal {
        Refusal::Sqlite(error) => OpenError::of(path, &error),
        Refusal::NotAStore => OpenError::NotAStore { path },
        Refusal::Newer(found) => OpenError::Newer {
            path,
            found,
            known: SCHEMA,
        },
    }
}

/// An empty file that only its owner may read; the journal beside it takes over its mode.
fn create(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.append(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn connect(path: &Path, options: Options) -> Result<Connection, Refusal> {
    let access = if options.read_only {
        OpenFlags::SQLITE_OPEN_READ_ONLY
    } else {
        OpenFlags::SQLITE_OPEN_READ_WRITE
    };
    let db = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    db.busy_timeout(options.busy_timeout)?;
    db.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else a statement is planned anew whenever its values change: a seventh of all CPU time.
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    db.pragma_update(None, "trusted_schema", false)?;
    db.pragma_update(None, "foreign_keys", true)?;
    db.pragma_update(None, "synchronous", "FULL")?;
    // What a savepoint may have to undo is kept in memory, not in a file of its own.
    // A checkpoint every 1 000 pages is one for every forty logins, and most of what is written.
    db.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    db.pragma_update(None, "temp_store", "MEMORY")?;
    db.pragma_update(None, "cache_size", -CACHE_KIB)?;
    Ok(db)
}

fn prepare(db: &mut Connection, options: Options) -> Result<(), Refusal> {
    ours(db)?;
    if options.read_only {
        return match version(db)? {
            0 => Err(Refusal::NotAStore),
            found if found > SCHEMA => Err(Refusal::Newer(found)),
            _ => Ok(()),
        };
    }
    let mode: String = db.pragma_update_and_check(None, "journal_mode", "WAL", |row| row.get(0))?;
    if !mode.eq_ignore_ascii_case("wal") {
        return Err(Refusal::NotAStore);
    }
    migrate(db)?;
    if let Some(most) = options.max_pages {
        db.pragma_update_and_check(None, "max_page_count", most, |_| Ok(()))?;
    }
    Ok(())
}

/// A file is ours if it says so, or if nothing is in it yet.
fn ours(db: &Connection) -> Result<(), Refusal> {
    let mark: i32 = db.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let empty: bool = db.query_row(
        "SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)",
        [],
        |row| row.get(0),
    )?;
    let found = version(db)?;
    match (mark, empty) {
        (APPLICATION, _) if found > SCHEMA => Err(Refusal::Newer(found)),
        (APPLICATION, _) | (0, true) => Ok(()),
        _ => Err(Refusal::NotAStore),
    }
}

fn version(db: &Connection) -> Result<u32, Refusal> {
    let version: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    u32::try_from(version).map_err(|_| Refusal::NotAStore)
}

/// Takes the steps that the file lacks, each in a transaction that first looks again: another
/// process may be opening the same file.
fn migrate(db: &mut Connection) -> Result<(), Refusal> {
    for (step, sql) in (1_u32..).zip(MIGRATIONS) {
        let transaction = db.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if version(&transaction)? < step {
            transaction.execute_batch(sql)?;
            transaction.pragma_update(None, "application_id", APPLICATION)?;
            transaction.pragma_update(None, "user_version", step)?;
        }
        transaction.commit()?;
    }
    Ok(())
}
