//! A request that is done once, whatever the network does.

use std::sync::Arc;
use std::time::Duration;

use countersign::audit::{Event, Outcome};
use countersign::port::store::{Change, Changed, Once, Store};

use crate::{Person, World};

fn named<S: Store>(world: &World<S>, person: &Person, once: Once) -> Change {
    let change = world.beginning_enrollment(person, world.voucher(None));
    Change::Once(once, Box::new(change))
}

/// The second time tells what the first made, and does nothing.
pub async fn a_request_is_done_once<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let once = world.once();
    world.done(named(&world, &person, once)).await;
    let begun = world.overview(&person).await.authenticators[0].id;
    let again = Once {
        made: world.random.bytes(),
        ..once
    };
    let told = world.change(named(&world, &person, again)).await;
    assert_eq!(told, Changed::AlreadyDone(once.made));
    let other = Once {
        request: world.token(),
        ..again
    };
    let told = world.change(named(&world, &person, other)).await;
    assert_eq!(told, Changed::OtherRequest);
    assert_eq!(world.overview(&person).await.authenticators[0].id, begun);
    assert_eq!(world.count(Event::EnrollmentBegun).await, 1);
    let another = Once {
        name: world.token(),
        ..once
    };
    world.done(named(&world, &person, another)).await;
}

/// Done with codes is done.
pub async fn a_request_that_brings_codes_is_done_once<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let (begin, id) = world.beginning_passkey(&person, world.voucher(None));
    world.done(begin).await;
    let once = world.once();
    let add = || {
        let set = crate::record::codes(&world.random, world.now(), 1, 10);
        let add = world.adding_begun(&person, id, world.challenge(), set);
        Change::Once(once, Box::new(add))
    };
    assert_eq!(world.change(add()).await, Changed::DoneWithBackupCodes);
    let again = world.change(add()).await;
    assert_eq!(again, Changed::AlreadyDone(once.made));
}

/// What was refused can be asked again under the same name.
pub async fn a_refused_request_takes_no_name<S: Store>(world: Arc<World<S>>) {
    let nobody = Person::named("alice");
    let once = world.once();
    let refused = world.change(named(&world, &nobody, once)).await;
    assert_eq!(refused, Changed::NotFresh);
    let person = world.person("alice").await;
    world.done(named(&world, &person, once)).await;
    let told = world.change(named(&world, &person, once)).await;
    assert_eq!(told, Changed::AlreadyDone(once.made));
}

/// The name and the change are one.
pub async fn a_request_is_done_once_among_64<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let once = world.once();
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let change = named(&world, &person, once);
        let world = Arc::clone(&world);
        tasks.push(tokio::spawn(async move { world.change(change).await }));
    }
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap() {
            Changed::Done => done += 1,
            other => assert_eq!(other, Changed::AlreadyDone(once.made)),
        }
    }
    assert_eq!(done, 1);
    assert_eq!(world.count(Event::EnrollmentBegun).await, 1);
}

/// A day, to the millisecond; after it another request may have the name, purged or not.
pub async fn a_name_is_remembered_for_its_time<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let once = world.once();
    world.done(named(&world, &person, once)).await;
    world.clock.advance(Duration::from_millis(86_399_999));
    let now = world.now();
    let told = world
        .change(named(&world, &person, Once { now, ..once }))
        .await;
    assert_eq!(told, Changed::AlreadyDone(once.made));
    world.clock.advance(Duration::from_millis(1));
    let next = Once {
        name: once.name,
        ..world.once()
    };
    world.done(named(&world, &person, next)).await;
    let told = world.change(named(&world, &person, next)).await;
    assert_eq!(told, Changed::AlreadyDone(next.made));
}

/// One change has one name.
pub async fn a_name_is_of_one_change<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let (outer, inner) = (world.once(), world.once());
    let nested = || Change::Once(outer, Box::new(named(&world, &person, inner)));
    assert_eq!(world.change(nested()).await, Changed::Conflict);
    assert_eq!(world.count(Event::EnrollmentBegun).await, 0);
    world.done(named(&world, &person, inner)).await;
    let row = world.row(&person, Event::Started, Outcome::Success, None);
    let record = Change::Once(outer, Box::new(Change::Record(row)));
    world.done(record).await;
}
