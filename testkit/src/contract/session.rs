//! Sessions: what makes them go on, what ends them, and what ends with them.

use std::sync::Arc;
use std::time::Duration;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::port::store::{
    Admit, Change, Changed, Effect, Effected, Gate, Judged, Purpose, SettleKind, Settled, Store,
};
use countersign::session::SessionRecord;

use super::change::assert_over;
use crate::record::sealed;
use crate::world::{opened, step};
use crate::{Reply, World};

const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));

/// The session id is new at every change of privilege, and the old one is over.
pub async fn a_raised_session_ends_the_old_one<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::Session(who.guard.session);
    let successor = who.person.session(&world.random, world.now(), Level::Aal2);
    let hash = successor.hash;
    let mut settles = Vec::new();
    for at in [2000, 2001] {
        let admit = world.code(gate);
        opened(world.admit(Admit::Code(admit)).await).unwrap();
        let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
        let right = Judged::Match(vec![step(who.authenticator, at)]);
        let mut settle = world.settlement(&who.person, of, gate, right);
        settle.effect = Effect::RaiseSession {
            session: successor.clone(),
            only_without_mfa: false,
        };
        settles.push(settle);
    }
    let second = settles.pop().unwrap();
    let first = settles.pop().unwrap();
    assert_eq!(world.settle(first).await, Settled::Accepted(Effected::Done));
    assert!(!world.lives(who.guard.session).await);
    assert!(world.lives(hash).await);
    assert_eq!(
        world.settle(second).await,
        Settled::Changed,
        "its session went on already"
    );
}

/// A child neither outlives its parent nor is left behind when that goes on.
pub async fn a_session_ends_with_its_children<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let other = world
        .sign_in(&who.person, Some((who.authenticator, 2000)))
        .await;
    let (pending, _) = world.first_step(&who.person).await;
    let child = SessionRecord {
        parent: Some(other.session),
        ..who.person.session(&world.random, world.now(), Level::Aal2)
    };
    let hash = child.hash;
    let right = (who.authenticator, 2001);
    assert_eq!(
        world.second_step(&who.person, pending, right, child).await,
        ACCEPTED
    );
    assert!(world.lives(hash).await);
    let session = other.session;
    let audit = world.row(&who.person, Event::SessionEnded, Outcome::Success, None);
    let now = world.now();
    world
        .done(Change::SignOut {
            session,
            now,
            audit,
        })
        .await;
    assert!(!world.lives(hash).await);
    assert!(world.lives(who.guard.session).await);
}

/// All sessions, pending logins and known browsers but the one that asked, which is new.
pub async fn ending_the_others_leaves_one<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let cookie = world.known_browser(&who, 2000).await;
    let (pending, _) = world.first_step(&who.person).await;
    let session = who.person.session(&world.random, world.now(), Level::Aal2);
    let hash = session.hash;
    world
        .done(Change::EndOtherSessions {
            guard: who.guard,
            user: who.person.key,
            session,
            audit: world.row(&who.person, Event::SessionsEnded, Outcome::Success, None),
        })
        .await;
    assert_eq!(world.overview(&who.person).await.sessions.len(), 1);
    assert!(world.lives(hash).await);
    assert_over(&world, &who, pending, cookie).await;
}

/// An operator's new password.
pub async fn a_new_password_ends_what_was_open<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let cookie = world.known_browser(&who, 2000).await;
    let (pending, _) = world.first_step(&who.person).await;
    let new = |version| Change::SetPassword {
        user: who.person.key,
        hash: sealed(&world.random),
        version,
        now: world.now(),
        audit: world.row(&who.person, Event::PasswordChanged, Outcome::Success, None),
    };
    assert_eq!(world.change(new(3)).await, Changed::Conflict);
    assert!(world.lives(who.guard.session).await);
    world.done(new(2)).await;
    assert_eq!(world.change(new(2)).await, Changed::Conflict);
    assert!(world.overview(&who.person).await.sessions.is_empty());
    assert_over(&world, &who, pending, cookie).await;
}

/// And enabling brings nothing back.
pub async fn disabling_ends_what_was_open<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let (pending, _) = world.first_step(&who.person).await;
    for enabled in [false, true] {
        world
            .done(Change::SetEnabled {
                user: who.person.key,
                enabled,
                now: world.now(),
                audit: world.row(&who.person, Event::UserUpdated, Outcome::Success, None),
            })
            .await;
        assert!(!world.lives(who.guard.session).await);
        let reply = world
            .try_code(&who.person, world.code(Gate::Pending(pending)), None)
            .await;
        assert_eq!(reply, Reply::Gone);
        let reply = world
            .try_code(
                &who.person,
                world.code(Gate::User(who.person.key)),
                Some((who.authenticator, 2000)),
            )
            .await;
        assert_eq!(reply == ACCEPTED, enabled, "{reply:?}");
    }
}

/// Seen earlier is not seen; an end is never brought forward, and what is over stays over.
pub async fn a_session_is_never_seen_backwards<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let session = who.guard.session;
    let touch = |now, minutes: u64| Change::TouchSession {
        session,
        now,
        idle_expires_at: world.now().plus(Duration::from_mins(minutes)),
    };
    let later = world.now().plus(Duration::from_mins(10));
    world.done(touch(later, 120)).await;
    world.done(touch(world.now(), 1)).await;
    let sessions = world.overview(&who.person).await.sessions;
    let seen = sessions.iter().find(|one| one.hash == session).unwrap();
    assert_eq!(seen.last_seen_at, later);
    assert_eq!(
        seen.idle_expires_at,
        world.now().plus(Duration::from_hours(2))
    );
    world.pass(7200);
    world.done(touch(world.now(), 60)).await;
    assert!(!world.lives(session).await);
}
