//! Passwords: counted by name and client, so that nobody locks an owner out and no name is told.

use std::sync::Arc;
use std::time::Duration;

use countersign::port::store::{Admission, Admit, AdmitPassword, Effected, Gate, Settled, Store};
use countersign::session::TokenHash;

use crate::world::opened;
use crate::{Person, Reply, World};

const REFUSED: Reply = Reply::Settled(Settled::Refused);
const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));

async fn wrong<S: Store>(world: &World<S>, person: &Person) -> Reply {
    let admit = world.code(Gate::User(person.key));
    world.try_code(person, admit, None).await
}

/// The same answers for a name that is nobody's, for passwords and for codes.
pub async fn a_name_that_is_nobodys_is_counted_alike<S: Store>(world: Arc<World<S>>) {
    let somebody = world.person("alice").await;
    let nobody = Person::named("nobody");
    let mut replies = Vec::new();
    for person in [&somebody, &nobody] {
        let mut told = Vec::new();
        for _ in 0..7 {
            told.push(
                world
                    .try_password(person, world.password(person), false)
                    .await,
            );
            told.push(wrong(&world, person).await);
        }
        replies.push(told);
    }
    assert_eq!(replies[0], replies[1]);
    assert_eq!(replies[0][9], REFUSED);
    assert!(matches!(replies[0][10], Reply::Throttled(_)));
}

/// Whoever never shows one is given a new one each time; the newest are known.
pub async fn the_oldest_of_too_many_known_browsers_are_forgotten<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let mut cookies = Vec::new();
    for n in 0..34 {
        cookies.push(world.known_browser(&who, 2000 + n).await);
        world.pass(600);
    }
    let mut known = Vec::new();
    for cookie in cookies {
        let mut admit = world.code(Gate::User(who.person.key));
        admit.known = Some(cookie);
        let open = opened(world.admit(Admit::Code(admit)).await).unwrap();
        known.push(open.known);
        world.pass(600);
    }
    let newest: Vec<bool> = (0..34).map(|n| n >= 2).collect();
    assert_eq!(known, newest);
}

/// Strangers fill their own windows; the owner's browser has one of its own, and only the owner's.
pub async fn a_stranger_cannot_lock_a_known_browser_out<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let bob = world.enrolled("bob").await;
    let cookie = world.known_browser(&who, 2000).await;
    let bobs = world.known_browser(&bob, 2000).await;
    world.pass(4000);
    let from = |known: Option<TokenHash>, bucket: u8| AdmitPassword {
        known,
        bucket: [bucket; 16],
        ..world.password(&who.person)
    };
    for bucket in 0..40 {
        for _ in 0..6 {
            world
                .try_password(&who.person, from(None, bucket), false)
                .await;
        }
    }
    let reply = world
        .try_password(&who.person, from(None, 200), false)
        .await;
    assert!(
        matches!(reply, Reply::Throttled(_)),
        "a delay by now: {reply:?}"
    );
    let reply = world
        .try_password(&who.person, from(Some(bobs), 200), true)
        .await;
    assert!(
        matches!(reply, Reply::Throttled(_)),
        "another's cookie: {reply:?}"
    );
    let reply = world
        .try_password(&who.person, from(Some(cookie), 0), true)
        .await;
    assert_eq!(reply, ACCEPTED);
    for _ in 0..5 {
        let reply = world
            .try_password(&who.person, from(Some(cookie), 0), false)
            .await;
        assert_eq!(reply, REFUSED);
    }
    let reply = world
        .try_password(&who.person, from(Some(cookie), 0), true)
        .await;
    assert!(
        matches!(reply, Reply::Throttled(_)),
        "it has a window too: {reply:?}"
    );
}

/// Twenty failures of one name from anywhere are free; then each waits a little, never for long.
pub async fn strangers_of_many_addresses_are_delayed<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let from = |bucket: u8| AdmitPassword {
        bucket: [bucket; 16],
        ..world.password(&person)
    };
    for bucket in 0..20 {
        assert_eq!(
            world.try_password(&person, from(bucket), false).await,
            REFUSED
        );
    }
    let second = Duration::from_secs(1);
    let reply = world.try_password(&person, from(20), false).await;
    assert_eq!(reply, Reply::Throttled(world.now().plus(second)));
    world.pass(1);
    assert_eq!(world.try_password(&person, from(20), false).await, REFUSED);
    for bucket in 21..60 {
        world.pass(30);
        assert_eq!(
            world.try_password(&person, from(bucket), false).await,
            REFUSED
        );
    }
    let Admission::Throttled { retry_at, .. } = world.admit(Admit::Password(from(60))).await else {
        panic!("no delay");
    };
    assert_eq!(retry_at, world.now().plus(30 * second));
    world.pass(3600);
    assert_eq!(world.try_password(&person, from(61), true).await, ACCEPTED);
}
