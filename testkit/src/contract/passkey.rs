//! Assertions: a challenge is answered once, by an active passkey, of whom it is.

use std::sync::Arc;
use std::time::Duration;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::port::store::{
    Admit, Change, Changed, Consumption, Effect, Effected, Gate, Judged, SettleKind, Settled, Store,
};

use crate::record::{browser, credential};
use crate::world::opened;
use crate::{Reply, World};

const ACCEPTED: Settled = Settled::Accepted(Effected::Done);

/// A hundred times, 64 answers to one challenge, also where the counter tells nothing: one is
/// accepted, the others are told so.
pub async fn a_challenge_is_accepted_once_among_64<S: Store>(world: Arc<World<S>>) {
    let who = Arc::new(world.keyed("alice").await);
    for round in 0..100 {
        let challenge = world.challenge();
        let sign_count = if round % 2 == 0 { 0 } else { 5 + round };
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (world, who) = (Arc::clone(&world), Arc::clone(&who));
            tasks.spawn(async move { world.try_passkey(&who, (challenge, sign_count)).await });
        }
        let replies = tasks.join_all().await;
        let many = |reply| replies.iter().filter(|one| **one == reply).count();
        assert_eq!(many(Reply::Settled(ACCEPTED)), 1, "round {round}");
        let used = many(Reply::Settled(Settled::AlreadyUsed));
        assert_eq!(used, 63, "round {round}: {replies:?}");
    }
}

/// To the millisecond, by the moment of the settlement.
pub async fn a_challenge_is_good_for_its_time_only<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let (first, second) = (world.challenge(), world.challenge());
    world.clock.advance(Duration::from_millis(299_999));
    let reply = world.try_passkey(&who, (first, 6)).await;
    assert_eq!(reply, Reply::Settled(ACCEPTED));
    world.clock.advance(Duration::from_millis(1));
    let reply = world.try_passkey(&who, (second, 7)).await;
    assert_eq!(reply, Reply::Settled(Settled::Changed));
    assert_eq!(world.overview(&who.person).await.passkeys[0].sign_count, 6);
}

/// An answer that was admitted in time may be settled after a purge: it must find the use.
pub async fn the_use_of_a_challenge_is_remembered_longer_than_it_is_good<S: Store>(
    world: Arc<World<S>>,
) {
    let who = world.keyed("alice").await;
    let challenge = world.challenge();
    let reply = world.try_passkey(&who, (challenge, 6)).await;
    assert_eq!(reply, Reply::Settled(ACCEPTED));
    world.clock.advance(Duration::from_millis(299_999));
    let admit = world.passkey(Gate::User(who.person.key), who.credential);
    world.presented(admit).await.unwrap();
    let late = world.asserted(&who, admit, (challenge, 7), Effect::None);
    let purge = async |seconds| {
        let now = challenge.expires_at.plus(Duration::from_secs(seconds));
        world.change(Change::Purge { now, most: 1000 }).await
    };
    purge(0).await;
    assert_eq!(world.settle(late).await, Settled::AlreadyUsed);
    // An hour later it is removed; a clock that was ahead comes back, and nothing is good again.
    purge(3600).await;
    let reply = world.try_passkey(&who, (challenge, 8)).await;
    assert_eq!(reply, Reply::Settled(Settled::AlreadyUsed));
    let mut later = world.challenge();
    later.expires_at = challenge.expires_at.plus(Duration::from_millis(1));
    let reply = world.try_passkey(&who, (later, 9)).await;
    assert_eq!(reply, Reply::Settled(ACCEPTED));
    // A passkey that was not used then has nothing to be mistaken for.
    let other = world.keyed("bob").await;
    let mut earlier = world.challenge();
    earlier.expires_at = challenge.expires_at;
    let reply = world.try_passkey(&other, (earlier, 6)).await;
    assert_eq!(reply, Reply::Settled(ACCEPTED));
}

/// The passkey that it was judged by is over, and the challenge is not used by that.
pub async fn a_passkey_revoked_in_between_refuses<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let admit = world.passkey(Gate::Open, who.credential);
    let open = world.presented(admit).await.unwrap();
    assert_eq!(open.passkey.unwrap().id, who.passkey);
    let effect = world.beginning(&who.person);
    let settle = world.asserted(&who, admit, (world.challenge(), 6), effect);
    assert_eq!(world.revoke(&who.person, who.passkey).await, Changed::Done);
    assert_eq!(world.settle(settle).await, Settled::Changed);
    let open = world
        .presented(world.passkey(Gate::Open, who.credential))
        .await;
    let open = open.unwrap();
    assert!(open.user.is_none() && open.passkey.is_none());
}

/// Neither without the other; and what fails consumes neither.
pub async fn a_passkey_and_its_challenge_are_consumed_together<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let gate = Gate::User(who.person.key);
    let challenge = world.challenge();
    let assertion = Consumption::Assertion {
        authenticator: who.passkey,
        judged_at: None,
        sign_count: 9,
        backup_state: false,
        uv_initialized: false,
    };
    let other = Consumption::Assertion {
        authenticator: world.enrolled("bob").await.authenticator,
        judged_at: None,
        sign_count: 9,
        backup_state: false,
        uv_initialized: false,
    };
    let used = Consumption::Challenge(challenge);
    for consumptions in [
        vec![],
        vec![used],
        vec![assertion],
        vec![used, used],
        vec![assertion, assertion],
        vec![used, assertion, assertion],
        vec![used, other],
    ] {
        let admit = world.passkey(gate, who.credential);
        world.presented(admit).await.unwrap();
        let of = (admit.attempt, SettleKind::Passkey);
        let judged = Judged::Match(consumptions.clone());
        let settle = world.settlement(&who.person, of, gate, judged);
        assert_eq!(
            world.settle(settle).await,
            Settled::Changed,
            "{consumptions:?}"
        );
    }
    assert_eq!(world.overview(&who.person).await.passkeys[0].sign_count, 5);
    let reply = world.try_passkey(&who, (challenge, 6)).await;
    assert_eq!(reply, Reply::Settled(ACCEPTED), "it was not used");
}

/// Its user as they are, disabled too; a credential that is nobody's names nobody.
pub async fn a_credential_names_its_user_at_an_open_gate<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let nobody = world.passkey(Gate::Open, credential(&world.random));
    let open = world.presented(nobody).await.unwrap();
    assert!(open.user.is_none() && open.passkey.is_none());
    for enabled in [true, false] {
        world
            .done(Change::SetEnabled {
                user: who.person.key,
                enabled,
                now: world.now(),
                audit: world.row(&who.person, Event::UserUpdated, Outcome::Success, None),
            })
            .await;
        let admit = world.passkey(Gate::Open, who.credential);
        let open = world.presented(admit).await.unwrap();
        let user = open.user.unwrap();
        assert_eq!((user.key, user.enabled), (who.person.key, enabled));
        assert_eq!(open.passkey.unwrap().id, who.passkey);
        assert_eq!((open.demanding, open.known), (1, false));
        let effect = world.beginning(&who.person);
        let settle = world.asserted(&who, admit, (world.challenge(), 6), effect);
        let accepted = world.settle(settle).await == ACCEPTED;
        assert_eq!(accepted, enabled);
    }
}

/// Nor is it accepted there, whatever the caller says.
pub async fn somebody_elses_passkey_is_none_at_a_pending_login<S: Store>(world: Arc<World<S>>) {
    let (alice, bob) = (world.keyed("alice").await, world.keyed("bob").await);
    let (pending, _) = world.first_step(&bob.person).await;
    let admit = world.passkey(Gate::Pending(pending), alice.credential);
    let open = world.presented(admit).await.unwrap();
    assert_eq!(open.user.unwrap().key, bob.person.key);
    assert!(open.passkey.is_none());
    let effect = Effect::OpenSession {
        session: bob.person.session(&world.random, world.now(), Level::Aal2),
        known: None,
    };
    let mut settle = world.asserted(&alice, admit, (world.challenge(), 6), effect);
    settle.user = Some(bob.person.key);
    assert_eq!(world.settle(settle).await, Settled::Changed);
}

/// A session begins by a passkey alone: not by a password, not beside what a gate stands for.
pub async fn a_login_alone_is_a_passkeys_at_an_open_gate<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let password = world.password(&who.person);
    opened(world.admit(Admit::Password(password)).await).unwrap();
    let of = (password.attempt, SettleKind::Password);
    let mut settle = world.settlement(&who.person, of, Gate::Open, Judged::Match(Vec::new()));
    settle.effect = world.beginning(&who.person);
    assert_eq!(world.settle(settle).await, Settled::Changed);

    let (pending, _) = world.first_step(&who.person).await;
    for gate in [
        Gate::Pending(pending),
        Gate::Session(who.guard.session),
        Gate::User(who.person.key),
    ] {
        let admit = world.passkey(gate, who.credential);
        world.presented(admit).await.unwrap();
        let effect = world.beginning(&who.person);
        let settle = world.asserted(&who, admit, (world.challenge(), 6), effect);
        assert_eq!(world.settle(settle).await, Settled::Changed, "{gate:?}");
    }

    let admit = world.passkey(Gate::Open, who.credential);
    world.presented(admit).await.unwrap();
    let session = who.person.session(&world.random, world.now(), Level::Aal2);
    let (hash, cookie) = (session.hash, browser(&world.random, world.now()));
    let known = Some(cookie);
    let effect = Effect::BeginSession { session, known };
    let settle = world.asserted(&who, admit, (world.challenge(), 6), effect);
    assert_eq!(world.settle(settle).await, ACCEPTED);
    assert!(world.lives(hash).await);
    let mut again = world.passkey(Gate::Open, who.credential);
    again.known = Some(cookie.hash);
    assert!(world.presented(again).await.unwrap().known);
}

/// A pending login is used up, a session goes on, the host's own step opens nothing.
pub async fn a_passkey_opens_what_its_gate_is_for<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let (pending, _) = world.first_step(&who.person).await;
    let (user, session) = (Gate::User(who.person.key), Gate::Session(who.guard.session));
    let pending = Gate::Pending(pending);
    let open = || Effect::OpenSession {
        session: who.person.session(&world.random, world.now(), Level::Aal2),
        known: None,
    };
    let raise = || Effect::RaiseSession {
        session: who.person.session(&world.random, world.now(), Level::Aal2),
        only_without_mfa: false,
    };
    for (gate, effect, settled) in [
        (Gate::Open, Effect::None, Settled::Changed),
        (Gate::Open, open(), Settled::Changed),
        (Gate::Open, raise(), Settled::Changed),
        (user, open(), Settled::Changed),
        (user, raise(), Settled::Changed),
        (pending, Effect::None, Settled::Changed),
        (pending, raise(), Settled::Changed),
        (session, Effect::None, Settled::Changed),
        (session, open(), Settled::Changed),
        (session, Effect::AcknowledgeBackupCodes, Settled::Changed),
        (user, Effect::None, ACCEPTED),
        (pending, open(), ACCEPTED),
        (session, raise(), ACCEPTED),
    ] {
        let admit = world.passkey(gate, who.credential);
        world.presented(admit).await.unwrap();
        let settle = world.asserted(&who, admit, (world.challenge(), 0), effect);
        assert_eq!(world.settle(settle).await, settled, "{gate:?}");
    }
    for gate in [pending, session] {
        let reply = world.presented(world.passkey(gate, who.credential)).await;
        assert_eq!(reply.err(), Some(Reply::Gone), "{gate:?}");
    }
}

/// Two answers judged by one counter: one of them may be a copy's. The counter of the second would tell,
/// had it been judged after the first.
pub async fn a_counter_that_moved_on_refuses<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let mut settles = Vec::new();
    for sent in [6, 6, 7] {
        let admit = world.passkey(Gate::User(who.person.key), who.credential);
        let open = world.presented(admit).await.unwrap();
        let judged_at = open.passkey.map(|row| row.sign_count);
        assert_eq!(judged_at, Some(5));
        let mut settle = world.asserted(&who, admit, (world.challenge(), sent), Effect::None);
        if let Judged::Match(consumptions) = &mut settle.judged {
            consumptions[1] = Consumption::Assertion {
                authenticator: who.passkey,
                judged_at,
                sign_count: sent,
                backup_state: true,
                uv_initialized: true,
            };
        }
        settles.push(settle);
    }
    let mut settled = Vec::new();
    for settle in settles {
        settled.push(world.settle(settle).await);
    }
    assert_eq!(settled, [ACCEPTED, Settled::Changed, Settled::Changed]);
    let row = &world.overview(&who.person).await.passkeys[0];
    assert_eq!(row.sign_count, 6);
}

/// Nor is shown verification forgotten; what it says of its backup is as it said last.
pub async fn a_counter_never_goes_down<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    for (sent, kept, shown) in [(3, 5, false), (9, 9, true), (0, 9, false), (10, 10, false)] {
        world.pass(1);
        let admit = world.passkey(Gate::User(who.person.key), who.credential);
        world.presented(admit).await.unwrap();
        let mut settle = world.asserted(&who, admit, (world.challenge(), sent), Effect::None);
        if let Judged::Match(consumptions) = &mut settle.judged {
            consumptions[1] = Consumption::Assertion {
                authenticator: who.passkey,
                judged_at: None,
                sign_count: sent,
                backup_state: shown,
                uv_initialized: shown,
            };
        }
        assert_eq!(world.settle(settle).await, ACCEPTED);
        let row = &world.overview(&who.person).await.passkeys[0];
        assert_eq!(row.sign_count, kept);
        assert_eq!((row.backup_state, row.uv_initialized), (shown, kept > 5));
        assert_eq!(row.last_used_at, Some(world.now()));
    }
}

/// It cannot be guessed: no number of failures refuses the next. Each attempt ends once.
pub async fn a_passkey_is_not_counted_and_settled_once<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let gate = Gate::User(who.person.key);
    for _ in 0..150 {
        let admit = world.passkey(gate, who.credential);
        world.presented(admit).await.unwrap();
        let of = (admit.attempt, SettleKind::Passkey);
        let wrong = world.settlement(&who.person, of, gate, Judged::NoMatch);
        assert_eq!(world.settle(wrong).await, Settled::Refused);
        let again = world.asserted(&who, admit, (world.challenge(), 6), Effect::None);
        assert_eq!(world.settle(again).await, Settled::Changed);
    }
    let reply = world.try_passkey(&who, (world.challenge(), 6)).await;
    assert_eq!(reply, Reply::Settled(ACCEPTED));
    let admit = world.code(gate);
    let of_another = opened(world.admit(Admit::Code(admit)).await);
    assert!(of_another.is_ok(), "codes have their own window");
    let as_a_passkey = world.passkey(gate, who.credential);
    let mut settle = world.asserted(&who, as_a_passkey, (world.challenge(), 7), Effect::None);
    settle.attempt = admit.attempt;
    assert_eq!(world.settle(settle).await, Settled::Changed);
}
