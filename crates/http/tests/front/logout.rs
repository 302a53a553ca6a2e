//! `/logout`

use axum::http::Method;

use crate::support::World;

#[tokio::test]
async fn signing_out_ends_the_session_for_every_copy_of_the_cookie() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let copy = client.twin();
    let answer = client.post("/logout", "").await;
    assert_eq!(answer.text(), r#"{"status":"logged out"}"#);
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    assert!(client.cookie("__Host-countersign-session").is_none());
    assert!(client.cookie("__Host-countersign-known").is_some());
    copy.get("/session").await.problem(401, "session_required");
}

#[tokio::test]
async fn without_a_session_there_is_nothing_to_end() {
    let world = World::new();
    let answer = world.client().post("/logout", "{}").await;
    answer.problem(401, "session_required");
    world.enrolled("alice").await;
    let client = world.pending("alice").await;
    client
        .post("/logout", "")
        .await
        .problem(401, "session_required");
    assert!(client.cookie("__Host-countersign-login").is_none());
}

#[tokio::test]
async fn the_button_is_on_every_signed_in_page() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    for path in [
        "/mfa",
        "/mfa/setup",
        "/password",
        "/sessions/end",
        "/reauthenticate",
    ] {
        let page = client.page(path).await;
        page.shows(200, "action=\"/logout\"");
    }
    let answer = client.form("/mfa", "/logout", &[]).await;
    answer.leads_to("/login?done=signed-out");
    assert_eq!(answer.header("clear-site-data"), "\"cache\", \"storage\"");
    let page = client.page("/login?done=signed-out").await;
    page.shows(200, "You are signed out");
}

#[tokio::test]
async fn a_link_signs_nobody_out() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let answer = client.page("/logout").await;
    assert_eq!(answer.status, 405);
    let answer = client.request(Method::GET, "/logout").send().await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST");
    assert_eq!(client.get("/session").await.status, 200);
}
