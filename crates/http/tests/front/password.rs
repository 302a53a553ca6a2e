//! `/password`

use crate::support::{PASSWORD, World};

const NEW: &str = "purple monkey dishwasher seven";

fn body(current: &str, new: &str) -> String {
    serde_json::json!({ "current": current, "new": new }).to_string()
}

#[tokio::test]
async fn a_new_password_ends_all_other_sessions() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let other = world.client();
    other.login("alice").await;
    let before = client.twin();
    let answer = client.post("/password", body(PASSWORD, NEW)).await;
    assert_eq!(answer.text(), r#"{"status":"password changed"}"#);
    assert_eq!(client.get("/session").await.status, 200);
    for gone in [other, before] {
        gone.get("/session").await.problem(401, "session_required");
    }
    let stranger = world.client();
    stranger
        .login("alice")
        .await
        .problem(401, "invalid_credentials");
    assert_eq!(stranger.login_with("alice", NEW).await.status, 200);
}

#[tokio::test]
async fn the_present_password_is_asked_for() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let answer = client
        .post("/password", body("wrong wrong wrong", NEW))
        .await;
    answer.problem(401, "invalid_credentials");
    assert_eq!(world.client().login("alice").await.status, 200);
}

#[tokio::test]
async fn a_weak_password_is_refused_with_its_reason() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let short = client
        .post("/password", body(PASSWORD, "fourteen chars"))
        .await;
    let problem = short.problem(422, "password_too_short");
    assert_eq!(problem["minimum_length"], 15);
    let long = client
        .post("/password", body(PASSWORD, &"x".repeat(129)))
        .await;
    long.problem(422, "password_too_long");
    let answer = client
        .post("/password", body(PASSWORD, "alice alice alice"))
        .await;
    answer.problem(422, "password_common");
}

#[tokio::test]
async fn it_takes_a_fresh_proof() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    world.pass(301);
    let answer = client.post("/password", body(PASSWORD, NEW)).await;
    answer.problem(401, "reauthentication_required");
    assert_eq!(
        answer.header("www-authenticate"),
        "Bearer error=\"insufficient_user_authentication\", acr_values=\"aal1\", max_age=\"300\""
    );
    let page = client.page("/password").await;
    page.leads_to("/reauthenticate?return_to=%2Fpassword");
}

#[tokio::test]
async fn as_a_form() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let wrong = [("current", "wrong wrong wrong"), ("new", NEW)];
    let answer = client.form("/password", "/password", &wrong).await;
    answer.shows(401, "That is not your present password.");
    let short = [("current", PASSWORD), ("new", "short")];
    let answer = client.form_of(&answer, "/password", &short).await;
    answer.shows(422, "Too short: use at least 15 characters.");
    let right = [("current", PASSWORD), ("new", NEW)];
    let answer = client.form_of(&answer, "/password", &right).await;
    answer.leads_to("/mfa?done=password-changed");
    let page = client.page("/mfa?done=password-changed").await;
    page.shows(200, "Password changed.");
}
