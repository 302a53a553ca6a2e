//! How passkeys are enrolled and revoked, and what they count for beside codes.

use std::sync::Arc;

use countersign::audit::{Event, Outcome};
use countersign::authenticator::{Label, Status};
use countersign::id::AuthenticatorId;
use countersign::port::store::{
    Authority, Change, Changed, Effected, Found, Gate, Read, Revocation, Settled, Store,
};
use countersign::throttle::Limits;

use crate::record::{codes, credential, mac};
use crate::{Person, Reply, World, generous};

/// At a login, of a change, and in what is shown.
pub async fn a_passkey_alone_demands_the_second_step<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let holdings = world.overview(&who.person).await.holdings;
    assert_eq!((holdings.passkeys, holdings.totp), (1, 0));
    assert_eq!((holdings.demanding(), holdings.backup_codes), (1, 10));
    let (pending, settled) = world.first_step(&who.person).await;
    assert_eq!(settled, Settled::Accepted(Effected::SecondStepDemanded));
    assert!(!world.lives(pending).await);
    let found = world.store.read(Read::Passkeys(who.person.key)).await;
    let Found::Passkeys(rows) = found.unwrap() else {
        panic!("no passkeys")
    };
    let of: Vec<_> = rows.iter().map(|one| (one.id, one.status)).collect();
    assert_eq!(of, [(who.passkey, Status::Active)]);
    let written = who.person.passkey(&world.random, world.now(), 5);
    assert_eq!(rows[0].transports, written.transports);
    assert_eq!((rows[0].sign_count, rows[0].last_used_at), (5, None));
    assert!(rows[0].backup_eligible && !rows[0].uv_initialized);
    world
        .done(Change::Rename {
            authority: Authority::Fresh(who.guard),
            user: who.person.key,
            authenticator: who.passkey,
            label: Label::parse("Key").unwrap(),
            audit: world.row(
                &who.person,
                Event::AuthenticatorRenamed,
                Outcome::Success,
                None,
            ),
        })
        .await;
    assert_eq!(world.overview(&who.person).await.passkeys[0].label, "Key");
}

/// Nobody else's, nor twice one's own; then anybody's again.
pub async fn a_credential_is_one_users_until_it_is_revoked<S: Store>(world: Arc<World<S>>) {
    let (alice, bob) = (world.keyed("alice").await, world.keyed("bob").await);
    let none = || codes(&world.random, world.now(), 1, 0);
    for who in [&alice, &bob] {
        let with = (alice.credential, world.challenge());
        let (change, _, _) = world.adding(&who.person, who.guard, with, none());
        assert_eq!(world.change(change).await, Changed::CredentialTaken);
        assert!(world.lives(who.guard.session).await);
        // A refused enrollment has not used its challenge.
        let with = (credential(&world.random), with.1);
        let (change, id, guard) = world.adding(&who.person, who.guard, with, none());
        assert_eq!(world.change(change).await, Changed::Done);
        assert!(!world.lives(who.guard.session).await && world.lives(guard.session).await);
        assert_eq!(world.revoke(&who.person, id).await, Changed::Done);
        assert_eq!(world.revoke(&who.person, id).await, Changed::NotFound);
    }
    let theirs = world.revoke(&bob.person, alice.passkey).await;
    assert_eq!(theirs, Changed::NotFound);
    let done = world.revoke(&alice.person, alice.passkey).await;
    assert_eq!(done, Changed::Done);
    let guard = world.sign_in(&alice.person, None).await;
    let with = (alice.credential, world.challenge());
    let set = codes(&world.random, world.now(), 2, 10);
    let (change, id, _) = world.adding(&alice.person, guard, with, set);
    assert_eq!(world.change(change).await, Changed::DoneWithBackupCodes);
    let open = world.presented(world.passkey(Gate::Open, alice.credential));
    assert_eq!(open.await.unwrap().passkey.unwrap().id, id);
}

/// A used or expired challenge, one that is not active, a session or codes that are not the user's.
pub async fn a_passkey_is_added_wholly_or_not_at_all<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let none = || codes(&world.random, world.now(), 1, 0);
    let new = || credential(&world.random);
    let used = world.challenge();
    let reply = world.try_passkey(&who, (used, 6)).await;
    assert_eq!(reply, Reply::Settled(Settled::Accepted(Effected::Done)));
    let mut over = world.challenge();
    over.expires_at = world.now();
    for challenge in [used, over] {
        let (change, _, _) = world.adding(&who.person, who.guard, (new(), challenge), none());
        assert_eq!(world.change(change).await, Changed::ChallengeUsed);
    }
    let fresh = world.challenge();
    let (mut change, _, _) = world.adding(&who.person, who.guard, (new(), fresh), none());
    if let Change::AddPasskey { passkey, .. } = &mut change {
        passkey.status = Status::Suspended;
    }
    assert_eq!(world.change(change).await, Changed::Conflict);
    let other = world.person("bob").await;
    let (mut change, _, _) = world.adding(&who.person, who.guard, (new(), fresh), none());
    if let Change::AddPasskey { session, .. } = &mut change {
        session.as_mut().unwrap().user = other.key;
    }
    assert_eq!(world.change(change).await, Changed::NotFresh);

    // There was a set when the ceremony was judged, and there is none at the commit.
    let guard = world.sign_in(&other, None).await;
    let (change, _, _) = world.adding(&other, guard, (new(), fresh), none());
    assert_eq!(world.change(change).await, Changed::Conflict);
    assert!(world.overview(&other).await.passkeys.is_empty());

    assert_eq!(world.overview(&who.person).await.passkeys.len(), 1);
    assert!(world.lives(who.guard.session).await);
    let before = world.count(Event::EnrollmentConfirmed).await;
    let (change, _, guard) = world.adding(&who.person, who.guard, (new(), fresh), none());
    assert_eq!(world.change(change).await, Changed::Done);
    assert_eq!(world.count(Event::EnrollmentConfirmed).await, before + 1);
    let (change, _, _) = world.adding(&who.person, guard, (new(), fresh), none());
    assert_eq!(world.change(change).await, Changed::ChallengeUsed);
}

/// A pending one among them, which could be confirmed any moment.
pub async fn a_user_has_at_most_twenty_of_all_kinds<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let mut guard = who.guard;
    let add = async |guard, expected| {
        let with = (credential(&world.random), world.challenge());
        let none = codes(&world.random, world.now(), 1, 0);
        let (change, _, successor) = world.adding(&who.person, guard, with, none);
        assert_eq!(world.change(change).await, expected);
        successor
    };
    for _ in 1..19 {
        guard = add(guard, Changed::Done).await;
    }
    world.begin(&who.person, guard).await;
    add(guard, Changed::TooMany).await;
    world.begin(&who.person, guard).await;
    world.pass(600);
    let guard = world.guard(guard.session);
    let stale = add(guard, Changed::NotFresh).await;
    assert!(!world.lives(stale.session).await);
    let mut guard = guard;
    guard.max_age = std::time::Duration::from_hours(1);
    let guard = add(guard, Changed::Done).await;
    add(guard, Changed::TooMany).await;
    let code = who.person.authenticator(&world.random, world.now());
    let changed = world
        .change(Change::BeginEnrollment {
            authority: Authority::Fresh(guard),
            authenticator: Box::new(code),
            audit: world.row(&who.person, Event::EnrollmentBegun, Outcome::Success, None),
        })
        .await;
    assert_eq!(changed, Changed::TooMany);
}

async fn left<S: Store>(world: &World<S>, person: &Person) -> u32 {
    world.overview(person).await.holdings.backup_codes
}

/// Whichever of the kinds it is.
pub async fn the_first_authenticator_brings_the_codes_and_the_last_voids_them<S: Store>(
    world: Arc<World<S>>,
) {
    for (name, passkey_first) in [("alice", true), ("bob", false)] {
        let who = world.enrolled(name).await;
        let with = (credential(&world.random), world.challenge());
        let more = codes(&world.random, world.now(), 2, 3);
        let (change, passkey, _) = world.adding(&who.person, who.guard, with, more);
        assert_eq!(world.change(change).await, Changed::Done);
        assert_eq!(left(&world, &who.person).await, 10, "there was a set");
        let (first, last) = if passkey_first {
            (passkey, who.authenticator)
        } else {
            (who.authenticator, passkey)
        };
        assert_eq!(world.revoke(&who.person, first).await, Changed::Done);
        assert_eq!(left(&world, &who.person).await, 10);
        assert_eq!(world.revoke(&who.person, last).await, Changed::Done);
        assert_eq!(left(&world, &who.person).await, 0);
        let (_, settled) = world.first_step(&who.person).await;
        assert_eq!(settled, Settled::Accepted(Effected::Done));
    }
}

/// All that are listed, of both kinds, and their credentials are free.
pub async fn a_reset_revokes_passkeys<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let reset = |ids: &[AuthenticatorId]| Change::Reset {
        user: who.person.key,
        revocations: ids
            .iter()
            .map(|id| Revocation {
                authenticator: *id,
                mac: mac(&world.random),
            })
            .collect(),
        now: world.now(),
        audit: world.row(&who.person, Event::UserReset, Outcome::Success, None),
    };
    assert_eq!(world.change(reset(&[])).await, Changed::Conflict);
    let code = world.begin(&who.person, who.guard).await;
    let partly = world.change(reset(&[who.passkey])).await;
    assert_eq!(partly, Changed::Conflict);
    world.done(reset(&[code, who.passkey])).await;
    let overview = world.overview(&who.person).await;
    assert!(overview.passkeys.is_empty() && overview.authenticators.is_empty());
    let (_, settled) = world.first_step(&who.person).await;
    assert_eq!(settled, Settled::Accepted(Effected::Done));
    let bob = world.keyed("bob").await;
    let with = (who.credential, world.challenge());
    let none = codes(&world.random, world.now(), 1, 0);
    let (change, _, _) = world.adding(&bob.person, bob.guard, with, none);
    assert_eq!(world.change(change).await, Changed::Done);
}

/// The way in that stays open.
pub async fn failures_of_codes_suspend_no_passkey<S: Store>(world: Arc<World<S>>) {
    let mut enrolled = world.enrolled("alice").await;
    let with = (credential(&world.random), world.challenge());
    let none = codes(&world.random, world.now(), 1, 0);
    let (change, passkey, guard) = world.adding(&enrolled.person, enrolled.guard, with, none);
    assert_eq!(world.change(change).await, Changed::Done);
    enrolled.guard = guard;
    let mut admit = world.code(Gate::User(enrolled.person.key));
    admit.limits = Limits {
        consecutive: 1,
        ..generous()
    };
    world.try_code(&enrolled.person, admit, None).await;
    let holdings = world.overview(&enrolled.person).await.holdings;
    assert_eq!((holdings.passkeys, holdings.suspended), (1, 1));
    let who = crate::Keyed {
        person: enrolled.person,
        passkey,
        credential: with.0,
        guard,
    };
    let reply = world.try_passkey(&who, (world.challenge(), 6)).await;
    assert_eq!(reply, Reply::Settled(Settled::Accepted(Effected::Done)));
    // Suspended, it demands the second step still.
    assert_eq!(world.revoke(&who.person, passkey).await, Changed::Done);
    let holdings = world.overview(&who.person).await.holdings;
    assert_eq!((holdings.demanding(), holdings.backup_codes), (1, 10));
}

/// A server that began when the realm had another one enrolls nothing more, and the first passkey fixes
/// it where nobody did.
pub async fn a_passkey_is_of_the_realms_rp_id<S: Store>(world: Arc<World<S>>) {
    let fix = |rp_id: &str| Change::FixRpId {
        realm: countersign::realm::RealmId::default(),
        rp_id: rp_id.to_owned(),
    };
    let alice = world.keyed("alice").await;
    assert_eq!(world.change(fix("localhost")).await, Changed::Conflict);
    let gone = world.revoke(&alice.person, alice.passkey).await;
    assert_eq!(gone, Changed::Done);
    world.done(fix("localhost")).await;
    let bob = world.person("bob").await;
    let guard = world.sign_in(&bob, None).await;
    let with = (credential(&world.random), world.challenge());
    let set = codes(&world.random, world.now(), 1, 10);
    let (change, _, _) = world.adding(&bob, guard, with, set);
    assert_eq!(world.change(change).await, Changed::Conflict);
    let overview = world.overview(&bob).await;
    assert!(overview.passkeys.is_empty() && overview.backup_set.is_none());
}

/// Another one would lose them all.
pub async fn an_rp_id_is_fixed_while_there_are_passkeys<S: Store>(world: Arc<World<S>>) {
    let fix = |rp_id: &str| Change::FixRpId {
        realm: countersign::realm::RealmId::default(),
        rp_id: rp_id.to_owned(),
    };
    for rp_id in ["localhost", "localhost", "example.com"] {
        world.done(fix(rp_id)).await;
    }
    let who = world.keyed("alice").await;
    world.done(fix("example.com")).await;
    assert_eq!(world.change(fix("localhost")).await, Changed::Conflict);
    let elsewhere = Change::FixRpId {
        realm: countersign::realm::RealmId::parse("other").unwrap(),
        rp_id: "localhost".to_owned(),
    };
    world.done(elsewhere).await;
    assert_eq!(world.revoke(&who.person, who.passkey).await, Changed::Done);
    world.done(fix("localhost")).await;
}
