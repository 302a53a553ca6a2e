//! Killed at any moment under load, started again on the same files: nothing accepted is accepted
//! twice and nothing acknowledged is gone.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use fastrand::Rng;
use serde_json::json;

use crate::life::{Ended, Figures, Ledger, judge, live, settle_in};
use crate::support::{Client, Person, Place, Server, Start, login};

/// Users at work at the same time.
const COHORT: usize = 6;

/// Rounds of one user, whose windows of failures fill with what is sent again.
const ROUNDS_EACH: u32 = 4;

/// As long as the rounds nobody asked for may take.
const ENOUGH: Duration = Duration::from_secs(80);

fn number(variable: &str, default: u64) -> u64 {
    std::env::var(variable).map_or(default, |text| text.parse().unwrap())
}

/// Fills up with new users what has retired; two of three have enrolled already.
fn fill(cohort: &mut Vec<(Ledger, u32)>, place: &Place, server: &Server, names: &mut u32) {
    while cohort.len() < COHORT {
        *names += 1;
        let name = format!("user{names}");
        place.add_user(&name);
        let mut ledger = Ledger::new(&name, server.door());
        if !names.is_multiple_of(3) {
            settle_in(&mut ledger, &mut Rng::new());
        }
        cohort.push((ledger, 0));
    }
}

/// All users at work, until the server is killed under them.
fn work(cohort: &mut [(Ledger, u32)], server: &mut Server, rng: &mut Rng, after: Duration) -> u32 {
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let users: Vec<_> = cohort
            .iter_mut()
            .map(|(ledger, _)| {
                let (mut rng, stop) = (rng.fork(), &stop);
                scope.spawn(move || live(ledger, &mut rng, stop))
            })
            .collect();
        thread::sleep(after);
        server.kill();
        stop.store(true, Ordering::Relaxed);
        let ended = users.into_iter().map(|user| user.join().unwrap());
        ended.map(|ended| u32::from(ended == Ended::Cut)).sum()
    })
}

#[test]
fn nothing_is_lost_or_accepted_twice_when_the_server_is_killed() {
    let rounds = number("COUNTERSIGN_CRASH_ROUNDS", 25);
    // Without a number that was asked for, a busy machine does fewer.
    let enough = match std::env::var("COUNTERSIGN_CRASH_ROUNDS") {
        Ok(_) => Duration::MAX,
        Err(_) => ENOUGH,
    };
    let seed = number("COUNTERSIGN_CRASH_SEED", fastrand::u64(..));
    eprintln!("COUNTERSIGN_CRASH_SEED={seed} COUNTERSIGN_CRASH_ROUNDS={rounds}");
    let (mut rng, began) = (Rng::with_seed(seed), Instant::now());
    let place = Place::new();
    let mut server = Start::new().at(&place);
    let (mut cohort, mut names, mut figures) = (Vec::new(), 0, Figures::default());
    let mut kills = 0;
    while kills < rounds && began.elapsed() < enough {
        kills += 1;
        fill(&mut cohort, &place, &server, &mut names);
        let after = Duration::from_millis(rng.u64(20..1200));
        figures.unanswered += work(&mut cohort, &mut server, &mut rng, after);
        server.start_again(&place);
        place.assert_sound();
        let database = place.look();
        cohort.retain_mut(|(ledger, age)| {
            *age += 1;
            let goes_on = judge(ledger, &database, &mut figures) && *age < ROUNDS_EACH;
            if !goes_on {
                figures.retire(ledger);
            }
            goes_on
        });
    }
    for (ledger, _) in &cohort {
        figures.retire(ledger);
    }
    // Every row of the trail is there as it was written, and none that was acknowledged is missing.
    let trail = place.run(&["audit", "export"], "").ok();
    let told = trail.lines().filter(|line| {
        line.contains(r#""outcome":"success""#) && line.contains(r#""authenticator_id":""#)
    });
    let told = u32::try_from(told.count()).unwrap();
    assert!(
        told >= figures.codes,
        "{told} rows for {} codes",
        figures.codes
    );
    eprintln!("{kills} kills in {:?}: {figures:#?}", began.elapsed());
    assert!(kills >= 5, "only {kills} kills");
    assert!(figures.codes > 0 && figures.backup_codes > 0);
    assert!(figures.codes_again > 0 && figures.backup_codes_again > 0);
    assert!(figures.worked > 0 && figures.sessions > 0 && figures.unanswered > 0);
    assert_eq!(figures.accepted_twice, 0);
}

#[test]
fn failures_still_count_after_a_kill() {
    let place = Place::new();
    let mut server = Start::new().at(&place);
    let mut person = Person::enrolled(&place, server.door(), "alice");
    let mut browser = person.pending();
    let wrong = json!({ "code": person.app.wrong() });
    for _ in 0..5 {
        browser
            .post("/login/mfa", &wrong)
            .refuses(401, "invalid_code");
        server.kill();
        server.start_again(&place);
    }
    browser.post("/login/mfa", &wrong).refuses(429, "throttled");
    let right = json!({ "code": person.next_code() });
    browser.post("/login/mfa", &right).refuses(429, "throttled");
    person
        .pending()
        .post("/login/mfa", &right)
        .refuses(429, "throttled");

    let mut stranger = Client::new(server.door());
    let wrong = json!({ "username": "alice", "password": "another long enough password" });
    for _ in 0..5 {
        stranger
            .post("/login", &wrong)
            .refuses(401, "invalid_credentials");
        server.kill();
        server.start_again(&place);
    }
    stranger.post("/login", &wrong).refuses(429, "throttled");
    login(&mut stranger, "alice").refuses(429, "throttled");
    // The way out stays open.
    let code = json!({ "backup_code": person.backup_codes[0] });
    assert_eq!(browser.post("/login/mfa", &code).status, 200);
}
