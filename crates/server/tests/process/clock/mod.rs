//! A clock that is wrong or steps: nothing consumed becomes good again, and before 1970 nobody is let
//! in. The process's clock is moved by a shim that is compiled here.

use std::fs;
use std::process::Command;

use serde_json::json;

use crate::support::{Client, Person, Place, Start, login, step};

/// A clock that can be set.
pub struct Shim<'a> {
    place: &'a Place,
    pub start: Start,
}

impl<'a> Shim<'a> {
    /// None, and a word about it, where the machine has no C compiler or loads no shims.
    pub fn new(place: &'a Place) -> Option<Self> {
        let (library, seconds) = (place.path("shim.so"), place.path("seconds"));
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/process/clock/shim.c");
        let compiled = Command::new("cc")
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .arg(&library)
            .arg(source)
            .status();
        if !compiled.is_ok_and(|status| status.success()) {
            eprintln!("skipped: no C compiler for the clock's shim");
            return None;
        }
        let start = Start::new()
            .with("LD_PRELOAD", library.to_str().unwrap())
            .with("SHIM_SECONDS", seconds.to_str().unwrap());
        let shim = Self { place, start };
        shim.set(0);
        Some(shim)
    }

    /// The clock is so many seconds ahead of the machine's, or behind it.
    pub fn set(&self, seconds: i64) {
        let whole = self.place.path("seconds.new");
        fs::write(&whole, seconds.to_string()).unwrap();
        fs::rename(whole, self.place.path("seconds")).unwrap();
    }
}

/// Seconds from now to the epoch, and beyond.
fn before_1970() -> i64 {
    -i64::try_from(step() * 30).unwrap() - 86_400
}

const HOUR: i64 = 3600;

#[test]
fn a_clock_that_steps_back_makes_nothing_good_again() {
    let place = Place::new();
    let Some(shim) = Shim::new(&place) else {
        return;
    };
    let mut server = shim.start.clone().at(&place);
    let person = Person::enrolled(&place, server.door(), "alice");
    let (mut next, mut now) = (person.last + 1, step());
    let sign_in = |code: u64| {
        let mut browser = person.pending();
        let body = json!({ "code": person.app.code(code) });
        (browser.post("/login/mfa", &body), browser)
    };
    // Forward: proof that the clock is the shim's.
    shim.set(HOUR);
    sign_in(next).0.refuses(401, "invalid_code");
    now += 120;
    next = now + 1;
    assert_eq!(sign_in(next).0.status, 200);
    // Back, by more and more; the time of the code comes again.
    for back in [0, 20, 60, HOUR, 24 * HOUR] {
        shim.set(HOUR - back);
        let (answer, mut browser) = sign_in(next);
        let code = answer.code();
        assert!(
            answer.status == 429 || code == "code_already_used" || code == "invalid_code",
            "{answer}"
        );
        browser.get("/session").refuses(401, "session_required");
        server.kill();
        server.start_again(&place);
    }
    // Codes of the time gone back to are older than the one accepted.
    shim.set(0);
    let (answer, _) = sign_in(step());
    assert!([401, 429].contains(&answer.status), "{answer}");
    // Who sits in a time that is over is not shut out for ever: the other way in is open.
    let mut browser = person.pending();
    let body = json!({ "backup_code": person.backup_codes[0] });
    assert_eq!(browser.post("/login/mfa", &body).status, 200);
}

#[test]
fn a_throttle_does_not_end_by_a_clock_that_steps_back() {
    let place = Place::new();
    let Some(shim) = Shim::new(&place) else {
        return;
    };
    let server = shim.start.clone().at(&place);
    let person = Person::enrolled(&place, server.door(), "alice");
    let mut browser = person.pending();
    let wrong = json!({ "code": person.app.wrong() });
    for _ in 0..5 {
        browser
            .post("/login/mfa", &wrong)
            .refuses(401, "invalid_code");
    }
    for seconds in [0, -60, -HOUR] {
        shim.set(seconds);
        let mut browser = person.pending();
        browser.post("/login/mfa", &wrong).refuses(429, "throttled");
    }
    shim.set(301);
    let right = json!({ "code": person.app.code(step() + 10) });
    assert_eq!(person.pending().post("/login/mfa", &right).status, 200);
}

#[test]
fn before_1970_nobody_is_let_in_and_no_server_starts() {
    let place = Place::new();
    let Some(shim) = Shim::new(&place) else {
        return;
    };
    let mut server = shim.start.clone().at(&place);
    let mut person = Person::enrolled(&place, server.door(), "alice");
    let mut browser = person.pending();
    shim.set(before_1970());
    let code = json!({ "code": person.app.code(person.last + 1) });
    browser
        .post("/login/mfa", &code)
        .refuses(503, "clock_wrong");
    login(&mut Client::new(server.door()), "alice").refuses(503, "clock_wrong");
    person.client.get("/session").refuses(503, "clock_wrong");
    server.kill();
    let (exit, log) = shim.start.fails(&place);
    assert_ne!(exit, Some(0), "{log}");
    assert!(log.contains("clock"), "{log}");

    shim.set(0);
    server.start_again(&place);
    assert_eq!(person.client.get("/session").status, 200);
    assert_eq!(browser.post("/login/mfa", &code).status, 200);
}

#[test]
fn a_proof_grows_stale_and_a_session_ends() {
    let place = Place::new();
    let Some(shim) = Shim::new(&place) else {
        return;
    };
    let server = shim.start.clone().at(&place);
    let mut person = Person::enrolled(&place, server.door(), "alice");
    let client = &mut person.client;
    assert_eq!(client.post("/mfa/setup", &json!({})).status, 201);
    shim.set(301);
    let stale = |answer: crate::support::Answer| answer.refuses(401, "reauthentication_required");
    stale(client.post("/mfa/setup", &json!({})));
    stale(client.post("/mfa/backup-codes", &json!({})));
    assert_eq!(client.get("/session").expect(200)["assurance"], "aal2");
    shim.set(301 + HOUR + 1);
    client.get("/session").refuses(401, "session_required");
    // A pending login ends after ten minutes.
    let mut browser = person.pending();
    shim.set(301 + HOUR + 1 + 601);
    let code = json!({ "code": person.app.code(step() + (301 + 3600 + 602) / 30) });
    browser
        .post("/login/mfa", &code)
        .refuses(400, "password_step_required");
}
