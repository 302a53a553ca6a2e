//! `/login`

use crate::support::{PASSWORD, World};

#[tokio::test]
async fn a_right_password_opens_a_session() {
    let world = World::new();
    world.add_user("alice").await;
    let client = world.client();
    let answer = client.login("alice").await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), r#"{"status":"logged in"}"#);
    let session = client.get("/session").await.json();
    assert_eq!(session["user"]["name"], "alice");
    assert_eq!(session["assurance"], "aal1");
    assert_eq!(session["amr"], serde_json::json!(["pwd"]));
    assert_eq!(session["acr"], "aal1");
    assert_eq!(session["auth_time"], "2026-01-01T00:00:00Z");
    assert_eq!(session["expires_at"], "2026-01-01T01:00:00Z");
}

#[tokio::test]
async fn cookies_are_bound_to_this_host_and_hidden_from_scripts() {
    let world = World::new();
    world.add_user("alice").await;
    let answer = world.client().login("alice").await;
    let session = answer.set_cookie("__Host-countersign-session").unwrap();
    assert!(
        session.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"),
        "{session}"
    );
    let known = answer.set_cookie("__Host-countersign-known").unwrap();
    let end = "; Path=/; HttpOnly; Secure; SameSite=Lax; Max-Age=34560000";
    assert!(known.ends_with(end), "{known}");
    for line in answer.set_cookies() {
        assert!(line.starts_with("__Host-countersign-") && !line.contains("Domain"));
    }
}

#[tokio::test]
async fn without_tls_on_loopback_the_names_are_plain() {
    let world = World::at("http://localhost:8080");
    world.add_user("alice").await;
    let client = world.client();
    let answer = client.login("alice").await;
    let session = answer.set_cookie("countersign-session").unwrap();
    assert!(
        session.ends_with("; Path=/; HttpOnly; SameSite=Lax"),
        "{session}"
    );
    assert_eq!(client.get("/session").await.status, 200);
}

#[tokio::test]
async fn a_user_with_a_second_factor_gets_no_session_yet() {
    let world = World::new();
    world.enrolled("alice").await;
    let client = world.client();
    let answer = client.login("alice").await;
    assert_eq!(answer.status, 200);
    let expected = serde_json::json!({
        "requires_mfa": true,
        "methods": ["totp", "backup_code"],
        "expires_at": "2026-01-01T00:10:00Z",
    });
    assert_eq!(answer.json(), expected);
    assert!(answer.set_cookie("__Host-countersign-session").is_none());
    let pending = answer.set_cookie("__Host-countersign-login").unwrap();
    assert!(pending.ends_with("; Path=/; HttpOnly; Secure; SameSite=Lax"));
    client
        .get("/session")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn the_pending_cookie_is_no_session_even_under_its_name() {
    let world = World::new();
    world.enrolled("alice").await;
    let client = world.client();
    client.login("alice").await;
    let pending = client.cookie("__Host-countersign-login").unwrap();
    client.keep("__Host-countersign-session", &pending);
    client
        .get("/session")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn a_wrong_password_is_refused_and_at_last_throttled() {
    let world = World::new();
    world.add_user("alice").await;
    let client = world.client();
    for _ in 0..5 {
        let answer = client
            .login_with("alice", "wrong horse battery staple")
            .await;
        answer.problem(401, "invalid_credentials");
        assert!(answer.set_cookies().is_empty());
    }
    let answer = client.login("alice").await;
    let problem = answer.problem(429, "throttled");
    assert_eq!(answer.header("retry-after"), "300");
    assert_eq!(problem["retry_at"], "2026-01-01T00:05:00Z");
}

#[tokio::test]
async fn a_form_leads_on() {
    let world = World::new();
    world.add_user("alice").await;
    let client = world.client();
    let fields = [("username", "alice"), ("password", PASSWORD)];
    client
        .form("/login", "/login", &fields)
        .await
        .leads_to("/mfa");
    client.page("/mfa").await.shows(200, "Your account");
    let target = "/login?return_to=%2Fpassword";
    client
        .form("/login", target, &fields)
        .await
        .leads_to("/password");
    let evil = "/login?return_to=https%3A%2F%2Fevil.example";
    client.form("/login", evil, &fields).await.leads_to("/mfa");
}

#[tokio::test]
async fn a_refused_form_is_shown_again_without_the_password() {
    let world = World::new();
    world.add_user("alice").await;
    let client = world.client();
    let fields = [("username", "alice"), ("password", "hunter2 hunter2")];
    let answer = client.form("/login", "/login", &fields).await;
    answer.shows(401, "Name or password is wrong.");
    assert!(answer.text().contains("value=\"alice\""));
    assert!(!answer.text().contains("hunter2"));
}

#[tokio::test]
async fn a_form_without_its_page_is_refused_and_can_be_sent_again() {
    let world = World::new();
    world.add_user("alice").await;
    let client = world.client();
    let other = world.client().page("/login").await;
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let answer = client.form_of(&other, "/login", &fields).await;
    answer.shows(403, "This page was open too long");
    assert!(client.cookie("__Host-countersign-session").is_none());
    client
        .form_of(&answer, "/login", &fields)
        .await
        .leads_to("/mfa");
}

#[tokio::test]
async fn signing_in_again_ends_the_session_before() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let before = client.twin();
    assert_eq!(client.login("alice").await.status, 200);
    assert_eq!(client.get("/session").await.status, 200);
    before
        .get("/session")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn a_known_browser_is_not_given_another_id() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let answer = client.login("alice").await;
    assert!(answer.set_cookie("__Host-countersign-known").is_none());
}

#[tokio::test]
async fn a_user_of_another_realm_is_nobody_here() {
    let world = World::new();
    let password = countersign::Password::new(PASSWORD.to_owned());
    let other = world.other_realm();
    let added = other.operator().add_user("alice", password, false).await;
    assert!(matches!(added.unwrap(), countersign::Verdict::Accepted(())));
    let answer = world.client().login("alice").await;
    answer.problem(401, "invalid_credentials");
}
