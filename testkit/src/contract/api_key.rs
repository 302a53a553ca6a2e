//! API keys: two of a name, found by their hash, revoked for good.

use std::sync::Arc;
use std::time::Duration;

use countersign::api_key::{ApiKeyRecord, Scope, Scopes};
use countersign::audit::{Event, Outcome};
use countersign::port::store::{Change, Changed, Found, Read, Store};
use countersign::realm::RealmId;
use countersign::session::TokenHash;

use crate::record::mac;
use crate::{Person, World};

fn creation<S: Store>(world: &World<S>, key: &ApiKeyRecord) -> Change {
    let person = Person::named("operator");
    let audit = world.row(&person, Event::ApiKeyChanged, Outcome::Success, None);
    Change::CreateApiKey(Box::new(key.clone()), audit)
}

fn revocation<S: Store>(world: &World<S>, key: &ApiKeyRecord) -> Change {
    let person = Person::named("operator");
    Change::RevokeApiKey {
        realm: key.realm.clone(),
        id: key.id,
        now: world.now(),
        mac: mac(&world.random),
        audit: world.row(&person, Event::ApiKeyChanged, Outcome::Success, None),
    }
}

async fn found<S: Store>(world: &World<S>, hash: TokenHash) -> Option<ApiKeyRecord> {
    match world.store.read(Read::ApiKey(hash)).await.unwrap() {
        Found::ApiKey(key) => key.map(|key| *key),
        _ => panic!("no key"),
    }
}

fn elsewhere() -> RealmId {
    RealmId::parse("elsewhere").unwrap()
}

/// Field by field; and only by all of its hash.
pub async fn an_api_key_is_found_by_its_hash<S: Store>(world: Arc<World<S>>) {
    let mut written = world.api_key("shop");
    written.scopes = Scopes::of([Scope::Verify, Scope::Admin]).unwrap();
    written.expires_at = Some(world.now().plus(Duration::from_hours(1)));
    written.realm = elsewhere();
    world.done(creation(&world, &written)).await;
    let key = found(&world, written.hash).await.unwrap();
    assert_eq!(format!("{key:?}"), format!("{written:?}"));
    let mut other = written.hash;
    other.0[31] ^= 1;
    assert!(found(&world, other).await.is_none());
    // An expired one is found as it is.
    world.pass(7200);
    assert!(found(&world, written.hash).await.is_some());
    // An id and a hash are one key's.
    let mut same_hash = world.api_key("other");
    same_hash.hash = written.hash;
    let mut same_id = world.api_key("other");
    same_id.id = written.id;
    for key in [same_hash, same_id] {
        assert_eq!(
            world.change(creation(&world, &key)).await,
            Changed::Conflict
        );
    }
    assert_eq!(world.count(Event::ApiKeyChanged).await, 1);
}

/// One, and the one that takes over from it. What is revoked or expired does not count.
pub async fn two_of_a_name_live_in_a_realm<S: Store>(world: Arc<World<S>>) {
    let (first, mut second) = (world.api_key("shop"), world.api_key("shop"));
    second.expires_at = Some(world.now().plus(Duration::from_mins(1)));
    world.done(creation(&world, &first)).await;
    world.done(creation(&world, &second)).await;
    let third = world.api_key("shop");
    let refused = world.change(creation(&world, &third)).await;
    assert_eq!(refused, Changed::TooMany);
    assert!(found(&world, third.hash).await.is_none());
    assert_eq!(world.count(Event::ApiKeyChanged).await, 2);

    world.done(creation(&world, &world.api_key("depot"))).await;
    let mut theirs = world.api_key("shop");
    theirs.realm = elsewhere();
    world.done(creation(&world, &theirs)).await;

    world.done(revocation(&world, &first)).await;
    world.done(creation(&world, &third)).await;
    let fourth = world.api_key("shop");
    let refused = world.change(creation(&world, &fourth)).await;
    assert_eq!(refused, Changed::TooMany);
    world.pass(60);
    world.done(creation(&world, &world.api_key("shop"))).await;
}

/// Once, in its own realm, with the MAC that it has from then on; and it stays as a row.
pub async fn an_api_key_is_revoked_once<S: Store>(world: Arc<World<S>>) {
    let key = world.api_key("shop");
    let unknown = world.change(revocation(&world, &key)).await;
    assert_eq!(unknown, Changed::NotFound);
    world.done(creation(&world, &key)).await;
    let mut theirs = key.clone();
    theirs.realm = elsewhere();
    let foreign = world.change(revocation(&world, &theirs)).await;
    assert_eq!(foreign, Changed::NotFound);
    assert_eq!(found(&world, key.hash).await.unwrap().revoked_at, None);
    world.pass(10);
    let (change, at) = (revocation(&world, &key), world.now());
    let Change::RevokeApiKey { mac, .. } = &change else {
        panic!("no revocation")
    };
    let tag = *mac.tag();
    world.done(change).await;
    world.pass(10);
    let again = world.change(revocation(&world, &key)).await;
    assert_eq!(again, Changed::NotFound);
    let left = found(&world, key.hash).await.unwrap();
    assert_eq!((left.revoked_at, *left.mac.tag()), (Some(at), tag));
    assert_eq!(world.count(Event::ApiKeyChanged).await, 2);
    let mut later = world.api_key("shop");
    later.realm = elsewhere();
    world.done(creation(&world, &later)).await;
    let Found::ApiKeys(all) = world.store.read(Read::ApiKeys).await.unwrap() else {
        panic!("no keys")
    };
    let ids: Vec<_> = all.iter().map(|one| one.id).collect();
    assert_eq!(ids, [key.id, later.id], "of all realms, oldest first");
}

/// Its last use, and that of no other.
pub async fn an_api_key_is_never_seen_backwards<S: Store>(world: Arc<World<S>>) {
    let (key, other) = (world.api_key("shop"), world.api_key("shop"));
    world.done(creation(&world, &key)).await;
    world.done(creation(&world, &other)).await;
    let start = world.now();
    let touch = |seconds| Change::TouchApiKey {
        id: key.id,
        now: start.plus(Duration::from_secs(seconds)),
    };
    for (seconds, expected) in [(60, 60), (30, 60), (90, 90)] {
        world.done(touch(seconds)).await;
        let seen = found(&world, key.hash).await.unwrap().last_used_at;
        assert_eq!(seen, Some(start.plus(Duration::from_secs(expected))));
    }
    assert_eq!(found(&world, other.hash).await.unwrap().last_used_at, None);
}
