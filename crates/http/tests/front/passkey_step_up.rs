//! A fresh proof by a passkey, and the strictness of bodies that hold one.

use serde_json::{Value, json};

use crate::support::{Key, PASSWORD, World};

async fn stale(world: &World, mut key: Key) -> (crate::support::Client, Key) {
    let client = world.signed_in("alice").await;
    let answer = key.enroll(&client).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    world.pass(301);
    (client, key)
}

#[tokio::test]
async fn one_that_verified_its_user_is_proof_enough() {
    let world = World::new();
    let (client, mut key) = stale(&world, Key::new()).await;
    let refused = client.post("/mfa/backup-codes", "{}").await;
    refused.problem(401, "reauthentication_required");
    let page = client.page("/reauthenticate").await;
    page.shows(200, "Use your passkey");
    page.shows(200, "data-with-password hidden");
    let answer = key.answer(&client, "/reauthenticate/options").await;
    let body = json!({ "passkey": answer }).to_string();
    let twin = client.twin();
    let proved = client.post("/reauthenticate", body.as_str()).await;
    assert_eq!(proved.json(), json!({ "status": "reauthenticated" }));
    let done = client.post("/mfa/backup-codes", "{}").await;
    assert_eq!(done.status, 200, "{}", done.text());
    let again = client.post("/reauthenticate", body.as_str()).await;
    again.problem(410, "challenge_expired");
    let gone = twin.post("/reauthenticate", body).await;
    gone.problem(401, "session_required");
}

#[tokio::test]
async fn one_that_verified_nobody_takes_the_password_too() {
    let world = World::new();
    let (client, mut key) = stale(&world, Key::without_verification()).await;
    let answer = key.answer(&client, "/reauthenticate/options").await;
    let body = json!({ "passkey": answer }).to_string();
    let refused = client.post("/reauthenticate", body).await;
    refused.problem(422, "password_required");
    let answer = key.answer(&client, "/reauthenticate/options").await;
    let body = json!({ "passkey": answer, "password": PASSWORD }).to_string();
    let proved = client.post("/reauthenticate", body).await;
    assert_eq!(proved.status, 200, "{}", proved.text());
    let mut options = client.post("/login/passkey/options", "{}").await.json();
    options["userVerification"] = json!("discouraged");
    let answer = key.sign(&options).await;
    let body = json!({ "credential": answer }).to_string();
    let refused = world.client().post("/login/passkey", body).await;
    refused.problem(401, "invalid_passkey");
}

/// Whoever finds the key may set a PIN on it. Its verification counts once it stood beside a password.
#[tokio::test]
async fn verification_that_came_later_is_no_second_factor_by_itself() {
    let world = World::new();
    let (client, mut key) = stale(&world, Key::without_verification()).await;
    key.takes_a_pin();
    let answer = key.answer(&client, "/login/passkey/options").await;
    let body = json!({ "credential": answer }).to_string();
    let refused = world.client().post("/login/passkey", body).await;
    refused.problem(401, "invalid_passkey");

    let mut options = client.post("/reauthenticate/options", "{}").await.json();
    options["userVerification"] = json!("required");
    let answer = key.sign(&options).await;
    let body = json!({ "passkey": answer, "password": PASSWORD }).to_string();
    let proved = client.post("/reauthenticate", body).await;
    assert_eq!(proved.status, 200, "{}", proved.text());
    let answer = key.answer(&client, "/login/passkey/options").await;
    let body = json!({ "credential": answer }).to_string();
    let passed = world.client().post("/login/passkey", body).await;
    assert_eq!(passed.status, 200, "{}", passed.text());
}

#[tokio::test]
async fn a_session_answers_its_own_challenge_only() {
    let world = World::new();
    let (client, mut key) = stale(&world, Key::new()).await;
    let other = world.client();
    other.login("alice").await;
    let answer = key.answer(&other, "/login/mfa/options").await;
    let body = json!({ "passkey": answer }).to_string();
    assert_eq!(other.post("/login/mfa", body).await.status, 200);
    let answer = key.answer(&other, "/reauthenticate/options").await;
    let body = json!({ "passkey": answer }).to_string();
    let refused = client.post("/reauthenticate", body).await;
    refused.problem(410, "challenge_expired");
    let mut foreign = Key::new();
    let options = other.post("/mfa/passkeys/options", "{}").await.json();
    world.clock.advance(std::time::Duration::from_secs(1));
    let made = foreign.create(&options).await;
    let body = json!({ "credential": made }).to_string();
    let refused = client.post("/mfa/passkeys", body).await;
    refused.problem(410, "challenge_expired");
}

#[tokio::test]
async fn our_fields_are_strict_and_the_browsers_are_not() {
    let world = World::new();
    let (_, mut key) = stale(&world, Key::new()).await;
    let client = world.client();
    let mut answer = key.answer(&client, "/login/passkey/options").await;
    let text = answer.to_string();
    for body in [
        format!(r#"{{"credential":{text},"credential":{text}}}"#),
        format!(r#"{{"credential":{text},"more":1}}"#),
        r#"{"credential":null}"#.to_owned(),
        "{}".to_owned(),
    ] {
        let refused = client.post("/login/passkey", body).await;
        refused.problem(422, "invalid_fields");
    }
    let long = format!(r#"{{"credential":"{}"}}"#, "A".repeat(64 * 1024));
    let refused = client.post("/login/passkey", long).await;
    refused.problem(413, "too_large");
    answer["ofALaterLevel"] = Value::Bool(true);
    answer["response"]["ofALaterLevel"] = json!({ "a": [1] });
    let body = json!({ "credential": answer }).to_string();
    let passed = client.post("/login/passkey", body).await;
    assert_eq!(passed.status, 200, "{}", passed.text());
}
