//! What someone who can write the database cannot do.

use crate::support::{PASSWORD, World, accepted, client};
use countersign::{FirstStep, Password, Proof};

fn write(world: &World, sql: &str) {
    let db = rusqlite::Connection::open(world.path()).unwrap();
    db.execute_batch(sql).unwrap();
}

async fn refuses(world: &World, name: &str, code: &str) {
    let pending = world.pending(name).await;
    let verdict = world
        .mfa
        .second_step(&pending, Proof::code(code), client())
        .await;
    assert!(
        matches!(
            verdict,
            Err(countersign::Error::Unavailable(
                countersign::error::Unavailable::Vault(_)
            ))
        ),
        "{name}: {:?}",
        verdict.map(|verdict| crate::support::told(&verdict))
    );
}

#[tokio::test]
async fn swapped_secrets_refuse_both_and_change_nobody_to_password_only() {
    let world = World::new();
    let (alice, alices, _) = world.enroll("alice").await;
    let (bob, _, _) = world.enroll("bob").await;
    world.next_step();
    write(
        &world,
        "CREATE TEMP TABLE before AS SELECT user_key, secret FROM authenticator;
         UPDATE authenticator SET secret = (SELECT other.secret FROM before AS other
             WHERE other.user_key <> authenticator.user_key)",
    );
    for (name, phone) in [
        ("alice", &alice),
        ("alice", &bob),
        ("bob", &bob),
        ("bob", &alice),
    ] {
        refuses(&world, name, &phone.code_at(world.seconds())).await;
    }
    let pending = world.pending("alice").await;
    accepted(
        world
            .mfa
            .second_step(&pending, Proof::backup_code(alices[0].clone()), client())
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn a_changed_public_field_refuses() {
    for change in [
        "digits = 8",
        "algorithm = 'SHA256'",
        "period = 60",
        "kind = 'hotp'",
    ] {
        let world = World::new();
        let (phone, _, _) = world.enroll("alice").await;
        world.next_step();
        write(&world, &format!("UPDATE authenticator SET {change}"));
        refuses(&world, "alice", &phone.code_at(world.seconds())).await;
    }
}

#[tokio::test]
async fn a_revoked_row_made_active_again_refuses() {
    let world = World::new();
    let (phone, _, session) = world.enroll("alice").await;
    let (_, _, session) = world.enroll_with(&session).await;
    let id = world.mfa.overview(&session).await.unwrap().authenticators[0].id;
    accepted(
        world
            .mfa
            .revoke(&session, id, countersign::session::Origin::default())
            .await
            .unwrap(),
    );
    world.next_step();
    write(&world, "UPDATE authenticator SET status = 'active'");
    refuses(&world, "alice", &phone.code_at(world.seconds())).await;
}

#[tokio::test]
async fn another_users_password_hash_is_no_password() {
    let world = World::new();
    world.add_user("alice").await;
    world.add_user("mallory").await;
    write(
        &world,
        "UPDATE user SET password = (SELECT password FROM user WHERE name = 'mallory') WHERE name = 'alice'",
    );
    let verdict = world
        .mfa
        .login("alice", Password::new(PASSWORD.to_owned()), client())
        .await;
    assert!(matches!(
        verdict,
        Err(countersign::Error::Unavailable(
            countersign::error::Unavailable::Vault(_)
        ))
    ));
    assert!(matches!(
        world.first_step("mallory", client()).await,
        FirstStep::SignedIn(_)
    ));
}

#[tokio::test]
async fn a_changed_audit_row_is_seen() {
    let world = World::new();
    world.enroll("alice").await;
    let filter = countersign::port::store::EventFilter {
        after: None,
        user: None,
        newest: false,
        limit: 100,
    };
    let holds = || async {
        world
            .mfa
            .operator()
            .events(filter)
            .await
            .unwrap()
            .iter()
            .filter(|(_, holds)| !holds)
            .count()
    };
    assert_eq!(holds().await, 0);
    write(
        &world,
        "UPDATE audit_event SET outcome = 'failure' WHERE event = 'authn_enrollment_confirmed'",
    );
    assert_eq!(holds().await, 1);
    // Those who follow the trail from outside are told too.
    let host = world.mfa.host(client().origin);
    let told = accepted(host.events(None, 1000).await.unwrap());
    assert_eq!(told.iter().filter(|(_, holds)| !holds).count(), 1);
}
