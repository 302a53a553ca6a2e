//! `/setup/{token}`

use crate::support::{PASSWORD, World};

async fn link(world: &World) -> String {
    let token = world.mfa.operator().setup_link().await.unwrap().unwrap();
    format!("/setup/{}", token.reveal().as_str())
}

#[tokio::test]
async fn looking_uses_nothing_up_and_sending_creates_the_account_once() {
    let world = World::new();
    let path = link(&world).await;
    let client = world.client();
    for _ in 0..3 {
        client
            .page(&path)
            .await
            .shows(200, "Create the first account");
    }
    let fields = [("username", "ada"), ("password", PASSWORD)];
    client.form(&path, &path, &fields).await.leads_to("/mfa");
    assert_eq!(client.get("/session").await.json()["user"]["name"], "ada");
    client
        .page(&path)
        .await
        .shows(410, "This link no longer works");
    let body = format!(r#"{{"username":"eve","password":"{PASSWORD}"}}"#);
    let late = world.client().post(&path, body).await;
    late.problem(410, "link_invalid");
}

#[tokio::test]
async fn as_a_program() {
    let world = World::new();
    let path = link(&world).await;
    let client = world.client();
    let body = format!(r#"{{"username":"ada","password":"{PASSWORD}"}}"#);
    let answer = client.post(&path, body).await;
    assert_eq!(answer.status, 201);
    assert_eq!(answer.text(), r#"{"status":"account created"}"#);
    assert_eq!(client.get("/session").await.status, 200);
    let answer = client.get(&path).await;
    answer.problem(405, "method_not_allowed");
    assert_eq!(answer.header("allow"), "POST");
}

#[tokio::test]
async fn what_is_not_allowed_is_said_in_the_form() {
    let world = World::new();
    let path = link(&world).await;
    let client = world.client();
    let short = [("username", "ada"), ("password", "short")];
    let answer = client.form(&path, &path, &short).await;
    answer.shows(422, "Too short: use at least 15 characters.");
    assert!(answer.text().contains("value=\"ada\""));
    let nameless = [("username", " "), ("password", PASSWORD)];
    let answer = client.form_of(&answer, &path, &nameless).await;
    answer.shows(422, "letters, digits or signs.");
    assert!(!answer.text().contains(PASSWORD));
}

#[tokio::test]
async fn another_link_opens_nothing() {
    let world = World::new();
    let old = link(&world).await;
    let new = link(&world).await;
    let client = world.client();
    for path in [old.as_str(), "/setup/nonsense", "/setup/%ff"] {
        let answer = client.page(path).await;
        assert!(answer.status == 410 || answer.status == 400, "{path}");
    }
    client
        .page(&new)
        .await
        .shows(200, "Create the first account");
    world.pass(3601);
    client
        .page(&new)
        .await
        .shows(410, "This link no longer works");
}
