//! Listing, renaming, revoking, and making backup codes.

use axum::http::Method;
use serde_json::json;

use crate::backend::{Backend, text};
use crate::support::World;

const PATH: &str = "/v1/users/u-1/authenticators";
const NOBODY: &str = "0190b0a0-0000-7000-8000-000000000001";

#[tokio::test]
async fn authenticators_are_listed_without_their_secrets() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    assert_eq!(backend.get(PATH).await.json(), json!({ "data": [] }));
    let enrolled = backend.enroll(&world, "u-1").await;
    let created_at = world.mfa.now().rfc3339();
    let proof = backend.proof(&world, "u-1", &enrolled.phone).await;
    let used_at = world.mfa.now().rfc3339();
    let pending = backend.begin("u-1", Some(&proof)).await;
    let list = backend.get(PATH).await;
    let json = list.json();
    let data = json["data"].as_array().unwrap();
    assert_eq!(
        data[0],
        json!({ "id": enrolled.id, "type": "totp", "status": "active", "label": "Authenticator app",
            "created_at": created_at, "last_used_at": used_at })
    );
    assert_eq!(data[1]["id"], text(&pending, "id"));
    assert_eq!(data[1]["status"], "pending");
    assert!(!list.text().contains(&text(&pending, "secret")));
    assert_eq!(
        backend.get("/v1/users/u-2/authenticators").await.json(),
        json!({ "data": [] })
    );
}

#[tokio::test]
async fn one_is_renamed() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    let path = format!("{PATH}/{}", enrolled.id);
    let renamed = backend
        .patch(&path, &json!({ "label": " Work phone " }))
        .await;
    assert_eq!(renamed.status, 200, "{}", renamed.text());
    assert_eq!(renamed.json()["label"], "Work phone");
    assert_eq!(renamed.json()["id"], enrolled.id);
    for label in ["", " ", "a\u{7}", &"x".repeat(65)] {
        let answer = backend.patch(&path, &json!({ "label": label })).await;
        answer.problem(422, "label_invalid");
    }
    assert_eq!(
        backend.get(PATH).await.json()["data"][0]["label"],
        "Work phone"
    );
}

#[tokio::test]
async fn one_is_revoked_by_a_proof_and_with_the_last_the_second_step_ends() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    let path = format!("{PATH}/{}", enrolled.id);
    backend
        .delete(&path, &json!({}))
        .await
        .problem(403, "proof_required");
    let bare = backend.ask(Method::DELETE, &path).send().await;
    bare.problem(403, "proof_required");
    let proof = backend.proof(&world, "u-1", &enrolled.phone).await;
    // In the address it is no proof: addresses are logged.
    let asked = format!("{path}?proof={proof}");
    let answer = backend.ask(Method::DELETE, &asked).send().await;
    answer.problem(403, "proof_required");
    let revoked = backend.delete(&path, &json!({ "proof": proof })).await;
    assert_eq!(revoked.status, 204, "{}", revoked.text());
    let user = backend.get("/v1/users/u-1").await.json();
    assert_eq!(user["enrolled"], false);
    assert_eq!(user["backup_codes_left"], 0);
    backend
        .delete(&path, &json!({}))
        .await
        .problem(404, "not_found");
    world.pass(30);
    let code = enrolled.phone.code(world.seconds());
    backend
        .code("u-1", &code)
        .await
        .problem(422, "invalid_code");
    // And a new beginning needs no proof.
    backend.enroll(&world, "u-1").await;
}

#[tokio::test]
async fn a_pending_one_is_taken_back_without_a_proof_while_there_is_no_other() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let begun = backend.begin("u-1", None).await;
    let path = format!("{PATH}/{}", text(&begun, "id"));
    let answer = backend.ask(Method::DELETE, &path).send().await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    assert_eq!(backend.get(PATH).await.json(), json!({ "data": [] }));
}

#[tokio::test]
async fn what_is_somebody_elses_is_not_there() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let alice = backend.enroll(&world, "u-1").await;
    let bob = backend.enroll(&world, "u-2").await;
    let proof = backend.proof(&world, "u-1", &alice.phone).await;
    for id in [
        bob.id.as_str(),
        NOBODY,
        "x",
        "%ff",
        "..%2f",
        &alice.id.replace('-', ""),
    ] {
        let path = format!("{PATH}/{id}");
        let answer = backend.patch(&path, &json!({ "label": "Mine" })).await;
        answer.problem(404, "not_found");
        let answer = backend.delete(&path, &json!({ "proof": proof })).await;
        answer.problem(404, "not_found");
        let answer = backend
            .confirm("u-1", id, &json!({ "code": "123456" }))
            .await;
        assert_eq!(answer.status, 404, "{id}");
    }
    let other = backend.get("/v1/users/u-2/authenticators").await.json();
    assert_eq!(other["data"][0]["status"], "active");
    assert_eq!(other["data"][0]["label"], "Authenticator app");
    // The proof that opened nothing is still one.
    let path = format!("{PATH}/{}", alice.id);
    assert_eq!(
        backend
            .delete(&path, &json!({ "proof": proof }))
            .await
            .status,
        204
    );
}

#[tokio::test]
async fn new_backup_codes_take_a_proof_and_void_the_old() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let path = "/v1/users/u-1/backup-codes";
    backend
        .post(path, &json!({}))
        .await
        .problem(404, "not_found");
    let enrolled = backend.enroll(&world, "u-1").await;
    backend
        .post(path, &json!({}))
        .await
        .problem(403, "proof_required");
    let proof = backend.proof(&world, "u-1", &enrolled.phone).await;
    let made = backend.post(path, &json!({ "proof": proof })).await;
    assert_eq!(made.status, 201, "{}", made.text());
    let codes = made.json()["backup_codes"].as_array().unwrap().clone();
    assert_eq!(codes.len(), 10);
    let old = json!({ "backup_code": enrolled.backup_codes[0] });
    backend
        .verify("u-1", &old)
        .await
        .problem(422, "invalid_code");
    let new = json!({ "backup_code": codes[0] });
    let accepted = backend.verify("u-1", &new).await;
    assert_eq!(accepted.json()["backup_codes_left"], 9);
    let again = backend.post(path, &json!({ "proof": proof })).await;
    again.problem(403, "proof_required");
}
