//! An attempt that a directory of the application's names: whose it is comes with its settlement, and the
//! user arises with the acceptance or not at all.

use std::sync::Arc;

use countersign::audit::{Event, Outcome};
use countersign::port::store::{
    Admit, AdmitPassword, Change, Changed, Effect, Effected, Found, Gate, Judged, Named, Read,
    Settle, SettleKind, Settled, Store, Whose,
};
use countersign::user::{NameHash, UserRecord};

use crate::world::opened;
use crate::{Person, World};

const ACCEPTED: Settled = Settled::Accepted(Effected::Done);

/// Their row as an application's user: no password here, their name reserved by nobody.
fn record<S: Store>(world: &World<S>, person: &Person) -> UserRecord {
    let NameHash(mut unused) = person.name;
    unused[0] ^= 0xff;
    UserRecord {
        name_hash: NameHash(unused),
        password: None,
        password_version: 0,
        ..person.record(&world.random, world.now())
    }
}

fn named<S: Store>(world: &World<S>, person: &Person) -> Named {
    let audit = world.row(person, Event::UserCreated, Outcome::Success, None);
    Named {
        new: Some(Box::new((record(world, person), audit))),
        name: person.id.as_str().to_owned(),
        typed: person.name,
    }
}

/// A right password, admitted and not yet settled.
async fn in_flight<S: Store>(world: &World<S>, person: &Person, whose: Whose) -> Settle {
    let admit = AdmitPassword {
        whose,
        ..world.password(person)
    };
    opened(world.admit(Admit::Password(admit)).await).unwrap();
    let of = (admit.attempt, SettleKind::Password);
    let mut settle = world.settlement(person, of, Gate::Open, Judged::Match(Vec::new()));
    settle.expect.password_version = Some(0);
    settle.named = Some(named(world, person));
    settle
}

async fn found<S: Store>(world: &World<S>, read: Read) -> Option<UserRecord> {
    match world.store.read(read).await.unwrap() {
        Found::User(user) => user.map(|user| *user),
        _ => panic!("no user"),
    }
}

/// With the first right password, once, and found by the name that was typed.
pub async fn a_named_user_arises_with_the_acceptance<S: Store>(world: Arc<World<S>>) {
    let person = Person::named("alice");
    let mut wrong = in_flight(&world, &person, Whose::Directory).await;
    (wrong.judged, wrong.user, wrong.named) = (Judged::NoMatch, None, None);
    assert_eq!(world.settle(wrong).await, Settled::Refused);
    assert!(found(&world, Read::User(person.key)).await.is_none());

    // What does not come to pass leaves no user behind.
    let mut stopped = in_flight(&world, &person, Whose::Directory).await;
    stopped.expect.password_version = Some(7);
    assert_eq!(world.settle(stopped).await, Settled::Changed);
    assert!(found(&world, Read::User(person.key)).await.is_none());

    for _ in 0..2 {
        let right = in_flight(&world, &person, Whose::Directory).await;
        assert_eq!(world.settle(right).await, ACCEPTED);
    }
    assert_eq!(world.count(Event::UserCreated).await, 1);
    let user = found(&world, Read::UserByName(person.name)).await.unwrap();
    assert_eq!(user.key, person.key);
}

/// Only an attempt that was admitted to be named is named, with its match, and as whom it says.
pub async fn only_what_is_to_be_named_is_named<S: Store>(world: Arc<World<S>>) {
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    let mut own = in_flight(&world, &alice, Whose::Name).await;
    own.expect.password_version = Some(1);
    assert_eq!(world.settle(own).await, Settled::Changed);
    let mut unnamed = in_flight(&world, &alice, Whose::Directory).await;
    (unnamed.named, unnamed.expect.password_version) = (None, Some(1));
    assert_eq!(world.settle(unnamed).await, Settled::Changed);
    let carol = Person::named("carol");
    let mut of_another = in_flight(&world, &carol, Whose::Directory).await;
    (of_another.user, of_another.expect.password_version) = (Some(bob.key), Some(1));
    assert_eq!(world.settle(of_another).await, Settled::Changed);
    assert!(found(&world, Read::User(carol.key)).await.is_none());
}

/// A name that somebody else has stays theirs.
pub async fn a_typed_name_is_taken_only_if_it_is_free<S: Store>(world: Arc<World<S>>) {
    let (alice, bob) = (world.person("alice").await, Person::named("bob"));
    let mut right = in_flight(&world, &bob, Whose::Directory).await;
    if let Some(named) = &mut right.named {
        named.typed = alice.name;
    }
    assert_eq!(world.settle(right).await, ACCEPTED);
    let holder = found(&world, Read::UserByName(alice.name)).await.unwrap();
    assert_eq!(holder.key, alice.key);
    assert!(found(&world, Read::User(bob.key)).await.is_some());
}

/// Sessions, known browsers, and a sign-in that is under way.
pub async fn an_application_ends_what_is_open<S: Store>(world: Arc<World<S>>) {
    let person = Person::named("alice");
    let end = || Change::EndSessions {
        user: person.key,
        now: world.now(),
        audit: world.row(&person, Event::SessionsEnded, Outcome::Success, None),
    };
    assert_eq!(world.change(end()).await, Changed::NotFound);
    let mut right = in_flight(&world, &person, Whose::Directory).await;
    let session = person.session(
        &world.random,
        world.now(),
        countersign::assurance::Level::Aal1,
    );
    let hash = session.hash;
    right.effect = Effect::FirstStep {
        pending: person.pending(&world.random, world.now()),
        session,
        known: None,
    };
    assert_eq!(world.settle(right).await, ACCEPTED);
    assert!(world.lives(hash).await);
    let under_way = in_flight(&world, &person, Whose::Directory).await;
    world.done(end()).await;
    assert!(!world.lives(hash).await);
    assert_eq!(world.settle(under_way).await, Settled::Changed);
}
