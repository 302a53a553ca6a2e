//! How users arise: by the one setup link, at the command line, each name once.

use std::sync::Arc;
use std::time::Duration;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::port::store::{Change, Changed, Found, NewUser, Read, Store};
use countersign::realm::RealmId;
use countersign::session::TokenHash;

use crate::{Person, World};

fn issue<S: Store>(world: &World<S>, link: TokenHash) -> Change {
    let nobody = Person::named("nobody");
    Change::IssueSetupLink {
        link,
        expires_at: world.now().plus(Duration::from_hours(1)),
        now: world.now(),
        audit: world.row(&nobody, Event::SetupLinkIssued, Outcome::Success, None),
    }
}

fn create<S: Store>(world: &World<S>, person: &Person, link: Option<TokenHash>) -> Change {
    let session = link.map(|_| person.session(&world.random, world.now(), Level::Aal1));
    let new = NewUser {
        record: person.record(&world.random, world.now()),
        setup_link: link,
        session,
        known: None,
    };
    let audit = world.row(person, Event::UserCreated, Outcome::Success, None);
    Change::CreateUser(Box::new(new), audit)
}

async fn opens<S: Store>(world: &World<S>, link: TokenHash) -> bool {
    let now = world.now();
    let read = Read::SetupLink { link, now };
    matches!(world.store.read(read).await.unwrap(), Found::Flag(true))
}

/// One link, the newest, one hour, one user; looking at it consumes nothing.
pub async fn a_setup_link_opens_once_and_only_without_users<S: Store>(world: Arc<World<S>>) {
    let (alice, bob) = (Person::named("alice"), Person::named("bob"));
    let (first, second) = (world.token(), world.token());
    world.done(issue(&world, first)).await;
    assert!(opens(&world, first).await && opens(&world, first).await);
    world.done(issue(&world, second)).await;
    assert!(!opens(&world, first).await, "another took its place");
    let refused = world.change(create(&world, &alice, Some(first))).await;
    assert_eq!(refused, Changed::LinkInvalid);
    world.pass(3600);
    assert!(!opens(&world, second).await);
    let refused = world.change(create(&world, &alice, Some(second))).await;
    assert_eq!(refused, Changed::LinkInvalid, "an hour is over");

    let third = world.token();
    world.done(issue(&world, third)).await;
    world.done(create(&world, &alice, Some(third))).await;
    assert_eq!(world.overview(&alice).await.sessions.len(), 1);
    assert!(!opens(&world, third).await);
    let again = world.change(create(&world, &bob, Some(third))).await;
    assert_eq!(again, Changed::LinkInvalid);
    assert_eq!(world.change(issue(&world, first)).await, Changed::Conflict);
}

/// By name and by id.
pub async fn a_name_is_taken_once<S: Store>(world: Arc<World<S>>) {
    let alice = world.person("alice").await;
    let mut other = Person::named("bob");
    other.name = alice.name;
    let taken = world.change(create(&world, &other, None)).await;
    assert_eq!(taken, Changed::NameTaken);
    let mut other = Person::named("carol");
    other.key = alice.key;
    let taken = world.change(create(&world, &other, None)).await;
    assert_eq!(taken, Changed::NameTaken);
    let found = world
        .store
        .read(Read::UserByName(alice.name))
        .await
        .unwrap();
    assert!(matches!(found, Found::User(Some(user)) if user.key == alice.key));
    let nobody = Person::named("nobody");
    let found = world
        .store
        .read(Read::UserByName(nobody.name))
        .await
        .unwrap();
    assert!(matches!(found, Found::User(None)));
}

/// No user twice, none left out.
pub async fn users_are_paged_by_creation<S: Store>(world: Arc<World<S>>) {
    assert!(matches!(
        world.store.read(Read::AnyUser).await.unwrap(),
        Found::Flag(false)
    ));
    let mut made = Vec::new();
    for n in 0..7 {
        if n % 2 == 0 {
            world.pass(1);
        }
        made.push(world.person(&format!("user{n}")).await.id);
    }
    let (mut seen, mut after) = (Vec::new(), None);
    loop {
        let read = Read::Users {
            realm: RealmId::default(),
            after,
            limit: 3,
        };
        let Found::Users(page) = world.store.read(read).await.unwrap() else {
            panic!("no users");
        };
        let Some((last, _)) = page.last() else { break };
        after = Some(last.key);
        seen.extend(page.into_iter().map(|(user, _)| user.id));
    }
    let mut sorted = seen.clone();
    sorted.sort_by(|one, other| one.as_str().cmp(other.as_str()));
    assert_eq!(sorted, made);
    assert_eq!(seen[0], made[0]);
    assert!(matches!(
        world.store.read(Read::AnyUser).await.unwrap(),
        Found::Flag(true)
    ));
}
