//! Looking through the trail and the state; and what a purge leaves.

use std::sync::Arc;
use std::time::Duration;

use countersign::audit::{Event, Outcome};
use countersign::id::EventId;
use countersign::port::store::{Change, Changed, EventFilter, Found, Gate, Read, Settled, Store};

use crate::{Reply, World};

/// From the oldest on, from one on, of one user, or the newest.
pub async fn events_are_paged_by_id<S: Store>(world: Arc<World<S>>) {
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    for n in 0..10 {
        world.pass(1);
        let person = if n % 2 == 0 { &alice } else { &bob };
        let row = world.row(person, Event::Started, Outcome::Success, None);
        world.done(Change::Record(row)).await;
    }
    let read = async |filter| -> Vec<EventId> {
        match world.store.read(Read::Events(filter)).await.unwrap() {
            Found::Events(rows) => rows.iter().map(|row| row.id).collect(),
            _ => panic!("no events"),
        }
    };
    let all = EventFilter {
        after: None,
        user: None,
        newest: false,
        limit: 1000,
    };
    let ids = read(all).await;
    assert_eq!(ids.len(), 12);
    let mut after = EventFilter { limit: 5, ..all };
    let mut paged = Vec::new();
    loop {
        let page = read(after).await;
        after.after = page.last().copied();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, ids);
    let newest = EventFilter {
        newest: true,
        limit: 3,
        ..all
    };
    assert_eq!(read(newest).await, ids[9..]);
    let user = Some(bob.key);
    assert_eq!(read(EventFilter { user, ..all }).await.len(), 6);
    let filter = EventFilter {
        user,
        newest: true,
        limit: 1,
        after: None,
    };
    assert_eq!(read(filter).await, ids[11..]);
}

/// What an operator asks.
pub async fn the_state_tells_keys_and_counts<S: Store>(world: Arc<World<S>>) {
    let state = async || match world.store.read(Read::State).await.unwrap() {
        Found::State(state) => state,
        _ => panic!("no state"),
    };
    let empty = state().await;
    assert_eq!((empty.users, empty.newest), (0, None));
    world.enrolled("alice").await;
    let filled = state().await;
    assert!(filled.intact);
    assert_eq!((filled.users, filled.newest), (1, Some(world.now())));
    assert_eq!(filled.seal_keys, [1]);
}

/// Not a count that still limits, not a session that lives, not a mark of use, not an audit row.
pub async fn a_purge_removes_only_what_cannot_matter<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::User(who.person.key);
    for _ in 0..5 {
        world.try_code(&who.person, world.code(gate), None).await;
        world
            .try_password(&who.person, world.password(&who.person), false)
            .await;
    }
    world.begin(&who.person, who.guard).await;
    let purge = async |most| match world
        .change(Change::Purge {
            now: world.now(),
            most,
        })
        .await
    {
        Changed::Purged(rows) => rows,
        other => panic!("{other:?}"),
    };
    let events = world.events().await.len();
    world.pass(299);
    assert_eq!(purge(1000).await, 0);
    let reply = world.try_code(&who.person, world.code(gate), None).await;
    assert!(matches!(reply, Reply::Throttled(_)), "{reply:?}");
    world.pass(1);
    assert_eq!(purge(2).await, 2, "no more than asked");
    assert_eq!(purge(1000).await, 3, "five codes out of their window");
    world.pass(299);
    assert_eq!(purge(1000).await, 0);
    world.pass(1);
    assert_eq!(purge(1000).await, 1, "the enrollment");
    world.pass(3000);
    assert!(purge(1000).await > 5, "passwords, sessions");
    assert_eq!(world.events().await.len(), events);
    let used = world
        .try_code(
            &who.person,
            world.code(gate),
            Some((who.authenticator, 1000)),
        )
        .await;
    assert_eq!(used, Reply::Settled(Settled::AlreadyUsed));
}

/// Proofs, begun passkeys and names of requests past their end, and not before it.
pub async fn a_purge_removes_what_applications_left<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let left = world.proof(&who, 2000).await;
    let begun = world.beginning_passkey(&who.person, world.word()).0;
    let once = world.once();
    world.done(Change::Once(once, Box::new(begun))).await;
    let purge = async || {
        let now = world.now();
        world.change(Change::Purge { now, most: 1000 }).await
    };
    world.clock.advance(Duration::from_millis(299_999));
    assert_eq!(purge().await, Changed::Purged(0));
    let change = world.beginning_enrollment(&who.person, world.voucher(Some(left)));
    world.done(change).await;
    world.proof(&who, 2001).await;
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(purge().await, Changed::Purged(1), "the passkey");
    world.clock.advance(Duration::from_millis(299_999));
    assert_eq!(purge().await, Changed::Purged(1), "the proof");
    world.clock.advance(Duration::from_mins(5));
    assert_eq!(purge().await, Changed::Purged(1), "the enrollment");
    world.clock.advance(Duration::from_mins(50));
    assert_eq!(purge().await, Changed::Purged(1), "the session");
    world
        .clock
        .set(once.expires_at.minus(Duration::from_millis(1)));
    assert_eq!(purge().await, Changed::Purged(0));
    world.clock.set(once.expires_at);
    assert_eq!(purge().await, Changed::Purged(1), "the name");
}
