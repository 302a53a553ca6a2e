//! A store that cannot be written: full, held by another process, or read-only. Nobody is told of
//! what is not kept, and it goes on when the store does.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use rustix::process::{Pid, Resource, Rlimit, prlimit};
use serde_json::json;

use crate::life::{Ended, Figures, Ledger, judge, live, settle_in};
use crate::support::{Client, Person, Place, Server, Start, login};

/// Bounds the size that a file may grow to under the running server; none lifts the bound.
fn bound(server: &Server, bytes: Option<u64>) {
    let process = Pid::from_raw(i32::try_from(server.process()).unwrap());
    let limit = Rlimit {
        current: bytes,
        maximum: None,
    };
    prlimit(process, Resource::Fsize, limit).unwrap();
}

/// As long as users work at most before the disk is full.
const MOST: Duration = Duration::from_secs(5);

/// Users at work until the store refuses them all.
fn work(cohort: &mut [Ledger], rng: &mut Rng) -> u32 {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let users: Vec<_> = cohort
            .iter_mut()
            .map(|ledger| {
                let (mut rng, stop) = (rng.fork(), &stop);
                scope.spawn(move || live(ledger, &mut rng, stop))
            })
            .collect();
        let began = Instant::now();
        while users.iter().any(|user| !user.is_finished()) && began.elapsed() < MOST {
            thread::sleep(Duration::from_millis(5));
        }
        stop.store(true, Ordering::Relaxed);
        let ended = users.into_iter().map(|user| user.join().unwrap());
        ended
            .map(|ended| {
                assert_ne!(ended, Ended::Cut, "the server went away");
                u32::from(ended == Ended::Unavailable)
            })
            .sum()
    })
}

#[test]
fn a_full_disk_keeps_what_was_acknowledged_and_acknowledges_nothing_else() {
    let seed = std::env::var("COUNTERSIGN_FULL_SEED");
    let seed = seed.map_or_else(|_| fastrand::u64(..), |text| text.parse().unwrap());
    eprintln!("COUNTERSIGN_FULL_SEED={seed}");
    let mut rng = Rng::with_seed(seed);
    let place = Place::new();
    let mut server = Start::new().at(&place);
    let (mut figures, mut refused) = (Figures::default(), 0);
    for round in 0..6_u64 {
        let mut cohort: Vec<Ledger> = (0..3)
            .map(|number| {
                let name = format!("user{round}-{number}");
                place.add_user(&name);
                let mut ledger = Ledger::new(&name, server.door());
                settle_in(&mut ledger, &mut rng);
                ledger
            })
            .collect();
        // The log of writes begins at its front. Its end is not on a page's edge, so that what is
        // written last is cut in the middle.
        let database = place.look();
        database
            .query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
            .unwrap();
        let room = if round == 0 { 0 } else { rng.u64(1..40_000) };
        bound(&server, Some(room));
        refused += work(&mut cohort, &mut rng);
        if round % 2 == 0 {
            bound(&server, None);
        } else {
            server.kill();
            server.start_again(&place);
        }
        place.assert_sound();
        for ledger in &mut cohort {
            judge(ledger, &database, &mut figures);
            figures.retire(ledger);
        }
    }
    eprintln!("{refused} of 18 users met the full disk: {figures:#?}");
    assert!(refused > 4 && figures.worked > 0 && figures.codes_again > 0);
    place.run(&["audit", "export"], "").ok();
}

#[test]
fn without_room_for_a_byte_nobody_is_let_in_and_the_server_lives() {
    let place = Place::new();
    let server = Start::new().with("COUNTERSIGN_LOG", "debug").at(&place);
    let mut person = Person::enrolled(&place, server.door(), "alice");
    let mut browser = person.pending();
    bound(&server, Some(0));
    let body = json!({ "code": person.next_code() });
    for _ in 0..10 {
        browser
            .post("/login/mfa", &body)
            .refuses(503, "store_unavailable");
        browser.get("/session").refuses(401, "session_required");
        login(&mut Client::new(server.door()), "alice").refuses(503, "store_unavailable");
        // What is only read is still there.
        assert_eq!(person.client.get("/session").status, 200);
    }
    bound(&server, None);
    let body = json!({ "code": person.next_code() });
    assert_eq!(browser.post("/login/mfa", &body).status, 200);
    place.assert_sound();
}

#[test]
fn a_database_that_another_process_holds_lets_nobody_in_until_it_is_released() {
    let place = Place::new();
    let server = Start::new().at(&place);
    let mut person = Person::enrolled(&place, server.door(), "alice");
    let mut browser = person.pending();
    let holder = place.look();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let body = json!({ "code": person.next_code() });
    let (mut other, mut stranger) = (browser.clone(), Client::new(server.door()));
    thread::scope(|scope| {
        scope.spawn(|| {
            browser
                .post("/login/mfa", &body)
                .refuses(503, "store_unavailable");
        });
        scope.spawn(|| {
            let body = json!({ "backup_code": person.backup_codes[0] });
            other
                .post("/login/mfa", &body)
                .refuses(503, "store_unavailable");
        });
        scope.spawn(|| login(&mut stranger, "alice").refuses(503, "store_unavailable"));
    });
    assert_eq!(person.client.get("/session").status, 200);
    person
        .client
        .post("/mfa/setup", &json!({}))
        .refuses(503, "store_unavailable");
    holder.execute_batch("ROLLBACK").unwrap();

    browser.get("/session").refuses(401, "session_required");
    let listed = person.client.get("/mfa").expect(200);
    assert_eq!(listed["authenticators"].as_array().unwrap().len(), 1);
    let body = json!({ "code": person.next_code() });
    assert_eq!(browser.post("/login/mfa", &body).status, 200);
    assert_eq!(login(&mut stranger, "alice").status, 200);
    let body = json!({ "backup_code": person.backup_codes[1] });
    assert_eq!(stranger.post("/login/mfa", &body).status, 200);
}

/// The user `nobody`, for whom permissions count; root may write everything.
const NOBODY: u32 = 65_534;

#[test]
fn a_read_only_database_is_not_served_and_loses_nothing() {
    let place = Place::new();
    let mut server = Start::new().at(&place);
    let person = Person::enrolled(&place, server.door(), "alice");
    server.kill();
    let directory = place.path("countersign-data");
    let root = fs::metadata(&directory).unwrap().uid() == 0;
    let start = if root {
        Start::new().user(NOBODY)
    } else {
        Start::new()
    };
    let files: Vec<_> = fs::read_dir(&directory)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    if root {
        let above = directory.parent().unwrap();
        for path in files
            .iter()
            .map(std::path::PathBuf::as_path)
            .chain([&*directory, above])
        {
            chown(path, Some(NOBODY), Some(NOBODY)).unwrap();
        }
    }
    let allow = |file: u32, folder: u32| {
        for path in &files {
            fs::set_permissions(path, fs::Permissions::from_mode(file)).unwrap();
        }
        fs::set_permissions(&directory, fs::Permissions::from_mode(folder)).unwrap();
    };
    allow(0o400, 0o500);
    let (code, log) = start.fails(&place);
    if code == Some(126) {
        eprintln!("skipped: the binary is out of reach of another user");
        return;
    }
    assert_eq!(code, Some(5), "{log}");
    assert!(!log.is_empty());

    allow(0o600, 0o700);
    let again = start.at(&place);
    let mut browser = person.pending_at(again.door());
    let body = json!({ "backup_code": person.backup_codes[0] });
    assert_eq!(browser.post("/login/mfa", &body).status, 200);
}
