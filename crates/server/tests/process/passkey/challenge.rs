//! A challenge ends with its use and after five minutes; it is for one login or session and for one
//! purpose. Whatever else it is brought to refuses, and changes nothing.

use serde_json::json;

use super::{Asking, Counter, Key, Owner, state};
use crate::clock::Shim;
use crate::support::{Answer, Client, ORIGIN, Place, Start};

/// Somebody who may be asked this.
fn somebody(owner: &mut Owner, asking: Asking) -> Client {
    match asking {
        Asking::SignIn => Client::new(owner.client.door.clone()),
        Asking::SecondStep => owner.pending(),
        Asking::StepUp | Asking::Enroll => owner.signed_in(),
    }
}

/// Asserts that this is refused and leaves everything as it was.
#[track_caller]
fn refused(place: &Place, (status, code): (u16, &str), send: impl FnOnce() -> Answer) {
    let before = state(place);
    send().refuses(status, code);
    let changed: Vec<_> = before
        .symmetric_difference(&state(place))
        .cloned()
        .collect();
    assert!(changed.is_empty(), "{changed:#?}");
}

#[test]
fn a_challenge_ends_with_its_use() {
    let place = Place::new();
    let server = Start::new().at(&place);
    for (name, counter) in [("alice", Counter::Zero), ("bob", Counter::Counting)] {
        let mut owner = Owner::new(&place, server.door(), name, counter);
        for (asking, here, elsewhere) in [
            (
                Asking::SignIn,
                (401, "challenge_used"),
                (401, "challenge_used"),
            ),
            // The login is over, the session has another name: what was bound to them is too.
            (
                Asking::SecondStep,
                (400, "password_step_required"),
                (400, "password_step_required"),
            ),
            (
                Asking::StepUp,
                (410, "challenge_expired"),
                (401, "session_required"),
            ),
            (
                Asking::Enroll,
                (410, "challenge_expired"),
                (401, "session_required"),
            ),
        ] {
            let mut client = somebody(&mut owner, asking);
            let options = asking.options(&mut client);
            let challenge = options["challenge"].clone();
            let mut twin = client.clone();
            let first = asking.forged(&options, &challenge, &mut owner.key);
            let passed = client.post(asking.path(), &first);
            assert!([200, 201].contains(&passed.status), "{asking:?} {passed}");
            // The same answer, and a new one that no store has seen.
            let second = asking.forged(&options, &challenge, &mut owner.key);
            for answer in [&first, &second] {
                refused(&place, here, || client.post(asking.path(), answer));
                refused(&place, elsewhere, || twin.post(asking.path(), answer));
            }
            twin.get("/session").refuses(401, "session_required");
        }
    }
}

#[test]
fn a_challenge_is_for_one_login_or_session_and_for_one_purpose() {
    let place = Place::new();
    let server = Start::new().at(&place);
    let mut owner = Owner::new(&place, server.door(), "alice", Counter::Zero);
    let mut other = Owner::new(&place, server.door(), "bob", Counter::Zero);
    // Each purpose at three: two browsers of one person, and another person's. The same session is
    // asked to step up and to enroll.
    let mut asked = Vec::new();
    for group in 0..3 {
        let owner = if group == 1 { &mut other } else { &mut owner };
        let session = owner.signed_in();
        for asking in Asking::ALL {
            let mut here = match asking {
                Asking::StepUp | Asking::Enroll => session.clone(),
                _ => somebody(owner, asking),
            };
            let own = asking.options(&mut here);
            asked.push((group, asking, here, own));
        }
    }
    let challenges: Vec<_> = asked
        .iter()
        .map(|(_, asking, _, own)| (*asking, own["challenge"].clone()))
        .collect();
    let mut tried = 0;
    for (index, (group, asking, here, own)) in asked.iter_mut().enumerate() {
        let key = &mut if *group == 1 { &mut other } else { &mut owner }.key;
        for (from, (made_for, challenge)) in challenges.iter().enumerate() {
            // Who signs in is nobody yet: that challenge is anybody's.
            let theirs = from == index || *asking == Asking::SignIn && *made_for == Asking::SignIn;
            if !theirs {
                let answer = asking.forged(own, challenge, key);
                refused(&place, (410, "challenge_expired"), || {
                    here.post(asking.path(), &answer)
                });
                tried += 1;
            }
        }
    }
    assert_eq!(tried, 12 * 12 - 12 - 3 * 2);
    // None of the refusals has cost anybody their own. A session goes on under another name after
    // either of its two.
    for (group, asking, mut here, own) in asked {
        let gone = match asking {
            Asking::StepUp => group == 2,
            Asking::Enroll => group != 2,
            _ => false,
        };
        if !gone {
            let key = &mut if group == 1 { &mut other } else { &mut owner }.key;
            let answer = asking.forged(&own, &own["challenge"], key);
            let passed = here.post(asking.path(), &answer);
            assert!([200, 201].contains(&passed.status), "{asking:?} {passed}");
        }
    }
    place.assert_sound();
}

#[test]
fn a_challenge_is_over_after_five_minutes() {
    let place = Place::new();
    let Some(shim) = Shim::new(&place) else {
        return;
    };
    let server = shim.start.clone().at(&place);
    let mut owner = Owner::new(&place, server.door(), "alice", Counter::Zero);
    let mut now = 0;
    for asking in Asking::ALL {
        let asked = [(); 2].map(|()| {
            let mut here = somebody(&mut owner, asking);
            let own = asking.options(&mut here);
            (here, own)
        });
        let [(mut early, of_early), (mut late, of_late)] = asked;
        // Some of its seconds pass by the machine's own clock.
        shim.set(now + 280);
        let answer = asking.forged(&of_early, &of_early["challenge"], &mut owner.key);
        let passed = early.post(asking.path(), &answer);
        assert!([200, 201].contains(&passed.status), "{asking:?} {passed}");
        shim.set(now + 301);
        let answer = asking.forged(&of_late, &of_late["challenge"], &mut owner.key);
        refused(&place, (410, "challenge_expired"), || {
            late.post(asking.path(), &answer)
        });
        now += 400;
        shim.set(now);
    }
}

#[test]
fn a_clock_that_steps_back_makes_no_answer_good_again() {
    let place = Place::new();
    let Some(shim) = Shim::new(&place) else {
        return;
    };
    let mut server = shim.start.clone().at(&place);
    let mut owner = Owner::new(&place, server.door(), "alice", Counter::Zero);
    let mut stranger = Client::new(server.door());
    let asking = Asking::SignIn;
    let options = asking.options(&mut stranger);
    let answer = asking.answer(&owner.key.sign(&options));
    assert_eq!(stranger.post(asking.path(), &answer).status, 200);
    let mut stranger = Client::new(server.door());
    // Ahead long enough for its use to be forgotten, which each start does, and back.
    for seconds in [0, 301, 0, -60, 7200, 0, -3600, -86_400] {
        shim.set(seconds);
        for body in [
            answer.clone(),
            asking.forged(&options, &options["challenge"], &mut owner.key),
        ] {
            let answer = stranger.post(asking.path(), &body);
            let expected = match seconds {
                // Later than its time, or of a clock that was ahead.
                301 | 7200 | -60 | -3600 | -86_400 => (410, "challenge_expired"),
                _ => (401, "challenge_used"),
            };
            assert_eq!(
                (answer.status, answer.code().as_str()),
                expected,
                "{seconds}: {answer}"
            );
        }
        server.kill();
        server.start_again(&place);
    }
    shim.set(0);
    stranger.get("/session").refuses(401, "session_required");
}

#[test]
fn a_key_that_is_not_enrolled_opens_nothing() {
    let place = Place::new();
    let server = Start::new().at(&place);
    let mut owner = Owner::new(&place, server.door(), "alice", Counter::Zero);
    let mut other = Owner::new(&place, server.door(), "bob", Counter::Zero);
    // One that was made by the right options and never sent, and another user's.
    let mut unsent = Key::new(ORIGIN, Counter::Zero);
    unsent.create(&Asking::Enroll.options(&mut owner.client));
    for asking in [Asking::SignIn, Asking::SecondStep, Asking::StepUp] {
        let mut client = somebody(&mut owner, asking);
        let mut options = asking.options(&mut client);
        options["allowCredentials"] = json!([]);
        let unsent = asking.answer(&unsent.sign(&options));
        refused(&place, (401, "invalid_passkey"), || {
            client.post(asking.path(), &unsent)
        });
        if asking != Asking::SignIn {
            let foreign = asking.answer(&other.key.sign(&options));
            refused(&place, (401, "invalid_passkey"), || {
                client.post(asking.path(), &foreign)
            });
        }
        // A right one under somebody's name is theirs, and one that was altered nobody's.
        let mut altered = owner.key.sign(&options);
        altered["response"]["userHandle"] =
            other.key.sign(&options)["response"]["userHandle"].clone();
        let altered = asking.answer(&altered);
        refused(&place, (401, "invalid_passkey"), || {
            client.post(asking.path(), &altered)
        });
        let right = asking.answer(&owner.key.sign(&options));
        assert_eq!(client.post(asking.path(), &right).status, 200, "{asking:?}");
    }
}
