//! Files: whose they are, which schema they have, what a second process and a restart find in them.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use countersign::audit::Event;
use countersign::error::{Error, StoreFailure, Unavailable};
use countersign::port::store::{Admit, AdmitCode, Change, Found, Gate, Read, Settled, Store};
use countersign::session::TokenHash;
use countersign_store::{OpenError, Options, SqliteStore};
use countersign_testkit::{Reply, World, generous};
use rusqlite::Connection;
use tempfile::TempDir;

fn folder() -> (TempDir, std::path::PathBuf) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.sqlite");
    (folder, path)
}

fn open(path: &Path) -> Arc<SqliteStore> {
    Arc::new(SqliteStore::open(path, Options::default()).unwrap())
}

fn refusal(path: &Path) -> OpenError {
    match SqliteStore::open(path, Options::default()) {
        Ok(_) => panic!("{} was opened", path.display()),
        Err(error) => error,
    }
}

fn failure<T>(result: Result<T, Error>) -> StoreFailure {
    match result {
        Err(Error::Unavailable(Unavailable::Store(failure))) => failure,
        Err(other) => panic!("{other}"),
        Ok(_) => panic!("it was done"),
    }
}

#[test]
fn a_file_of_a_newer_schema_is_refused_and_left_as_it_is() {
    let (_folder, path) = folder();
    drop(open(&path));
    let db = Connection::open(&path).unwrap();
    db.pragma_update(None, "user_version", 999).unwrap();
    drop(db);
    let before = std::fs::read(&path).unwrap();
    let error = refusal(&path);
    assert!(
        matches!(error, OpenError::Newer { found: 999, .. }),
        "{error}"
    );
    assert_eq!(error.failure(), StoreFailure::Newer);
    assert!(error.to_string().contains("use a newer version"));
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_file_that_is_something_else_is_refused_and_left_as_it_is() {
    let (_folder, path) = folder();
    std::fs::write(
        &path,
        "This is a text, and long enough to be no header.".repeat(100),
    )
    .unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, OpenError::NotAStore { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn another_programs_database_is_refused_and_left_as_it_is() {
    let (_folder, path) = folder();
    Connection::open(&path)
        .unwrap()
        .execute_batch("CREATE TABLE user (id)")
        .unwrap();
    let before = std::fs::read(&path).unwrap();
    let error = refusal(&path);
    assert!(matches!(error, OpenError::NotAStore { .. }), "{error}");
    assert_eq!(std::fs::read(&path).unwrap(), before);
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let (_folder, path) = folder();
    let error = refusal(&path.join("below"));
    assert!(matches!(error, OpenError::CannotOpen { .. }), "{error}");
    assert!(error.to_string().contains("store.sqlite"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_new_file_and_its_journal_are_for_their_owner_alone() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = folder();
    let _store = open(&path);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", entry.path().display());
    }
}

#[tokio::test]
async fn a_store_opened_to_read_only_reads_and_writes_nothing() {
    let (_folder, path) = folder();
    let world = World::new(open(&path));
    let person = world.person("alice").await;
    let options = Options {
        read_only: true,
        ..Options::default()
    };
    let reader = SqliteStore::open(&path, options).unwrap();
    let found = reader.read(Read::User(person.key)).await.unwrap();
    assert!(matches!(found, Found::User(Some(_))));
    let refused = reader.admit(Admit::Password(world.password(&person))).await;
    assert_eq!(failure(refused), StoreFailure::ReadOnly);
}

#[tokio::test]
async fn a_file_held_by_another_process_is_locked_and_loses_nothing() {
    let (_folder, path) = folder();
    let options = Options {
        busy_timeout: Duration::from_millis(50),
        ..Options::default()
    };
    let store = Arc::new(SqliteStore::open(&path, options).unwrap());
    let world = World::new(store);
    let who = world.enrolled("alice").await;
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let code = || world.code(Gate::User(who.person.key));
    let refused = world.store.admit(Admit::Code(code())).await;
    assert_eq!(failure(refused), StoreFailure::Locked);
    let found = world.store.read(Read::User(who.person.key)).await.unwrap();
    assert!(matches!(found, Found::User(Some(_))), "reads go on");
    other.execute_batch("ROLLBACK").unwrap();
    let right = Some((who.authenticator, 2000));
    let reply = world.try_code(&who.person, code(), right).await;
    assert!(
        matches!(reply, Reply::Settled(Settled::Accepted(_))),
        "{reply:?}"
    );
}

#[tokio::test]
async fn a_restart_resets_no_count_and_forgets_no_use() {
    let (_folder, path) = folder();
    let world = World::new(open(&path));
    let who = world.enrolled("alice").await;
    let bob = world.enrolled("bob").await;
    let limits = countersign::throttle::Limits {
        consecutive: 100,
        ..generous()
    };
    for _ in 0..99 {
        let admit = AdmitCode {
            limits,
            ..world.code(Gate::User(who.person.key))
        };
        world.try_code(&who.person, admit, None).await;
    }
    for _ in 0..4 {
        world
            .try_code(&bob.person, world.code(Gate::User(bob.person.key)), None)
            .await;
    }
    // One in flight, as a crash leaves it.
    world
        .admit(Admit::Code(world.code(Gate::User(bob.person.key))))
        .await;
    let (now, id) = (world.now(), bob.authenticator);
    drop(world);

    let world = World::again(open(&path), now);
    let reply = world
        .try_code(&bob.person, world.code(Gate::User(bob.person.key)), None)
        .await;
    assert!(matches!(reply, Reply::Throttled(_)), "{reply:?}");
    let admit = AdmitCode {
        limits,
        ..world.code(Gate::User(who.person.key))
    };
    world.try_code(&who.person, admit, None).await;
    assert_eq!(world.count(Event::CodesSuspended).await, 1, "the hundredth");
    world.pass(300);
    let used = Some((id, 1000));
    let reply = world
        .try_code(&bob.person, world.code(Gate::User(bob.person.key)), used)
        .await;
    assert_eq!(reply, Reply::Settled(Settled::AlreadyUsed));
    assert!(!world.lives(TokenHash([0; 32])).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_on_one_file_accept_once() {
    let (_folder, path) = folder();
    let here = World::new(open(&path));
    let who = here.enrolled("alice").await;
    let there = World::again(open(&path), here.now());
    for round in 0..100 {
        here.pass(30);
        there.pass(30);
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..32 {
            let world = Arc::clone(if n % 2 == 0 { &here } else { &there });
            let (person, id) = (who.person.clone(), who.authenticator);
            tasks.spawn(async move {
                let admit = AdmitCode {
                    limits: generous(),
                    ..world.code(Gate::User(person.key))
                };
                world
                    .try_code(&person, admit, Some((id, 2000 + round)))
                    .await
            });
        }
        let replies = tasks.join_all().await;
        let accepted = |reply: &&Reply| matches!(reply, Reply::Settled(Settled::Accepted(_)));
        assert_eq!(
            replies.iter().filter(accepted).count(),
            1,
            "round {round}: {replies:?}"
        );
    }
}

#[tokio::test]
async fn two_processes_may_open_a_new_file_at_once() {
    let (_folder, path) = folder();
    let threads: Vec<_> = (0..8)
        .map(|_| {
            let path = path.clone();
            std::thread::spawn(move || drop(open(&path)))
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    let store = open(&path);
    let change = Change::DismissNotices {
        user: countersign::user::UserKey([0; 16]),
        now: countersign::clock::Timestamp::from_seconds(0),
    };
    store.change(change).await.unwrap();
}
