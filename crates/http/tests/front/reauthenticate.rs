//! `/reauthenticate`

use crate::support::{PASSWORD, World};

#[tokio::test]
async fn a_password_is_proof_enough_for_a_user_who_has_no_more() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    world.pass(301);
    let stale = client.post("/mfa/setup", "").await;
    stale.problem(401, "reauthentication_required");
    let before = client.twin();
    let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
    let answer = client.post("/reauthenticate", body).await;
    assert_eq!(answer.text(), r#"{"status":"reauthenticated"}"#);
    assert_eq!(client.post("/mfa/setup", "").await.status, 201);
    before
        .get("/session")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn a_user_with_a_second_factor_needs_both() {
    let world = World::new();
    let (client, phone, _) = world.enrolled("alice").await;
    world.pass(301);
    let stale = client.post("/mfa/backup-codes", "").await;
    stale.problem(401, "reauthentication_required");
    assert!(
        stale
            .header("www-authenticate")
            .contains("acr_values=\"aal2\"")
    );
    let code = phone.code(world.seconds());
    let answer = client.post("/reauthenticate", format!(r#"{{"password":"{PASSWORD}"}}"#));
    answer.await.problem(422, "second_factor_required");
    let answer = client.post("/reauthenticate", format!(r#"{{"code":"{code}"}}"#));
    answer.await.problem(422, "password_required");
    client
        .post("/mfa/backup-codes", "")
        .await
        .problem(401, "reauthentication_required");
    let both = format!(r#"{{"password":"{PASSWORD}","code":"{code}"}}"#);
    assert_eq!(
        client.post("/reauthenticate", both.as_str()).await.status,
        200
    );
    assert_eq!(client.post("/mfa/backup-codes", "").await.status, 200);
    let again = client.post("/reauthenticate", both).await;
    again.problem(401, "code_already_used");
}

#[tokio::test]
async fn a_backup_code_is_a_second_factor_too() {
    let world = World::new();
    let (client, _, codes) = world.enrolled("alice").await;
    world.pass(301);
    let body = format!(
        r#"{{"password":"{PASSWORD}","backup_code":"{}"}}"#,
        codes[0]
    );
    assert_eq!(
        client.post("/reauthenticate", body.as_str()).await.status,
        200
    );
    let again = client.post("/reauthenticate", body).await;
    assert_eq!(again.status, 401, "{}", again.text());
}

#[tokio::test]
async fn without_a_session_nothing_is_proved() {
    let world = World::new();
    world.enrolled("alice").await;
    let client = world.pending("alice").await;
    let body = format!(r#"{{"password":"{PASSWORD}"}}"#);
    let answer = client.post("/reauthenticate", body).await;
    answer.problem(401, "session_required");
}

#[tokio::test]
async fn a_browser_goes_back_to_what_was_being_asked() {
    let world = World::new();
    let (client, phone, _) = world.enrolled("alice").await;
    world.pass(301);
    let target = "/reauthenticate?return_to=%2Fmfa%2Fsetup";
    client.page("/mfa/setup").await.leads_to(target);
    let page = client.page(target).await;
    page.shows(200, "You are about to add an authenticator");
    let fields = [
        ("password", PASSWORD),
        ("code", "000000"),
        ("return_to", "/mfa/setup"),
    ];
    let answer = client.form_of(&page, "/reauthenticate", &fields).await;
    answer.shows(401, "That code was not accepted.");
    assert!(
        answer
            .text()
            .contains("name=\"return_to\" value=\"/mfa/setup\"")
    );
    let code = phone.code(world.seconds());
    let fields = [
        ("password", PASSWORD),
        ("code", code.as_str()),
        ("return_to", "/mfa/setup"),
    ];
    let answer = client.form_of(&answer, "/reauthenticate", &fields).await;
    answer.leads_to("/mfa/setup");
    client
        .page("/mfa/setup")
        .await
        .shows(200, "Add an authenticator");
}

#[tokio::test]
async fn a_form_post_that_is_stale_is_led_to_its_proof() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let page = client.page("/mfa/setup").await;
    world.pass(301);
    let answer = client
        .form_of(&page, "/mfa/setup", &[("label", "Pixel")])
        .await;
    answer.leads_to("/reauthenticate?return_to=%2Fmfa%2Fsetup");
}

#[tokio::test]
async fn nobody_is_led_to_another_site() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    for evil in [
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "https://login.example.com@evil.example",
        "/%2Fevil.example",
        "javascript:alert(1)",
        "/mfa\r\nSet-Cookie: a=b",
    ] {
        let fields = [("password", PASSWORD), ("return_to", evil)];
        let answer = client
            .form("/reauthenticate", "/reauthenticate", &fields)
            .await;
        answer.leads_to("/mfa");
    }
    let page = client
        .page("/reauthenticate?return_to=https%3A%2F%2Fevil.example")
        .await;
    assert!(!page.text().contains("evil.example"));
}
