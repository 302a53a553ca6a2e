//! `/session` and `/sessions`

use axum::http::Method;

use crate::support::{Client, World};

async fn second_browser(world: &World, name: &str) -> Client {
    let client = world.client();
    client.login(name).await;
    client
}

#[tokio::test]
async fn an_unknown_or_ended_session_is_none() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    world
        .client()
        .get("/session")
        .await
        .problem(401, "session_required");
    let unknown = "A".repeat(54);
    for cookie in [unknown.as_str(), "", "x", "../../etc/passwd"] {
        let line = format!("__Host-countersign-session={cookie}");
        let request = world.client();
        let request = request.request(Method::GET, "/session");
        let answer = request.header("cookie", &line).send().await;
        answer.problem(401, "session_required");
        assert!(answer.header("www-authenticate").starts_with("Cookie"));
    }
    world.pass(3601);
    client
        .get("/session")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn a_browser_without_a_session_is_led_to_sign_in_and_back() {
    let world = World::new();
    let client = world.client();
    client
        .page("/mfa")
        .await
        .leads_to("/login?return_to=%2Fmfa");
    client
        .page("/password")
        .await
        .leads_to("/login?return_to=%2Fpassword");
    let answer = client.page("/login?return_to=%2Fpassword").await;
    answer.shows(200, "action=\"/login?return_to=%2Fpassword\"");
    client.page("/session").await.leads_to("/login");
}

#[tokio::test]
async fn sessions_are_listed_by_their_public_names() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    second_browser(&world, "alice").await;
    let answer = client.get("/sessions").await;
    let sessions = answer.json()["sessions"].as_array().unwrap().clone();
    assert_eq!(sessions.len(), 2);
    let current = sessions.iter().filter(|one| one["current"] == true);
    assert_eq!(current.count(), 1);
    assert_eq!(sessions[0]["address"], "192.0.2.1");
    let cookie = client.cookie("__Host-countersign-session").unwrap();
    assert!(!answer.text().contains(&cookie));
}

#[tokio::test]
async fn one_session_can_be_ended_and_not_a_strangers() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let other = second_browser(&world, "alice").await;
    let mallory = world.signed_in("mallory").await;
    let sessions = client.get("/sessions").await.json();
    let mut sessions = sessions["sessions"].as_array().unwrap().iter();
    let id = sessions.find(|one| one["current"] == false).unwrap()["id"].clone();
    let path = format!("/sessions/{}", id.as_str().unwrap());
    let answer = mallory.json(Method::DELETE, &path, "").await;
    answer.problem(404, "not_found");
    assert_eq!(other.get("/session").await.status, 200);
    let answer = client.json(Method::DELETE, &path, "").await;
    assert_eq!(answer.text(), r#"{"status":"session ended"}"#);
    other.get("/session").await.problem(401, "session_required");
    assert_eq!(client.get("/session").await.status, 200);
    let answer = client.json(Method::DELETE, "/sessions/nonsense", "").await;
    answer.problem(404, "not_found");
}

#[tokio::test]
async fn all_others_can_be_ended_and_this_one_gets_a_new_token() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let other = second_browser(&world, "alice").await;
    let before = client.twin();
    let answer = client.json(Method::DELETE, "/sessions", "").await;
    assert_eq!(answer.text(), r#"{"status":"other sessions ended"}"#);
    assert_eq!(client.get("/session").await.status, 200);
    for gone in [other, before] {
        gone.get("/session").await.problem(401, "session_required");
    }
}

#[tokio::test]
async fn as_forms() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let one = second_browser(&world, "alice").await;
    let sessions = client.get("/sessions").await.json();
    let mut sessions = sessions["sessions"].as_array().unwrap().iter();
    let id = sessions.find(|one| one["current"] == false).unwrap()["id"].clone();
    let path = format!("/sessions/{}/end", id.as_str().unwrap());
    let answer = client.form("/mfa", &path, &[]).await;
    answer.leads_to("/mfa?done=session-ended");
    one.get("/session").await.problem(401, "session_required");
    client
        .page("/mfa?done=session-ended")
        .await
        .shows(200, "The session was ended.");
    let two = second_browser(&world, "alice").await;
    let page = client.page("/sessions/end").await;
    page.shows(200, "One other browser is signed in");
    let answer = client.form_of(&page, "/sessions/end", &[]).await;
    answer.leads_to("/mfa?done=other-sessions-ended");
    two.get("/session").await.problem(401, "session_required");
    client.page("/sessions").await.leads_to("/mfa#sessions");
}

#[tokio::test]
async fn ending_sessions_takes_a_fresh_proof() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    world.pass(301);
    let answer = client.json(Method::DELETE, "/sessions", "").await;
    answer.problem(401, "reauthentication_required");
    let page = client.page("/sessions/end").await;
    page.leads_to("/reauthenticate?return_to=%2Fsessions%2Fend");
}
