//! Group commit: many operations, few commits; and a batch that cannot be committed accepts nobody.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test fails by panicking"
)]

use std::path::Path;
use std::sync::Arc;

use countersign::audit::{Event, Outcome};
use countersign::authenticator::{Label, Status};
use countersign::clock::Timestamp;
use countersign::error::{Error, StoreFailure, Unavailable};
use countersign::port::store::{
    Admission, Admit, AdmitCode, Authority, Change, Consumption, Gate, Judged, Purpose, SettleKind,
    Settled, Store,
};
use countersign_store::{Options, SqliteStore};
use countersign_testkit::{Reply, World, generous};
use rusqlite::Connection;
use tempfile::TempDir;

fn open(path: &Path, max_pages: Option<u32>) -> Arc<SqliteStore> {
    let options = Options {
        max_pages,
        ..Options::default()
    };
    Arc::new(SqliteStore::open(path, options).unwrap())
}

fn is_full<T>(result: &Result<T, Error>) -> bool {
    matches!(
        result,
        Err(Error::Unavailable(Unavailable::Store(StoreFailure::Full)))
    )
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn operations_that_wait_together_are_committed_together() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.sqlite");
    let world = World::new(open(&path, None));
    let who = world.enrolled("alice").await;
    // While another process holds the file, they gather.
    let other = Connection::open(&path).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    let before = world.store.commits();
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..200 {
        let (world, key) = (Arc::clone(&world), who.person.key);
        tasks.spawn(async move {
            let admit = AdmitCode {
                limits: generous(),
                ..world.code(Gate::User(key))
            };
            matches!(world.admit(Admit::Code(admit)).await, Admission::Open(_))
        });
    }
    tokio::task::yield_now().await;
    std::thread::sleep(std::time::Duration::from_millis(200));
    other.execute_batch("ROLLBACK").unwrap();
    assert!(tasks.join_all().await.into_iter().all(|open| open));
    let commits = world.store.commits() - before;
    assert!(commits < 100, "{commits} commits for 200 operations");
}

#[tokio::test]
async fn one_that_fails_takes_no_other_with_it() {
    let folder = TempDir::new().unwrap();
    let world = World::new(open(&folder.path().join("store.sqlite"), None));
    let who = world.enrolled("alice").await;
    let person = who.person.clone();
    let row = world.row(&person, Event::Started, Outcome::Success, None);
    let good = world.row(&person, Event::Started, Outcome::Success, None);
    world.done(Change::Record(row.clone())).await;
    let (twice, once) = tokio::join!(
        world.store.change(Change::Record(row.clone())),
        world.store.change(Change::Record(good)),
    );
    assert!(twice.is_err(), "the id is taken");
    once.unwrap();
    assert_eq!(world.count(Event::Started).await, 2);
    // Nor does it leave a change without its row.
    let rename = Change::Rename {
        authority: Authority::Fresh(who.guard),
        user: person.key,
        authenticator: who.authenticator,
        label: Label::parse("Unrecorded").unwrap(),
        audit: row,
    };
    assert!(world.store.change(rename).await.is_err());
    let label = &world.overview(&person).await.authenticators[0].label;
    assert_eq!(label, "Phone");
}

/// The disk fills while codes are being consumed: whoever was accepted was committed, and when there
/// is room again the store goes on, and none of those codes passes a second time.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_accepts_nobody_it_does_not_commit() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.sqlite");
    let pages = {
        let world = World::new(open(&path, None));
        world.enrolled("warm").await;
        let db = Connection::open(&path).unwrap();
        db.query_row("PRAGMA page_count", [], |row| row.get::<_, u32>(0))
            .unwrap()
    };
    let world = World::again(
        open(&path, Some(pages + 40)),
        Timestamp::from_seconds(1_800_000_000),
    );
    world.pass(10);
    let who = world.enrolled("alice").await;
    let (mut accepted, mut full) = (Vec::new(), 0);
    for round in 0..200 {
        world.pass(1);
        let mut tasks = tokio::task::JoinSet::new();
        for n in 0..16_u64 {
            let (world, person, id) = (Arc::clone(&world), who.person.clone(), who.authenticator);
            tasks.spawn(async move {
                let at = 2000 + round * 16 + n;
                (at, attempt(&world, &person, (id, at)).await)
            });
        }
        for (at, outcome) in tasks.join_all().await {
            match outcome {
                Ok(Settled::Accepted(_)) => accepted.push(at),
                Ok(_) => {}
                error => {
                    assert!(is_full(&error), "{:?}", error.err());
                    full += 1;
                }
            }
        }
        if full > 100 {
            break;
        }
    }
    assert!(full > 100, "the disk was never full");
    assert!(!accepted.is_empty(), "nothing went well before");
    let last = accepted.iter().max().unwrap() + 1;
    let next = world.overview(&who.person).await.authenticators[0].next;
    assert_eq!(next, last, "what was accepted is what is committed");
    let now = world.now();
    drop(world);

    let world = World::again(
        open(&path, None),
        now.plus(std::time::Duration::from_secs(1)),
    );
    world.pass(3600);
    for at in &accepted {
        let settled = attempt(&world, &who.person, (who.authenticator, *at))
            .await
            .unwrap();
        assert_eq!(settled, Settled::AlreadyUsed);
    }
    let admit = AdmitCode {
        limits: generous(),
        ..world.code(Gate::User(who.person.key))
    };
    let reply = world
        .try_code(&who.person, admit, Some((who.authenticator, 90_000)))
        .await;
    assert!(
        matches!(reply, Reply::Settled(Settled::Accepted(_))),
        "{reply:?}"
    );
}

async fn attempt(
    world: &World<SqliteStore>,
    person: &countersign_testkit::Person,
    (authenticator, at): (countersign::id::AuthenticatorId, u64),
) -> Result<Settled, Error> {
    let gate = Gate::User(person.key);
    let admit = AdmitCode {
        limits: generous(),
        ..world.code(gate)
    };
    match world.store.admit(Admit::Code(admit)).await? {
        Admission::Open(_) => {}
        _ => panic!("not admitted"),
    }
    let consumption = Consumption::Step {
        authenticator,
        at,
        status: Status::Active,
        drift: None,
    };
    let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
    let mut settle = world.settlement(person, of, gate, Judged::Match(vec![consumption]));
    settle.limits = admit.limits;
    world.store.settle(settle).await
}
