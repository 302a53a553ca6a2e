//! An application's own users behind our sign-in: its directory says who it is, and nothing else is given up.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};
use std::time::Duration;

use countersign::audit::{Event, Reason};
use countersign::error::{DirectoryFailure, Unavailable};
use countersign::port::directory::{DirectoryFailed, DirectoryUser, UserDirectory};
use countersign::port::store::EventFilter;
use countersign::session::Origin;
use countersign::user::{UserId, UserName};
use countersign::{
    BuildError, Countersign, DirectoryBounds, Error, FirstStep, Password, Proof, Verdict,
};
use countersign_store::{Options, SqliteStore};
use countersign_testkit::Browser;
use serde_json::json;

use crate::support::{PASSWORD, Phone, Runtime, World, accepted, client, client_at, told};

const UP: u8 = 0;
const DOWN: u8 = 1;
const HANGS: u8 = 2;

/// Alice, whose id is 42.
#[derive(Default)]
struct People {
    state: AtomicU8,
    asked: AtomicU32,
    gone: AtomicU8,
    /// Says that whoever it is is 43.
    mistaken: AtomicU8,
}

impl People {
    fn set(&self, state: u8) {
        self.state.store(state, Ordering::SeqCst);
    }

    async fn answer(&self, right: bool) -> Result<Option<DirectoryUser>, DirectoryFailed> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        match self.state.load(Ordering::SeqCst) {
            DOWN => return Err(DirectoryFailed),
            HANGS => pending().await,
            _ => {}
        }
        let gone = self.gone.load(Ordering::SeqCst) > 0;
        Ok((right && !gone).then(alice))
    }
}

fn alice() -> DirectoryUser {
    DirectoryUser {
        id: UserId::parse("42").unwrap(),
        name: UserName::parse("alice").unwrap(),
    }
}

impl UserDirectory for People {
    async fn authenticate(
        &self,
        name: &str,
        password: &str,
    ) -> Result<Option<DirectoryUser>, DirectoryFailed> {
        let right = (name == "alice" || name == "alice@example.com") && password == PASSWORD;
        let mut told = self.answer(right).await?;
        if let (Some(user), 1) = (&mut told, self.mistaken.load(Ordering::SeqCst)) {
            user.id = UserId::parse("43").unwrap();
        }
        Ok(told)
    }

    async fn find(&self, user: &UserId) -> Result<Option<DirectoryUser>, DirectoryFailed> {
        self.answer(user.as_str() == "42").await
    }
}

/// A directory's answer is waited for as long as it takes to look once.
async fn at_once(_: Duration) {}

fn behind(world: &World, people: &Arc<People>) -> Countersign {
    let store = SqliteStore::open(&world.path(), Options::default()).unwrap();
    Countersign::builder(store, &world.keyring)
        .clock(Arc::clone(&world.clock))
        .randomness(Arc::clone(&world.random))
        .spawn(Runtime)
        .policy(world.policy)
        .timer(at_once)
        .directory(Arc::clone(people))
        .directory_bounds(DirectoryBounds {
            at_once: 64,
            reserved: 0,
            ..DirectoryBounds::default()
        })
        .build()
        .unwrap()
}

fn place() -> (World, Arc<People>, Countersign) {
    let (world, people) = (World::new(), Arc::new(People::default()));
    let mfa = behind(&world, &people);
    (world, people, mfa)
}

async fn login(mfa: &Countersign, name: &str, password: &str) -> Verdict<FirstStep> {
    let password = Password::new(password.to_owned());
    mfa.login(name, password, client()).await.unwrap()
}

async fn session(mfa: &Countersign) -> countersign::Session {
    let FirstStep::SignedIn(signed_in) = accepted(login(mfa, "alice", PASSWORD).await) else {
        panic!("a second step")
    };
    mfa.session(&signed_in.session).await.unwrap().unwrap()
}

async fn reasons(mfa: &Countersign) -> Vec<(Event, Option<Reason>)> {
    let filter = EventFilter {
        after: None,
        user: None,
        newest: true,
        limit: 100,
    };
    let rows = mfa.operator().events(filter).await.unwrap();
    rows.iter()
        .map(|(row, _)| (row.event, row.reason))
        .collect()
}

#[tokio::test]
async fn the_first_right_password_makes_the_user_whose_factors_are_their_own() {
    let (world, people, mfa) = place();
    for (name, password) in [
        ("alice", "wrong"),
        ("nobody", PASSWORD),
        ("alice", ""),
        ("a:b", PASSWORD),
    ] {
        assert_eq!(
            told(&login(&mfa, name, password).await),
            "InvalidCredentials"
        );
    }
    // An empty password, and a name that nobody can have, are not asked about.
    assert_eq!(people.asked.load(Ordering::SeqCst), 2);
    assert!(mfa.operator().users(None, 10).await.unwrap().is_empty());
    let session = session(&mfa).await;
    assert_eq!(
        (session.user_id().as_str(), session.user_name()),
        ("42", "alice")
    );
    assert!(
        reasons(&mfa)
            .await
            .contains(&(Event::UserCreated, Some(Reason::ByHost)))
    );

    // What is enrolled under the id, by whichever door, demands the second step.
    let user = UserId::parse("42").unwrap();
    let setup = accepted(mfa.totp().begin_enrollment(&user, "alice").await.unwrap());
    let phone = Phone {
        base32: setup.secret().to_owned(),
    };
    let code = phone.code_at(world.seconds());
    accepted(mfa.totp().confirm(&user, setup.id(), &code).await.unwrap());
    world.next_step();
    let FirstStep::SecondStep { pending, .. } = accepted(login(&mfa, "alice", PASSWORD).await)
    else {
        panic!("no second step")
    };
    let proof = Proof::code(phone.code_at(world.seconds()));
    let signed_in = accepted(mfa.second_step(&pending, proof, client()).await.unwrap());
    assert_eq!(signed_in.assurance.acr(), "aal2");
    assert_eq!(mfa.operator().users(None, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_directory_that_is_down_or_hangs_lets_nobody_in() {
    let (_, people, mfa) = place();
    for (state, failure) in [
        (DOWN, DirectoryFailure::Failed),
        (HANGS, DirectoryFailure::Deadline),
    ] {
        people.set(state);
        let password = Password::new(PASSWORD.to_owned());
        let answer = mfa.login("alice", password, client()).await;
        let expected = Unavailable::Directory(failure);
        assert!(matches!(answer, Err(Error::Unavailable(why)) if why == expected));
    }
    let row = (Event::PasswordStep, Some(Reason::DirectoryUnavailable));
    assert_eq!(reasons(&mfa).await, [row, row]);
    assert!(mfa.operator().users(None, 10).await.unwrap().is_empty());
    people.set(UP);
    session(&mfa).await;
}

#[tokio::test]
async fn five_wrong_are_evaluated_whoever_is_meant() {
    let (_, people, mfa) = place();
    session(&mfa).await;
    for (name, last) in [("alice", 1), ("nobody", 2)] {
        let before = people.asked.load(Ordering::SeqCst);
        let mut answers = Vec::new();
        for _ in 0..7 {
            let wrong = Password::new("wrong".to_owned());
            let answer = mfa.login(name, wrong, client_at(last)).await.unwrap();
            answers.push(told(&answer));
        }
        assert_eq!(answers[..5], ["InvalidCredentials"; 5]);
        assert_eq!(answers[5..], ["throttled"; 2]);
        assert_eq!(people.asked.load(Ordering::SeqCst) - before, 5);
    }
}

#[tokio::test]
async fn a_user_disabled_here_is_told_as_a_wrong_password() {
    let (_, _, mfa) = place();
    session(&mfa).await;
    accepted(mfa.operator().set_enabled("alice", false).await.unwrap());
    assert_eq!(
        told(&login(&mfa, "alice", PASSWORD).await),
        "InvalidCredentials"
    );
    let row = (Event::PasswordStep, Some(Reason::UserDisabled));
    assert!(reasons(&mfa).await.contains(&row));
}

#[tokio::test]
async fn sixty_four_first_sign_ins_make_one_user() {
    let mut policy = countersign::Policy::default();
    policy.limits.password.attempts = 1000;
    policy.limits.password_grace = 1000;
    let (world, people) = (World::with_policy(policy), Arc::new(People::default()));
    let mfa = behind(&world, &people);
    let mut logins = Vec::new();
    for _ in 0..64 {
        let mfa = mfa.clone();
        logins.push(tokio::spawn(async move {
            told(&login(&mfa, "alice", PASSWORD).await)
        }));
    }
    for login in logins {
        assert_eq!(login.await.unwrap(), "accepted");
    }
    assert_eq!(mfa.operator().users(None, 10).await.unwrap().len(), 1);
    let made = reasons(&mfa).await;
    let made = made
        .iter()
        .filter(|(event, _)| *event == Event::UserCreated);
    assert_eq!(made.count(), 1);
}

#[tokio::test]
async fn a_step_up_asks_the_directory_again() {
    let (world, people, mfa) = place();
    let session = session(&mfa).await;
    world.clock.advance(Duration::from_mins(6));
    assert!(!mfa.is_fresh(&session));
    let again = |password: &str| {
        let password = Some(Password::new(password.to_owned()));
        mfa.reauthenticate(&session, password, None, client())
    };
    assert_eq!(told(&again("wrong").await.unwrap()), "InvalidCredentials");
    people.mistaken.store(1, Ordering::SeqCst);
    let other = again(PASSWORD).await.unwrap();
    assert_eq!(told(&other), "InvalidCredentials");
    people.mistaken.store(0, Ordering::SeqCst);
    people.gone.store(1, Ordering::SeqCst);
    assert_eq!(told(&again(PASSWORD).await.unwrap()), "SessionRequired");
    people.gone.store(0, Ordering::SeqCst);
    people.set(DOWN);
    assert!(again(PASSWORD).await.is_err());
    people.set(UP);
    let fresh = accepted(again(PASSWORD).await.unwrap());
    let session = mfa.session(&fresh.session).await.unwrap().unwrap();
    assert!(mfa.is_fresh(&session));
}

#[tokio::test]
async fn what_is_open_ends_when_the_application_says_so() {
    let (_, _, mfa) = place();
    let user = UserId::parse("42").unwrap();
    let host = || mfa.host(Origin::default());
    assert_eq!(told(&host().end_sessions(&user).await.unwrap()), "NotFound");
    let FirstStep::SignedIn(signed_in) = accepted(login(&mfa, "alice", PASSWORD).await) else {
        panic!("a second step")
    };
    accepted(host().end_sessions(&user).await.unwrap());
    assert!(mfa.session(&signed_in.session).await.unwrap().is_none());
    let row = (Event::SessionsEnded, Some(Reason::ByHost));
    assert!(reasons(&mfa).await.contains(&row));
    session(&mfa).await;
}

#[tokio::test]
async fn no_password_is_set_or_changed_here() {
    let (world, people, mfa) = place();
    let session = session(&mfa).await;
    let new = || Password::new("another horse battery staple".to_owned());
    let operator = mfa.operator();
    for refused in [
        told(&operator.add_user("bob", new(), false).await.unwrap()),
        told(&operator.set_password("alice", new()).await.unwrap()),
        told(
            &mfa.change_password(&session, new(), new(), client())
                .await
                .unwrap(),
        ),
    ] {
        assert_eq!(refused, "PasswordElsewhere");
    }
    assert!(operator.setup_link().await.unwrap().is_none());
    // A password that the store has opens nothing.
    world.add_user("carol").await;
    assert_eq!(
        told(&login(&mfa, "carol", PASSWORD).await),
        "InvalidCredentials"
    );
    let store = SqliteStore::open(&world.path(), Options::default()).unwrap();
    let built = Countersign::builder(store, &world.keyring)
        .clock(Arc::clone(&world.clock))
        .randomness(Arc::clone(&world.random))
        .spawn(Runtime)
        .directory(people)
        .build();
    assert!(matches!(built, Err(BuildError::Missing("timer"))));
}

#[tokio::test]
async fn a_passkey_alone_signs_in_only_whom_the_directory_still_knows() {
    let (_, people, mfa) = place();
    let session = session(&mfa).await;
    let mut key = Browser::new("http://localhost:8080");
    let options = accepted(mfa.enroll_passkey_options(&session).await.unwrap());
    let made = serde_json::from_value(key.create(&json!(options)).await).unwrap();
    let enrolled = mfa.enroll_passkey(&session, made, None, client()).await;
    accepted(enrolled.unwrap());
    for (gone, state, expected) in [
        (0, UP, Some("accepted")),
        (1, UP, Some("InvalidPasskey")),
        (0, DOWN, None),
        (0, UP, Some("accepted")),
    ] {
        people.gone.store(gone, Ordering::SeqCst);
        people.set(state);
        let options = json!(mfa.sign_in_options().unwrap());
        let answer = serde_json::from_value(key.sign(&options).await).unwrap();
        let verdict = mfa.sign_in_by_passkey(answer, client()).await;
        let told = verdict.ok().map(|verdict| told(&verdict));
        assert_eq!(told.as_deref(), expected);
    }
    let row = (Event::PasskeySignIn, Some(Reason::RefusedByDirectory));
    assert!(reasons(&mfa).await.contains(&row));
}
