//! Passkeys: an authenticator in software that others wrote answers what a browser would hand on.

use serde_json::{Value, json};

use crate::backend::{Backend, text};
use crate::support::{Answer, Key, World};

const PATH: &str = "/v1/users/u-1/authenticators";

async fn begin(backend: &Backend, proof: Option<&str>) -> Answer {
    let body = json!({ "type": "passkey", "account_name": "alice@example.com",
        "display_name": "Alice", "label": "Blue key", "proof": proof });
    let begun = backend.post(PATH, &body).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    begun
}

pub async fn enroll(backend: &Backend, key: &mut Key) -> Answer {
    let begun = begin(backend, None).await;
    let credential = key.create(&begun.json()["public_key"]).await;
    let body = json!({ "credential": credential });
    backend.confirm("u-1", &text(&begun, "id"), &body).await
}

pub async fn challenge(backend: &Backend) -> Value {
    let begun = backend.post("/v1/users/u-1/challenges", &json!({})).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    begun.json()
}

#[tokio::test]
async fn a_passkey_is_enrolled_and_verifies_once() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let mut key = Key::new();
    let begun = begin(&backend, None).await;
    let json = begun.json();
    assert_eq!(
        (&json["type"], &json["status"]),
        (&json!("passkey"), &json!("pending"))
    );
    assert!(json.get("secret").is_none() && json.get("uri").is_none());
    let options = &json["public_key"];
    assert_eq!(options["user"]["name"], "alice@example.com");
    assert_eq!(options["user"]["displayName"], "Alice");
    let body = json!({ "credential": key.create(options).await });
    let id = text(&begun, "id");
    let confirmed = backend.confirm("u-1", &id, &body).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let told = confirmed.json();
    assert_eq!(
        (&told["id"], &told["label"]),
        (&json!(id), &json!("Blue key"))
    );
    assert_eq!(told["backup_codes"].as_array().unwrap().len(), 10);
    let again = backend.confirm("u-1", &id, &body).await;
    again.problem(404, "no_pending_setup");
    let listed = &backend.get(PATH).await.json()["data"][0];
    assert_eq!(listed["type"], "passkey");
    assert!(listed["synced"].is_boolean(), "{listed}");

    let asked = challenge(&backend).await;
    assert_eq!(asked["methods"], json!(["passkey", "backup_code"]));
    let credential = key.sign(&asked["public_key"]).await;
    let body = json!({ "challenge_id": asked["id"], "credential": credential });
    let accepted = backend.verify("u-1", &body).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    let told = accepted.json();
    assert_eq!(
        (&told["acr"], &told["authenticator_id"]),
        (&json!("phr"), &json!(id))
    );
    backend
        .verify("u-1", &body)
        .await
        .problem(409, "challenge_used");
    // Its proof is one: another authenticator is begun by it.
    let proof = text(&accepted, "verification_id");
    assert_eq!(backend.begin("u-1", Some(&proof)).await.status, 201);
}

#[tokio::test]
async fn an_answer_is_to_its_own_challenge_in_its_own_time() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let mut key = Key::new();
    assert_eq!(enroll(&backend, &mut key).await.status, 200);
    let (one, other) = (challenge(&backend).await, challenge(&backend).await);
    let credential = key.sign(&one["public_key"]).await;
    let crossed = json!({ "challenge_id": other["id"], "credential": credential });
    backend
        .verify("u-1", &crossed)
        .await
        .problem(410, "challenge_expired");
    let made_up = json!({ "challenge_id": "chl_AAAA", "credential": credential });
    backend
        .verify("u-1", &made_up)
        .await
        .problem(410, "challenge_expired");
    // Somebody else's name on it.
    let body = json!({ "challenge_id": one["id"], "credential": credential });
    let answer = backend.verify("u-2", &body).await;
    assert!([410, 422].contains(&answer.status), "{}", answer.text());
    world.pass(5 * 60 + 1);
    backend
        .verify("u-1", &body)
        .await
        .problem(410, "challenge_expired");
    // None of that used up a fresh one.
    let fresh = challenge(&backend).await;
    let credential = key.sign(&fresh["public_key"]).await;
    let body = json!({ "challenge_id": fresh["id"], "credential": credential });
    assert_eq!(backend.verify("u-1", &body).await.status, 200);
}

#[tokio::test]
async fn another_key_is_refused() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let mut key = Key::new();
    assert_eq!(enroll(&backend, &mut key).await.status, 200);
    let mut stranger = Key::new();
    let options = begin_for(&backend, "u-2").await;
    stranger.create(&options).await;
    let mut asked = challenge(&backend).await;
    asked["public_key"]["allowCredentials"] = json!([]);
    let credential = stranger.sign(&asked["public_key"]).await;
    let body = json!({ "challenge_id": asked["id"], "credential": credential });
    backend
        .verify("u-1", &body)
        .await
        .problem(422, "invalid_passkey");
    // What was made for one user confirms nothing of another's.
    let begun = begin_for_answer(&backend, "u-3").await;
    let credential = stranger.create(&options).await;
    let body = json!({ "credential": credential });
    let answer = backend.confirm("u-3", &text(&begun, "id"), &body).await;
    assert!([410, 422].contains(&answer.status), "{}", answer.text());
}

async fn begin_for_answer(backend: &Backend, user: &str) -> Answer {
    let body = json!({ "type": "passkey", "account_name": "bob" });
    let path = format!("/v1/users/{user}/authenticators");
    backend.post(&path, &body).await
}

async fn begin_for(backend: &Backend, user: &str) -> Value {
    begin_for_answer(backend, user).await.json()["public_key"].clone()
}

#[tokio::test]
async fn a_challenge_of_who_has_no_passkey_holds_no_options_and_changes_nothing() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let asked = challenge(&backend).await;
    assert_eq!(asked["methods"], json!([]));
    assert!(asked.get("public_key").is_none());
    assert!(asked["id"].as_str().unwrap().starts_with("chl_"));
    assert_eq!(backend.get("/v1/users").await.json(), json!({ "data": [] }));
    backend.enroll(&world, "u-1").await;
    let asked = challenge(&backend).await;
    assert_eq!(asked["methods"], json!(["totp", "backup_code"]));
}
