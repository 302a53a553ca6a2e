//! Realms: rows of their own, one host each, and nothing of one among what is another's.

use std::sync::Arc;

use countersign::audit::{Event, Outcome};
use countersign::port::store::{Change, Changed, Found, NewUser, Read, Store};
use countersign::realm::{RealmId, RealmRecord};
use countersign::vault::RowMac;
use countersign::{PolicySettings, Setting};

use crate::record::mac;
use crate::{Person, World};

fn realm<S: Store>(world: &World<S>, name: &str) -> RealmRecord {
    RealmRecord {
        id: RealmId::parse(name).unwrap(),
        issuer: format!("The {name}"),
        public_url: None,
        rp_id: None,
        origins: Vec::new(),
        related_origins: Vec::new(),
        settings: PolicySettings::default(),
        created_at: world.now(),
        changed_at: world.now(),
        mac: mac(&world.random),
    }
}

fn putting<S: Store>(world: &World<S>, realm: &RealmRecord, replaces: Option<RowMac>) -> Change {
    let person = Person::named("operator");
    Change::PutRealm {
        realm: Box::new(realm.clone()),
        replaces,
        audit: world.row(&person, Event::RealmChanged, Outcome::Success, None),
    }
}

async fn all<S: Store>(world: &World<S>) -> Vec<RealmRecord> {
    match world.store.read(Read::Realms).await.unwrap() {
        Found::Realms(realms) => realms,
        _ => panic!("no realms"),
    }
}

/// Field by field, by name, with one audit row each.
pub async fn a_realm_is_found_as_it_was_written<S: Store>(world: Arc<World<S>>) {
    assert_eq!(all(&world).await, []);
    let mut shop = realm(&world, "shop");
    shop.public_url = Some("https://login.shop.example:8443".to_owned());
    shop.rp_id = Some("shop.example".to_owned());
    shop.origins = ["https://login.shop.example:8443", "https://shop.example"]
        .map(str::to_owned)
        .to_vec();
    shop.related_origins = vec!["https://depot.example".to_owned()];
    shop.settings.set(Setting::TotpPast, "0").unwrap();
    shop.settings.set(Setting::SessionIdle, "10m").unwrap();
    let depot = realm(&world, "depot");
    world.done(putting(&world, &shop, None)).await;
    world.done(putting(&world, &depot, None)).await;
    assert_eq!(all(&world).await, [depot, shop]);
    assert_eq!(world.count(Event::RealmChanged).await, 2);
}

/// A name is one realm's.
pub async fn a_realm_is_added_once<S: Store>(world: Arc<World<S>>) {
    let first = realm(&world, "shop");
    world.done(putting(&world, &first, None)).await;
    let mut second = realm(&world, "shop");
    "Another".clone_into(&mut second.issuer);
    let refused = world.change(putting(&world, &second, None)).await;
    assert_eq!(refused, Changed::NameTaken);
    assert_eq!(all(&world).await, [first]);
    assert_eq!(world.count(Event::RealmChanged).await, 1);
}

/// Whatever its port; and a realm without pages takes none.
pub async fn a_host_is_one_realms<S: Store>(world: Arc<World<S>>) {
    let mut shop = realm(&world, "shop");
    shop.public_url = Some("https://login.example".to_owned());
    world.done(putting(&world, &shop, None)).await;
    for name in ["one", "two"] {
        let bare = realm(&world, name);
        world.done(putting(&world, &bare, None)).await;
    }
    let mut depot = realm(&world, "depot");
    depot.public_url = Some("https://login.example:8443".to_owned());
    let refused = world.change(putting(&world, &depot, None)).await;
    assert_eq!(refused, Changed::HostTaken);
    // Its own host is no obstacle, and one that is left is free.
    let mut moved = shop.clone();
    moved.mac = mac(&world.random);
    moved.public_url = Some("https://login.example:9443".to_owned());
    world.done(putting(&world, &moved, Some(shop.mac))).await;
    let mut gone = moved.clone();
    gone.mac = mac(&world.random);
    gone.public_url = None;
    world.done(putting(&world, &gone, Some(moved.mac))).await;
    world.done(putting(&world, &depot, None)).await;
}

/// What is replaced is what was looked at, or nothing is done.
pub async fn a_realm_that_changed_in_between_is_left_alone<S: Store>(world: Arc<World<S>>) {
    let first = realm(&world, "shop");
    let unknown = world.change(putting(&world, &first, Some(first.mac))).await;
    assert_eq!(unknown, Changed::Conflict);
    world.done(putting(&world, &first, None)).await;
    let mut second = realm(&world, "shop");
    "Second".clone_into(&mut second.issuer);
    world.done(putting(&world, &second, Some(first.mac))).await;
    let third = realm(&world, "shop");
    let refused = world.change(putting(&world, &third, Some(first.mac))).await;
    assert_eq!(refused, Changed::Conflict);
    assert_eq!(all(&world).await, [second]);
    assert_eq!(world.count(Event::RealmChanged).await, 2);
}

/// Else they would all be lost.
pub async fn a_realms_rp_id_is_fixed_while_there_are_passkeys<S: Store>(world: Arc<World<S>>) {
    let who = world.keyed("alice").await;
    let mut theirs = realm(&world, "default");
    theirs.rp_id = Some("elsewhere.example".to_owned());
    let refused = world.change(putting(&world, &theirs, None)).await;
    assert_eq!(refused, Changed::RpIdFixed);
    assert_eq!(all(&world).await, []);
    assert_eq!(world.count(Event::RealmChanged).await, 0);
    let mut other = realm(&world, "other");
    other.rp_id = Some("elsewhere.example".to_owned());
    world.done(putting(&world, &other, None)).await;
    assert_eq!(world.revoke(&who.person, who.passkey).await, Changed::Done);
    world.done(putting(&world, &theirs, None)).await;
}

/// A list holds one realm's, and another realm's user is no place in it.
pub async fn users_are_one_realms<S: Store>(world: Arc<World<S>>) {
    let there = RealmId::parse("there").unwrap();
    let mut keys = Vec::new();
    for name in ["alice", "bob"] {
        world.pass(1);
        world.person(name).await;
        let mut theirs = Person::named(name).record(&world.random, world.now());
        theirs.realm = there.clone();
        theirs.key = theirs.id.key(&there);
        theirs.name_hash.0[0] ^= 1;
        keys.push(theirs.key);
        let audit = world.row(
            &Person::named(name),
            Event::UserCreated,
            Outcome::Success,
            None,
        );
        let new = NewUser {
            record: theirs,
            setup_link: None,
            session: None,
            known: None,
        };
        world.done(Change::CreateUser(Box::new(new), audit)).await;
    }
    let page = async |realm: &RealmId, after| {
        let read = Read::Users {
            realm: realm.clone(),
            after,
            limit: 10,
        };
        let Found::Users(page) = world.store.read(read).await.unwrap() else {
            panic!("no users")
        };
        page.iter().map(|(user, _)| user.key).collect::<Vec<_>>()
    };
    assert_eq!(page(&there, None).await, keys);
    assert_eq!(page(&there, Some(keys[0])).await, keys[1..]);
    let here = RealmId::default();
    assert_eq!(page(&here, None).await.len(), 2);
    // As behind a user whom there never was.
    for foreign in [keys[0], countersign::user::UserKey([7; 16])] {
        assert!(page(&here, Some(foreign)).await.is_empty());
    }
}

/// In the order of their ids, and behind any id, whosever that is.
pub async fn events_are_one_realms<S: Store>(world: Arc<World<S>>) {
    let there = RealmId::parse("there").unwrap();
    let alice = Person::named("alice");
    let mut ids = Vec::new();
    for _ in 0..5 {
        for realm in [RealmId::default(), there.clone()] {
            world.pass(1);
            let mut row = world.row(&alice, Event::Verification, Outcome::Success, None);
            row.realm = realm;
            ids.push(row.id);
            world.done(Change::Record(row)).await;
        }
    }
    let page = async |after, limit| {
        let read = Read::RealmEvents {
            realm: there.clone(),
            after,
            limit,
        };
        let Found::Events(rows) = world.store.read(read).await.unwrap() else {
            panic!("no events")
        };
        assert!(rows.iter().all(|row| row.realm == there));
        rows.iter().map(|row| row.id).collect::<Vec<_>>()
    };
    let theirs: Vec<_> = ids.iter().skip(1).step_by(2).copied().collect();
    assert_eq!(page(None, 1000).await, theirs);
    assert_eq!(page(None, 2).await, theirs[..2]);
    assert_eq!(page(Some(theirs[1]), 2).await, theirs[2..4]);
    assert_eq!(page(Some(ids[8]), 2).await, theirs[4..]);
}
