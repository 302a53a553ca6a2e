//! The proof of a verification: granted to an application, used up by one change of that user's.

use std::sync::Arc;
use std::time::Duration;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::authenticator::Label;
use countersign::port::store::{
    Admit, Change, Changed, Effect, Effected, Gate, Judged, Purpose, Revocation, SettleKind,
    Settled, Store,
};
use countersign::session::TokenHash;

use crate::World;
use crate::record::{browser, codes, mac};
use crate::world::{Enrolled, opened, step};

/// Everything that takes a proof, each with this one.
fn taking<S: Store>(world: &World<S>, who: &Enrolled, proof: Option<TokenHash>) -> Vec<Change> {
    let (user, now, authority) = (who.person.key, world.now(), world.voucher(proof));
    let audit = || world.row(&who.person, Event::Started, Outcome::Success, None);
    vec![
        world.beginning_enrollment(&who.person, authority),
        world.beginning_passkey(&who.person, authority).0,
        Change::Rename {
            authority,
            user,
            authenticator: who.authenticator,
            label: Label::parse("New").unwrap(),
            audit: audit(),
        },
        Change::ReplaceBackupCodes {
            authority,
            user,
            codes: codes(&world.random, now, 50, 10),
            now,
            audit: audit(),
        },
        Change::Revoke {
            keep_last: false,
            authority,
            user,
            revocation: Revocation {
                authenticator: who.authenticator,
                mac: mac(&world.random),
            },
            now,
            audit: audit(),
        },
    ]
}

async fn all_refused<S: Store>(world: &World<S>, who: &Enrolled, proof: Option<TokenHash>) {
    let rows = world.events().await.len();
    for (index, change) in taking(world, who, proof).into_iter().enumerate() {
        let changed = world.change(change).await;
        assert_eq!(changed, Changed::NotFresh, "change {index}");
    }
    assert_eq!(world.events().await.len(), rows);
}

/// Each of the changes that take one, with one of its own, which no other takes after it.
pub async fn a_proof_is_used_once<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for at in 0..5 {
        let proof = world.proof(&who, 2000 + at).await;
        let mut changes = taking(&world, &who, Some(proof));
        let index = usize::try_from(at).unwrap();
        world.done(changes.swap_remove(index)).await;
        if index < 4 {
            all_refused(&world, &who, Some(proof)).await;
        }
    }
}

/// Of many changes at once that bring one proof, one is done.
pub async fn a_proof_is_used_once_among_64<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let proof = world.proof(&who, 2000).await;
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let change = world.beginning_enrollment(&who.person, world.voucher(Some(proof)));
        let world = Arc::clone(&world);
        tasks.push(tokio::spawn(async move { world.change(change).await }));
    }
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap() {
            Changed::Done => done += 1,
            other => assert_eq!(other, Changed::NotFresh),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(world.count(Event::EnrollmentBegun).await, 2);
}

/// None at all, one of nobody's, somebody else's: each still good where it belongs.
pub async fn a_proof_is_one_users<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let other = world.enrolled("bob").await;
    let theirs = world.proof(&other, 2000).await;
    for proof in [None, Some(world.token()), Some(theirs)] {
        all_refused(&world, &who, proof).await;
    }
    let change = world.beginning_enrollment(&other.person, world.voucher(Some(theirs)));
    world.done(change).await;
}

/// Five minutes, to the millisecond.
pub async fn a_proof_is_good_for_its_time_only<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let (over, good) = (world.proof(&who, 2000).await, world.proof(&who, 2001).await);
    world.clock.advance(Duration::from_millis(299_999));
    let change = world.beginning_enrollment(&who.person, world.voucher(Some(good)));
    world.done(change).await;
    world.clock.advance(Duration::from_millis(1));
    all_refused(&world, &who, Some(over)).await;
}

/// The change came to nothing, so the proof is good for another.
pub async fn a_refused_change_uses_no_proof<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let proof = world.proof(&who, 2000).await;
    let authority = world.voucher(Some(proof));
    let (user, now) = (who.person.key, world.now());
    let audit = || world.row(&who.person, Event::Started, Outcome::Success, None);
    let authenticator = world.beginning_passkey(&who.person, authority).1;
    let unknown = Change::Rename {
        authority,
        user,
        authenticator,
        label: Label::parse("New").unwrap(),
        audit: audit(),
    };
    assert_eq!(world.change(unknown).await, Changed::NotFound);
    let taken = Change::ReplaceBackupCodes {
        authority,
        user,
        codes: codes(&world.random, now, 1, 10),
        now,
        audit: audit(),
    };
    assert_eq!(world.change(taken).await, Changed::Conflict);
    world
        .done(world.beginning_enrollment(&who.person, authority))
        .await;
    all_refused(&world, &who, Some(proof)).await;
}

/// A new password, a reset, an end to all sessions: what was proved before counts for nothing after.
pub async fn what_ends_sessions_ends_proofs<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let disable = |enabled| Change::SetEnabled {
        user: who.person.key,
        enabled,
        now: world.now(),
        audit: world.row(&who.person, Event::UserUpdated, Outcome::Success, None),
    };
    let proof = world.proof(&who, 2000).await;
    let (begin, id) = world.beginning_passkey(&who.person, world.word());
    world.done(begin).await;
    world.done(disable(false)).await;
    world.done(disable(true)).await;
    all_refused(&world, &who, Some(proof)).await;
    let none = codes(&world.random, world.now(), 1, 0);
    let add = world.adding_begun(&who.person, id, world.challenge(), none);
    assert_eq!(world.change(add).await, Changed::NotFresh);
}

/// At the gate of an application's user, and by what proves a second factor. It remembers the device.
pub async fn a_proof_is_granted_at_an_applications_gate_only<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let (session, user) = (Gate::Session(who.guard.session), Gate::User(who.person.key));
    let grant = || world.granting();

    let admit = world.code(session);
    opened(world.admit(Admit::Code(admit)).await).unwrap();
    let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
    let right = Judged::Match(vec![step(who.authenticator, 2000)]);
    let mut settle = world.settlement(&who.person, of, session, right);
    settle.effect = grant().1;
    assert_eq!(world.settle(settle).await, Settled::Changed);

    let mut admit = world.password(&who.person);
    admit.gate = user;
    opened(world.admit(Admit::Password(admit)).await).unwrap();
    let of = (admit.attempt, SettleKind::Password);
    let mut settle = world.settlement(&who.person, of, user, Judged::Match(Vec::new()));
    settle.effect = grant().1;
    assert_eq!(world.settle(settle).await, Settled::Changed);

    let admit = world.backup_code(user, 0);
    opened(world.admit(Admit::BackupCode(admit)).await).unwrap();
    let of = (admit.attempt, SettleKind::BackupCode);
    let mut settle = world.settlement(&who.person, of, user, Judged::Match(Vec::new()));
    settle.effect = grant().1;
    assert_eq!(world.settle(settle).await, Settled::Changed, "typed back");

    let admit = world.backup_code(user, 1);
    opened(world.admit(Admit::BackupCode(admit)).await).unwrap();
    let of = (admit.attempt, SettleKind::BackupCode);
    let spent = countersign::port::store::Consumption::BackupCode {
        code: who.backup[1],
        version: 1,
    };
    let mut settle = world.settlement(&who.person, of, user, Judged::Match(vec![spent]));
    let (proof, mut effect) = grant();
    let device = browser(&world.random, world.now());
    if let Effect::Grant { known, .. } = &mut effect {
        *known = Some(device);
    }
    settle.effect = effect;
    let settled = world.settle(settle).await;
    assert_eq!(settled, Settled::Accepted(Effected::Done));
    let change = world.beginning_enrollment(&who.person, world.voucher(Some(proof)));
    world.done(change).await;
    let mut admit = world.code(user);
    admit.known = Some(device.hash);
    assert!(opened(world.admit(Admit::Code(admit)).await).unwrap().known);
}

/// An assertion is as good as a code.
pub async fn a_passkey_grants_a_proof<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let admit = world.passkey(Gate::User(who.person.key), who.credential);
    world.presented(admit).await.unwrap();
    let (proof, effect) = world.granting();
    let settle = world.asserted(&who, admit, (world.challenge(), 6), effect);
    assert_eq!(
        world.settle(settle).await,
        Settled::Accepted(Effected::Done)
    );
    let begin = |proof| world.beginning_enrollment(&who.person, world.voucher(proof));
    assert_eq!(world.change(begin(None)).await, Changed::NotFresh);
    world.done(begin(Some(proof))).await;
    // Nor is it one at the gate of a session.
    let admit = world.passkey(Gate::Session(who.guard.session), who.credential);
    world.presented(admit).await.unwrap();
    let (_, effect) = world.granting();
    let settle = world.asserted(&who, admit, (world.challenge(), 7), effect);
    assert_eq!(world.settle(settle).await, Settled::Changed);
    let level = world.overview(&who.person).await.sessions[0]
        .assurance
        .level;
    assert_eq!(level, Level::Aal2);
}
