//! Changes need a fresh proof (rule 7): fresh, at the strongest level, of a session that is the user's
//! own and not over.

use std::sync::Arc;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::authenticator::Label;
use countersign::port::store::{
    Admit, Authority, Change, Changed, Effect, Gate, Guard, Judged, Revocation, SettleKind,
    Settled, Store,
};
use countersign::realm::RealmId;

use crate::record::{challenge, codes, credential, mac, sealed};
use crate::world::{Enrolled, opened};
use crate::{Reply, World};

/// Every change of this user's that takes a guard.
fn guarded<S: Store>(world: &World<S>, who: &Enrolled, guard: Guard) -> Vec<Change> {
    let (user, authenticator) = (who.person.key, who.authenticator);
    let now = world.now();
    let audit = || world.row(&who.person, Event::Started, Outcome::Success, None);
    vec![
        Change::BeginEnrollment {
            authority: Authority::Fresh(guard),
            authenticator: Box::new(who.person.authenticator(&world.random, now)),
            audit: audit(),
        },
        Change::AddPasskey {
            authority: Authority::Fresh(guard),
            now,
            challenge: challenge(&world.random, now),
            passkey: Box::new(who.person.passkey(&world.random, now, 0)),
            rp: (RealmId::default(), "example.com".to_owned()),
            credential: credential(&world.random),
            session: Some(who.person.session(&world.random, now, Level::Aal2)),
            backup_codes: codes(&world.random, now, 50, 10),
            audit: audit(),
        },
        Change::Rename {
            authority: Authority::Fresh(guard),
            user,
            authenticator,
            label: Label::parse("New").unwrap(),
            audit: audit(),
        },
        Change::Revoke {
            keep_last: false,
            authority: Authority::Fresh(guard),
            user,
            revocation: Revocation {
                authenticator,
                mac: mac(&world.random),
            },
            now,
            audit: audit(),
        },
        Change::ReplaceBackupCodes {
            authority: Authority::Fresh(guard),
            user,
            codes: codes(&world.random, now, 50, 10),
            now,
            audit: audit(),
        },
        Change::EndSession {
            guard,
            user,
            session: who.person.session(&world.random, now, Level::Aal1).id,
            audit: audit(),
        },
        Change::EndOtherSessions {
            guard,
            user,
            session: who.person.session(&world.random, now, Level::Aal2),
            audit: audit(),
        },
    ]
}

async fn all_refused<S: Store>(world: &World<S>, who: &Enrolled, guard: Guard) {
    for (index, change) in guarded(world, who, guard).into_iter().enumerate() {
        assert_eq!(
            world.change(change).await,
            Changed::NotFresh,
            "change {index}"
        );
    }
    assert_eq!(world.count(Event::Started).await, 0);
}

/// Five minutes, and no millisecond more.
pub async fn a_stale_session_changes_nothing<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    world.pass(300);
    world
        .begin(&who.person, world.guard(who.guard.session))
        .await;
    world.clock.advance(std::time::Duration::from_millis(1));
    all_refused(&world, &who, world.guard(who.guard.session)).await;
}

/// The password alone, of a user who has a second factor.
pub async fn a_weak_session_changes_nothing<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let weak = world.sign_in(&person, None).await;
    let strong = world.sign_in(&person, None).await;
    let id = world.begin(&person, strong).await;
    let set = codes(&world.random, world.now(), 1, 10);
    let (_, guard) = world
        .confirm(&person, strong.session, (id, 1000), set)
        .await;
    assert!(world.lives(weak.session).await, "others stay as they were");
    let who = Enrolled {
        person,
        authenticator: id,
        guard,
        backup: Vec::new(),
    };
    all_refused(&world, &who, weak).await;
}

/// Signed out, superseded, expired, disabled, or never there.
pub async fn an_ended_session_changes_nothing<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    all_refused(&world, &who, world.guard(world.token())).await;
    let mut late = who.guard;
    late.max_age = std::time::Duration::from_hours(100);
    late.now = late.now.plus(std::time::Duration::from_hours(1));
    all_refused(&world, &who, late).await;
    world
        .done(Change::SignOut {
            session: who.guard.session,
            now: world.now(),
            audit: world.row(&who.person, Event::SessionEnded, Outcome::Success, None),
        })
        .await;
    all_refused(&world, &who, who.guard).await;
}

/// A proof is of one person.
pub async fn somebody_elses_session_changes_nothing<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let other = world.enrolled("bob").await;
    all_refused(&world, &who, other.guard).await;
}

/// A user's own new password, by the old one, needs the proof as well; with it, all else ends.
pub async fn an_own_new_password_needs_its_guard<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let other = world
        .sign_in(&who.person, Some((who.authenticator, 2000)))
        .await;
    let gate = Gate::Session(who.guard.session);
    for (seconds, fresh) in [(301, false), (0, true)] {
        let mut admit = world.password(&who.person);
        admit.gate = gate;
        opened(world.admit(Admit::Password(admit)).await).unwrap();
        let of = (admit.attempt, SettleKind::Password);
        let mut settle = world.settlement(&who.person, of, gate, Judged::Match(Vec::new()));
        let successor = who.person.session(&world.random, world.now(), Level::Aal2);
        let hash = successor.hash;
        let mut guard = who.guard;
        guard.now = guard.now.plus(std::time::Duration::from_secs(seconds));
        settle.effect = Effect::SetPassword {
            guard,
            hash: sealed(&world.random),
            version: 2,
            session: successor,
        };
        let reply = Reply::Settled(world.settle(settle).await);
        let accepted = matches!(reply, Reply::Settled(Settled::Accepted(_)));
        assert_eq!(accepted, fresh, "{reply:?}");
        assert_eq!(world.lives(hash).await, fresh);
        assert_eq!(world.lives(other.session).await, !fresh);
        assert_eq!(world.lives(who.guard.session).await, !fresh);
        let version = world.overview(&who.person).await.user.password_version;
        assert_eq!(version, if fresh { 2 } else { 1 });
    }
}
