//! A request that was sent twice is done once, and its secret is told once all the same.

use axum::http::Method;
use countersign::api_key::Scope;
use serde_json::{Value, json};

use crate::backend::{Backend, text};
use crate::support::{Answer, World};

const PATH: &str = "/v1/users/u-1/authenticators";

async fn post(backend: &Backend, path: &str, key: &str, body: &Value) -> Answer {
    let asked = backend.ask(Method::POST, path).json(body);
    asked.field("idempotency-key", key).send().await
}

#[tokio::test]
async fn a_repeated_enrollment_is_told_by_its_id_and_never_by_its_secret() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let body = json!({ "type": "totp", "account_name": "alice" });
    let first = post(&backend, PATH, "7f-1", &body).await;
    assert_eq!(first.status, 201, "{}", first.text());
    for _ in 0..2 {
        let again = post(&backend, PATH, "7f-1", &body).await;
        let problem = again.problem(409, "already_created");
        assert_eq!(problem["id"], text(&first, "id"));
        assert!(!again.text().contains(&text(&first, "secret")));
    }
    let list = backend.get(PATH).await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    // Under another name it is another one, which replaces the pending one.
    let other = post(&backend, PATH, "7f-2", &body).await;
    assert_eq!(other.status, 201);
    assert_ne!(text(&other, "id"), text(&first, "id"));
    // After a day the name is free.
    world.pass(24 * 3600 + 1);
    let backend = Backend {
        key: Backend::of(&world).await.key,
        ..backend
    };
    assert_eq!(post(&backend, PATH, "7f-1", &body).await.status, 201);
}

#[tokio::test]
async fn a_name_is_of_one_request_by_one_key_for_one_user() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let body = json!({ "type": "totp", "account_name": "alice" });
    assert_eq!(post(&backend, PATH, "a", &body).await.status, 201);
    let other = json!({ "type": "totp", "account_name": "bob" });
    let answer = post(&backend, PATH, "a", &other).await;
    answer.problem(422, "idempotency_key_reused");
    let elsewhere = "/v1/users/u-2/authenticators";
    assert_eq!(post(&backend, elsewhere, "a", &body).await.status, 201);
    let by_other = Backend::with(&world, &[Scope::Enroll]).await;
    assert_eq!(post(&by_other, PATH, "a", &other).await.status, 201);
}

#[tokio::test]
async fn a_repeated_passkey_enrollment_is_told_so_too() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let body = json!({ "type": "passkey", "account_name": "alice" });
    let first = post(&backend, PATH, "p", &body).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let again = post(&backend, PATH, "p", &body).await;
    assert_eq!(
        again.problem(409, "already_created")["id"],
        text(&first, "id")
    );
}

#[tokio::test]
async fn repeated_backup_codes_are_one_set_told_once() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    let proof = backend.proof(&world, "u-1", &enrolled.phone).await;
    let (path, body) = ("/v1/users/u-1/backup-codes", json!({ "proof": proof }));
    let first = post(&backend, path, "codes", &body).await;
    assert_eq!(first.status, 201, "{}", first.text());
    let again = post(&backend, path, "codes", &body).await;
    again.problem(409, "already_created");
    let codes = first.json()["backup_codes"].clone();
    let code = codes[0].as_str().unwrap();
    assert!(!again.text().contains(code));
    let used = backend.verify("u-1", &json!({ "backup_code": code })).await;
    assert_eq!(used.status, 200, "the first set is the one that stands");
}

#[tokio::test]
async fn what_is_no_name_is_refused_and_nothing_done() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let body = json!({ "type": "totp", "account_name": "alice" });
    let longest = "k".repeat(255);
    for key in ["", " ", "a b", "\u{e9}", &format!("{longest}k")] {
        let answer = post(&backend, PATH, key, &body).await;
        answer.problem(422, "invalid_idempotency_key");
    }
    let asked = backend.ask(Method::POST, PATH).json(&body);
    let asked = asked
        .field("idempotency-key", "a")
        .field("idempotency-key", "b");
    let answer = asked.send().await;
    answer.problem(422, "invalid_idempotency_key");
    assert_eq!(backend.get(PATH).await.json(), json!({ "data": [] }));
    assert_eq!(post(&backend, PATH, &longest, &body).await.status, 201);
}

#[tokio::test]
async fn many_at_once_make_one() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let body = json!({ "type": "totp", "account_name": "alice" });
    let mut working = Vec::new();
    for _ in 0..16 {
        let backend = Backend {
            client: world.client(),
            key: backend.key.clone(),
        };
        let body = body.clone();
        working.push(tokio::spawn(async move {
            post(&backend, PATH, "same", &body).await.status
        }));
    }
    let mut made = 0;
    for one in working {
        let status = one.await.unwrap();
        assert!([201, 409].contains(&status), "{status}");
        made += u32::from(status == 201);
    }
    assert_eq!(made, 1);
}
