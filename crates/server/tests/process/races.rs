//! Many submissions of one code at once: exactly one is accepted, also by two processes over one
//! file.

use std::collections::BTreeMap;
use std::slice;
use std::sync::Barrier;
use std::thread;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Door, Person, Place, Start};

pub const AT_ONCE: usize = 64;

/// So many browsers of one person behind these doors, each past the first step.
fn browsers(person: &Person, doors: &[Door], count: usize) -> Vec<Client> {
    let halves = [0..count / 2, count / 2..count];
    thread::scope(|scope| {
        let logins = halves.map(|numbers| {
            scope.spawn(|| {
                let doors = numbers.map(|number| doors[number % doors.len()].clone());
                doors
                    .map(|door| person.pending_at(door))
                    .collect::<Vec<_>>()
            })
        });
        logins
            .into_iter()
            .flat_map(|half| half.join().unwrap())
            .collect()
    })
}

/// The answers to these bodies, one after the other and again, from all of them at the same moment.
pub fn race(clients: &mut [Client], path: &str, bodies: &[Value]) -> Vec<Answer> {
    let start = Barrier::new(clients.len());
    thread::scope(|scope| {
        let racers: Vec<_> = clients
            .iter_mut()
            .zip(bodies.iter().cycle())
            .map(|(client, body)| {
                let start = &start;
                scope.spawn(move || {
                    start.wait();
                    client.post(path, body)
                })
            })
            .collect();
        racers
            .into_iter()
            .map(|racer| racer.join().unwrap())
            .collect()
    })
}

/// Asserts that one was accepted and all others refused for a reason that may be; a backup code's
/// hash may also find the pool full.
#[track_caller]
fn one_accepted(clients: &mut [Client], answers: &[Answer], told: &mut BTreeMap<String, u32>) {
    for answer in answers {
        let code = answer.code();
        *told.entry(format!("{} {code}", answer.status)).or_default() += 1;
        let known = match answer.status {
            200 => true,
            401 => ["code_already_used", "invalid_code"].contains(&code.as_str()),
            429 => code == "throttled",
            503 => code == "busy",
            _ => false,
        };
        assert!(known, "{answer}");
    }
    let accepted = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(accepted, 1, "{told:?}");
    let mut sessions = 0;
    for client in clients {
        let session = client.get("/session");
        if session.status == 200 {
            assert_eq!(session.json()["assurance"], "aal2");
            sessions += 1;
        } else {
            session.refuses(401, "session_required");
        }
    }
    assert_eq!(sessions, 1);
}

/// A fresh person's code and backup code, each from all browsers at once.
fn round(place: &Place, doors: &[Door], name: &str, told: &mut BTreeMap<String, u32>) {
    let mut person = Person::enrolled(place, doors[0].clone(), name);
    let mut clients = browsers(&person, doors, AT_ONCE);
    let code = json!({ "code": person.next_code() });
    let answers = race(&mut clients, "/login/mfa", &[code]);
    one_accepted(&mut clients, &answers, told);

    // Whoever was let in begins anew; the others' logins still stand.
    for (client, answer) in clients.iter_mut().zip(&answers) {
        if answer.status == 200 {
            *client = person.pending_at(client.door.clone());
        }
    }
    let code = json!({ "backup_code": person.backup_codes[0] });
    let answers = race(&mut clients, "/login/mfa", &[code]);
    one_accepted(&mut clients, &answers, told);
}

#[test]
fn one_code_is_accepted_once_from_64_browsers() {
    let place = Place::new();
    let server = Start::new().at(&place);
    let mut told = BTreeMap::new();
    for number in 0..10 {
        round(
            &place,
            &[server.door()],
            &format!("user{number}"),
            &mut told,
        );
    }
    eprintln!("20 races of {AT_ONCE} at one server: {told:?}");
    assert_eq!(told["200 "], 20);
    place.assert_sound();
}

#[test]
fn one_code_is_accepted_once_by_two_processes_over_one_file() {
    let place = Place::new();
    let (one, other) = (Start::new().at(&place), Start::new().at(&place));
    let mut told = BTreeMap::new();
    for number in 0..5 {
        let doors = [one.door(), other.door()];
        round(&place, &doors, &format!("user{number}"), &mut told);
    }
    eprintln!("10 races of {AT_ONCE} at two servers: {told:?}");
    assert_eq!(told["200 "], 10);
    place.assert_sound();
}

#[test]
fn no_more_guesses_are_judged_at_once_than_one_after_the_other() {
    let place = Place::new();
    let (one, other) = (Start::new().at(&place), Start::new().at(&place));
    let doors = [one.door(), other.door()];
    let mut person = Person::enrolled(&place, one.door(), "alice");
    let mut clients = browsers(&person, &doors, AT_ONCE);
    for guess in [
        json!({ "code": person.app.wrong() }),
        json!({ "backup_code": "0123-4567-89AB-CDEF" }),
    ] {
        let mut judged = 0;
        for answer in race(&mut clients, "/login/mfa", slice::from_ref(&guess)) {
            match (answer.status, answer.code().as_str()) {
                (401, "invalid_code") => judged += 1,
                (429, "throttled") | (503, "busy") => {}
                _ => panic!("{answer}"),
            }
        }
        assert_eq!(judged, 5, "{guess}");
    }
    let right = json!({ "code": person.next_code() });
    for client in clients.iter_mut().take(4) {
        client.post("/login/mfa", &right).refuses(429, "throttled");
    }
}
