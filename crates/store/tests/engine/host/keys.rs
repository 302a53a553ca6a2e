//! API keys: which open, and which do not.

use std::time::Duration;

use countersign::api_key::{ApiKey, Scope, Scopes};
use countersign::audit::{Actor, Event, Reason};
use countersign::{Countersign, Error, KeyRefusal, NewKey};

use crate::support::{World, accepted, told};

async fn key(mfa: &Countersign, lifetime: Option<Duration>) -> (countersign::id::ApiKeyId, ApiKey) {
    let new = NewKey {
        name: "shop",
        scopes: Scopes::of([Scope::Verify]).unwrap(),
        lifetime,
    };
    let (row, key) = accepted(mfa.operator().create_api_key(new).await.unwrap());
    (row.id, key)
}

async fn opens(mfa: &Countersign, key: &ApiKey) -> Result<Scopes, KeyRefusal> {
    let recognized = mfa.recognize_key(key.reveal()).await.unwrap();
    recognized.map(|caller| caller.scopes())
}

#[tokio::test]
async fn a_key_opens_until_it_is_revoked_or_over() {
    let world = World::new();
    let (first, revoked) = key(&world.mfa, None).await;
    world.clock.advance(Duration::from_millis(1));
    let (_, over) = key(&world.mfa, Some(Duration::from_hours(1))).await;
    let verify = Ok(Scopes::of([Scope::Verify]).unwrap());
    for key in [&revoked, &over] {
        assert_eq!(opens(&world.mfa, key).await, verify);
    }
    let third = NewKey {
        name: "shop",
        scopes: Scopes::ALL,
        lifetime: None,
    };
    let operator = world.mfa.operator();
    let third = operator.create_api_key(third).await.unwrap();
    assert_eq!(told(&third), "NameTaken");
    world.clock.advance(Duration::from_millis(1));
    accepted(operator.revoke_api_key(first).await.unwrap());
    let again = operator.revoke_api_key(first).await.unwrap();
    assert_ne!(told(&again), "accepted");
    assert_eq!(opens(&world.mfa, &revoked).await, Err(KeyRefusal::Unknown));
    world.clock.advance(Duration::from_millis(3_599_998));
    assert_eq!(opens(&world.mfa, &over).await, verify);
    world.clock.advance(Duration::from_millis(1));
    assert_eq!(opens(&world.mfa, &over).await, Err(KeyRefusal::Unknown));
    let keys = operator.api_keys().await.unwrap();
    assert_eq!(keys.len(), 2);
    assert!(keys.iter().all(|key| key.last_used_at.is_some()));
    let filter = countersign::port::store::EventFilter {
        after: None,
        user: None,
        newest: false,
        limit: 100,
    };
    let rows = operator.events(filter).await.unwrap();
    let of_keys = rows
        .iter()
        .filter(|(row, _)| row.event == Event::ApiKeyChanged);
    let told: Vec<_> = of_keys.map(|(row, _)| (row.actor, row.reason)).collect();
    let operators = |reason| (Actor::Operator, Some(reason));
    assert_eq!(
        told,
        [Reason::Created, Reason::Created, Reason::Revoked].map(operators)
    );
}

#[tokio::test]
async fn a_text_that_no_key_has_opens_nothing() {
    let world = World::new();
    let (_, shop) = key(&world.mfa, None).await;
    let text = shop.reveal();
    let slip = format!(
        "{}{}",
        &text[..60],
        if text.ends_with("aa") { "bb" } else { "aa" }
    );
    for text in ["", "csk_", &text[..61], &slip] {
        let refused = world.mfa.recognize_key(text).await.unwrap();
        assert_eq!(refused.unwrap_err(), KeyRefusal::Malformed, "{text}");
    }
    let other = World::new();
    let unknown = other.mfa.recognize_key(text).await.unwrap();
    assert_eq!(unknown.unwrap_err(), KeyRefusal::Unknown);
}

#[tokio::test]
async fn a_key_of_another_realm_opens_nothing() {
    let world = World::new();
    let elsewhere = world.elsewhere();
    let (id, here) = key(&world.mfa, None).await;
    let (_, there) = key(&elsewhere, None).await;
    assert_eq!(opens(&elsewhere, &here).await, Err(KeyRefusal::Unknown));
    assert_eq!(opens(&world.mfa, &there).await, Err(KeyRefusal::Unknown));
    assert!(opens(&elsewhere, &there).await.is_ok());
    let foreign = elsewhere.operator().revoke_api_key(id).await.unwrap();
    assert_eq!(told(&foreign), "NotFound");
    assert!(opens(&world.mfa, &here).await.is_ok());
    assert_eq!(elsewhere.operator().api_keys().await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_changed_row_opens_nothing() {
    for change in [
        "scopes = 7",
        "realm = 'elsewhere'",
        "name = 'depot'",
        "created_at = created_at + 1",
        "expires_at = expires_at + 1",
        "expires_at = NULL",
        "revoked_at = NULL",
    ] {
        let world = World::new();
        let (id, shop) = key(&world.mfa, Some(Duration::from_hours(1))).await;
        if change.starts_with("revoked_at") {
            let revoked = world.mfa.operator().revoke_api_key(id).await;
            accepted(revoked.unwrap());
        }
        let db = rusqlite::Connection::open(world.path()).unwrap();
        db.execute_batch(&format!("UPDATE api_key SET {change}"))
            .unwrap();
        let elsewhere = world.elsewhere();
        let mfa = if change.starts_with("realm") {
            &elsewhere
        } else {
            &world.mfa
        };
        let opened = mfa.recognize_key(shop.reveal()).await;
        assert!(
            matches!(
                opened,
                Err(Error::Unavailable(countersign::error::Unavailable::Vault(
                    _
                )))
            ),
            "{change}: {opened:?}"
        );
    }
}

#[tokio::test]
async fn the_hash_of_one_key_in_the_row_of_another_opens_nothing() {
    let world = World::new();
    let (_, strong) = {
        let new = NewKey {
            name: "admin",
            scopes: Scopes::ALL,
            lifetime: None,
        };
        accepted(world.mfa.operator().create_api_key(new).await.unwrap())
    };
    let (weak_id, weak) = key(&world.mfa, None).await;
    let db = rusqlite::Connection::open(world.path()).unwrap();
    db.execute("DELETE FROM api_key WHERE id = ?1", [weak_id.as_bytes()])
        .unwrap();
    db.execute("UPDATE api_key SET hash = ?1", [weak.hash().0])
        .unwrap();
    assert!(world.mfa.recognize_key(weak.reveal()).await.is_err());
    let gone = world.mfa.recognize_key(strong.reveal()).await.unwrap();
    assert_eq!(gone.unwrap_err(), KeyRefusal::Unknown);
}
