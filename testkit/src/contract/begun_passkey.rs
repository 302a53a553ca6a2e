//! A passkey that an application began to enroll: added under its own id, once, in time.

use std::sync::Arc;
use std::time::Duration;

use countersign::audit::{Event, Outcome};
use countersign::id::AuthenticatorId;
use countersign::port::store::{
    Authority, Change, Changed, Found, PendingPasskey, Read, Revocation, Store,
};

use crate::record::{codes, mac};
use crate::{Person, World};

async fn begin<S: Store>(world: &World<S>, person: &Person) -> AuthenticatorId {
    let (change, id) = world.beginning_passkey(person, world.voucher(None));
    world.done(change).await;
    id
}

async fn pending<S: Store>(
    world: &World<S>,
    person: &Person,
    authenticator: AuthenticatorId,
) -> Option<PendingPasskey> {
    let read = Read::PendingPasskey {
        user: person.key,
        authenticator,
        now: world.now(),
    };
    match world.store.read(read).await.unwrap() {
        Found::PendingPasskey(pending) => pending,
        _ => panic!("no pending passkey"),
    }
}

fn add<S: Store>(world: &World<S>, person: &Person, id: AuthenticatorId) -> Change {
    let set = codes(&world.random, world.now(), 1, 10);
    world.adding_begun(person, id, world.challenge(), set)
}

/// And brings the first codes, as any first authenticator.
pub async fn what_was_begun_is_added_once<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let id = begin(&world, &person).await;
    let found = pending(&world, &person, id).await.unwrap();
    assert_eq!(found.label.as_deref(), Some("Blue key"));
    assert_eq!(found.expires_at, world.now().plus(Duration::from_mins(5)));
    let added = world.change(add(&world, &person, id)).await;
    assert_eq!(added, Changed::DoneWithBackupCodes);
    assert!(pending(&world, &person, id).await.is_none());
    let overview = world.overview(&person).await;
    assert_eq!(
        (overview.passkeys.len(), overview.holdings.passkeys),
        (1, 1)
    );
    let revoked = world.revoke(&person, id).await;
    assert_eq!(revoked, Changed::Done);
    assert_eq!(
        world.change(add(&world, &person, id)).await,
        Changed::NotFresh
    );
}

/// Of many answers at once, one.
pub async fn what_was_begun_is_added_once_among_64<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let id = begin(&world, &person).await;
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let change = add(&world, &person, id);
        let world = Arc::clone(&world);
        tasks.push(tokio::spawn(async move { world.change(change).await }));
    }
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap() {
            Changed::DoneWithBackupCodes => done += 1,
            other => assert_eq!(other, Changed::NotFresh),
        }
    }
    assert_eq!(done, 1);
}

/// Another id, another user's, another row under it, one that was replaced, one that is over.
pub async fn only_what_was_begun_is_added<S: Store>(world: Arc<World<S>>) {
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let old = begin(&world, &alice).await;
    let id = begin(&world, &alice).await;
    let never = world.beginning_passkey(&alice, world.word()).1;
    let mut renamed = add(&world, &alice, id);
    if let Change::AddPasskey { passkey, .. } = &mut renamed {
        passkey.id = never;
    }
    let mut with_session = add(&world, &alice, id);
    if let Change::AddPasskey { session, .. } = &mut with_session {
        let level = countersign::assurance::Level::Aal2;
        *session = Some(alice.session(&world.random, world.now(), level));
    }
    for change in [
        add(&world, &alice, never),
        add(&world, &alice, old),
        add(&world, &bob, id),
        renamed,
        with_session,
    ] {
        assert_eq!(world.change(change).await, Changed::NotFresh);
    }
    assert!(pending(&world, &alice, old).await.is_none());
    assert!(pending(&world, &bob, id).await.is_none());
    world.clock.advance(Duration::from_millis(299_999));
    assert!(pending(&world, &alice, id).await.is_some());
    world.clock.advance(Duration::from_millis(1));
    assert!(pending(&world, &alice, id).await.is_none());
    let over = world.change(add(&world, &alice, id)).await;
    assert_eq!(over, Changed::NotFresh);
    assert!(world.overview(&alice).await.passkeys.is_empty());
}

/// A used challenge, and a disabled user: what was begun is there for another answer.
pub async fn a_refused_answer_leaves_what_was_begun<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let id = begin(&world, &person).await;
    let mut over = world.challenge();
    over.expires_at = world.now();
    let set = codes(&world.random, world.now(), 1, 10);
    let change = world.adding_begun(&person, id, over, set);
    assert_eq!(world.change(change).await, Changed::ChallengeUsed);
    assert!(pending(&world, &person, id).await.is_some());
    let added = world.change(add(&world, &person, id)).await;
    assert_eq!(added, Changed::DoneWithBackupCodes);
}

/// With a second factor, what was begun without a proof of it is over: of whichever kind.
pub async fn a_first_authenticator_ends_what_was_begun_before_it<S: Store>(world: Arc<World<S>>) {
    // A code, begun by whoever has the first factor; then the user's passkey.
    let alice = world.person("alice").await;
    let change = world.beginning_enrollment(&alice, world.voucher(None));
    world.done(change).await;
    let id = begin(&world, &alice).await;
    let added = world.change(add(&world, &alice, id)).await;
    assert_eq!(added, Changed::DoneWithBackupCodes);
    assert!(world.overview(&alice).await.authenticators.is_empty());
    // A passkey, and then the user's code.
    let bob = world.person("bob").await;
    let id = begin(&world, &bob).await;
    let guard = world.sign_in(&bob, None).await;
    let code = world.begin(&bob, guard).await;
    let set = codes(&world.random, world.now(), 1, 10);
    world.confirm(&bob, guard.session, (code, 1000), set).await;
    assert_eq!(world.overview(&bob).await.holdings.totp, 1);
    let planted = world.change(add(&world, &bob, id)).await;
    assert_eq!(planted, Changed::NotFresh);
}

/// What counts as one of twenty: what is begun in the other ceremony, too.
pub async fn what_is_begun_counts_among_twenty<S: Store>(world: Arc<World<S>>) {
    let mut who = world.enrolled("alice").await;
    for _ in 1..19 {
        world.enroll_another(&mut who).await;
    }
    let code = || world.beginning_enrollment(&who.person, world.word());
    let passkey = || world.beginning_passkey(&who.person, world.word()).0;
    world.done(passkey()).await;
    world.done(passkey()).await;
    assert_eq!(world.change(code()).await, Changed::TooMany);
    world.pass(300);
    world.done(code()).await;
    world.done(code()).await;
    assert_eq!(world.change(passkey()).await, Changed::TooMany);
}

/// What a reset removes does not come back by an answer that was under way.
pub async fn a_reset_ends_what_was_begun<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let (change, id) = world.beginning_passkey(&who.person, world.word());
    world.done(change).await;
    world
        .done(Change::Reset {
            user: who.person.key,
            revocations: vec![Revocation {
                authenticator: who.authenticator,
                mac: mac(&world.random),
            }],
            now: world.now(),
            audit: world.row(&who.person, Event::UserReset, Outcome::Success, None),
        })
        .await;
    assert!(pending(&world, &who.person, id).await.is_none());
    let set = codes(&world.random, world.now(), 2, 10);
    let mut change = world.adding_begun(&who.person, id, world.challenge(), set);
    if let Change::AddPasskey { authority, .. } = &mut change {
        *authority = Authority::Begun(id, world.now());
    }
    assert_eq!(world.change(change).await, Changed::NotFresh);
}
