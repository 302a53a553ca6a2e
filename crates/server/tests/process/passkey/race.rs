//! One answer of a passkey, or many to one challenge, from 64 at once: one is let in, also by two
//! processes over one file, and whether the key counts or not.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Asking, Counter, Owner, state, told};
use crate::races::{AT_ONCE, race};
use crate::support::{Answer, Client, Door, Place, Start};

/// Asserts that one of them has a session, and that the others were told why not.
#[track_caller]
fn one_let_in(
    clients: &mut [Client],
    answers: &[Answer],
    losing: &[(u16, &str)],
    told: &mut BTreeMap<String, u32>,
) {
    for answer in answers {
        let code = answer.code();
        *told.entry(format!("{} {code}", answer.status)).or_default() += 1;
        let known = answer.status == 200 || losing.contains(&(answer.status, code.as_str()));
        assert!(known, "{answer}");
    }
    let let_in = answers.iter().filter(|answer| answer.status == 200).count();
    assert_eq!(let_in, 1, "{told:?}");
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

/// The same browser, or a stranger, at each door in turn.
fn copies(client: &Client, doors: &[Door]) -> Vec<Client> {
    let doors = doors.iter().cycle().take(AT_ONCE);
    doors
        .map(|door| Client {
            door: door.clone(),
            cookies: client.cookies.clone(),
        })
        .collect()
}

/// A challenge of this kind answered once, and that answer sent by 64.
fn round(owner: &mut Owner, doors: &[Door], asking: Asking, told: &mut BTreeMap<String, u32>) {
    let mut client = match asking {
        Asking::SecondStep => owner.pending(),
        _ => Client::new(doors[0].clone()),
    };
    let options = asking.options(&mut client);
    let answer = asking.answer(&owner.key.sign(&options));
    let mut clients = copies(&client, doors);
    let answers = race(&mut clients, asking.path(), &[answer]);
    // The second step's login is over with its challenge.
    let losing: &[_] = match asking {
        Asking::SecondStep => &[(401, "challenge_used"), (400, "password_step_required")],
        _ => &[(401, "challenge_used")],
    };
    one_let_in(&mut clients, &answers, losing, told);
}

/// So many rounds of each kind with each kind of key.
fn rounds(place: &Place, doors: &[Door], count: u32) {
    for (name, counter) in [("alice", Counter::Zero), ("bob", Counter::Counting)] {
        let mut owner = Owner::new(place, doors[0].clone(), name, counter);
        for asking in [Asking::SignIn, Asking::SecondStep] {
            let mut answers = BTreeMap::new();
            for _ in 0..count {
                round(&mut owner, doors, asking, &mut answers);
            }
            eprintln!(
                "{count} races of {AT_ONCE} at {} servers, {counter:?}, {asking:?}: {answers:?}",
                doors.len()
            );
            assert_eq!(answers["200 "], count);
        }
    }
    // An answer that is sent again is no copy of the key.
    assert_eq!(told(place, "authn_sign_count_regressed", "failure"), 0);
    place.assert_sound();
}

#[test]
fn one_answer_lets_in_once_of_64() {
    let place = Place::new();
    let server = Start::new().at(&place);
    rounds(&place, &[server.door()], 10);
}

#[test]
fn one_answer_lets_in_once_of_64_at_two_processes_over_one_file() {
    let place = Place::new();
    let (one, other) = (Start::new().at(&place), Start::new().at(&place));
    rounds(&place, &[one.door(), other.door()], 10);
}

#[test]
fn many_answers_to_one_challenge_let_in_once() {
    let place = Place::new();
    let (one, other) = (Start::new().at(&place), Start::new().at(&place));
    let doors = [one.door(), other.door()];
    let mut owner = Owner::new(&place, one.door(), "alice", Counter::Zero);
    let mut all = BTreeMap::new();
    for _ in 0..10 {
        let mut client = Client::new(one.door());
        let options = Asking::SignIn.options(&mut client);
        let bodies: Vec<Value> = (0..AT_ONCE)
            .map(|_| Asking::SignIn.answer(&owner.key.sign(&options)))
            .collect();
        assert_ne!(bodies[0], bodies[1]);
        let before = state(&place).len();
        let mut clients = copies(&client, &doors);
        let answers = race(&mut clients, Asking::SignIn.path(), &bodies);
        one_let_in(&mut clients, &answers, &[(401, "challenge_used")], &mut all);
        // A session, a known browser and the use of the challenge.
        assert_eq!(state(&place).len(), before + 3);
    }
    eprintln!("10 races of {AT_ONCE} answers to one challenge: {all:?}");
    assert_eq!(all["200 "], 10);
}
