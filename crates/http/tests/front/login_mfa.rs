//! `/login/mfa`

use crate::support::World;

#[tokio::test]
async fn a_right_code_opens_a_session() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    let client = world.pending("alice").await;
    let answer = client.second_step(&phone.code(world.seconds())).await;
    assert_eq!(answer.status, 200);
    assert_eq!(answer.text(), r#"{"status":"logged in"}"#);
    assert!(client.cookie("__Host-countersign-login").is_none());
    let session = client.get("/session").await.json();
    assert_eq!(session["assurance"], "aal2");
    assert_eq!(session["amr"], serde_json::json!(["pwd", "otp", "mfa"]));
    assert_eq!(session["acr"], "aal2");
}

#[tokio::test]
async fn before_the_password_step_there_is_no_second() {
    let world = World::new();
    let client = world.client();
    let answer = client.second_step("123456").await;
    answer.problem(400, "password_step_required");
    let answer = client.page("/login/mfa").await;
    answer.shows(400, "Start again with your password");
}

#[tokio::test]
async fn a_pending_login_ends_after_ten_minutes() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    let client = world.pending("alice").await;
    world.pass(601);
    let answer = client.second_step(&phone.code(world.seconds())).await;
    answer.problem(400, "password_step_required");
}

#[tokio::test]
async fn a_pending_login_is_used_once() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    let client = world.pending("alice").await;
    let twin = client.twin();
    let answer = client.second_step(&phone.code(world.seconds())).await;
    assert_eq!(answer.status, 200);
    world.pass(30);
    let answer = twin.second_step(&phone.code(world.seconds())).await;
    answer.problem(400, "password_step_required");
}

#[tokio::test]
async fn a_code_is_accepted_once() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    let first = world.pending("alice").await;
    let code = phone.code(world.seconds());
    let second = world.client();
    second.login("alice").await;
    assert_eq!(first.second_step(&code).await.status, 200);
    let answer = second.second_step(&code).await;
    answer.problem(401, "code_already_used");
}

#[tokio::test]
async fn wrong_codes_are_refused_and_at_last_throttled() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    let client = world.pending("alice").await;
    let wrong = phone.wrong(world.seconds());
    for _ in 0..5 {
        let answer = client.second_step(&wrong).await;
        answer.problem(401, "invalid_code");
    }
    let answer = client.second_step(&phone.code(world.seconds())).await;
    let problem = answer.problem(429, "throttled");
    assert!(answer.header("retry-after").parse::<u64>().unwrap() > 0);
    assert!(problem["retry_at"].as_str().unwrap().ends_with('Z'));
    client
        .get("/session")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn a_malformed_code_is_told_apart_and_not_counted() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    let client = world.pending("alice").await;
    for code in [
        "12345",
        "123456789",
        "１２３４５６",
        "",
        "12 34 5a",
        "      ",
    ] {
        client
            .second_step(code)
            .await
            .problem(422, "malformed_code");
    }
    for _ in 0..20 {
        let answer = client
            .post("/login/mfa", r#"{"backup_code":"short"}"#)
            .await;
        answer.problem(422, "malformed_code");
    }
    let answer = client.second_step(&phone.code(world.seconds())).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn one_way_at_a_time() {
    let world = World::new();
    world.enrolled("alice").await;
    let client = world.pending("alice").await;
    for body in [
        "{}",
        r#"{"next_code":"123456"}"#,
        r#"{"code":"123456","backup_code":"7K3M-9QXD-T2WH-4RZC"}"#,
        r#"{"code":null}"#,
    ] {
        client
            .post("/login/mfa", body)
            .await
            .problem(422, "invalid_fields");
    }
}

#[tokio::test]
async fn a_backup_code_opens_a_session_once_and_tells_how_many_are_left() {
    let world = World::new();
    let (_, _, codes) = world.enrolled("alice").await;
    let client = world.pending("alice").await;
    let body = format!(r#"{{"backup_code":"{}"}}"#, codes[0].to_lowercase());
    let answer = client.post("/login/mfa", body.as_str()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let expected = serde_json::json!({"status": "logged in", "backup_codes_left": 9});
    assert_eq!(answer.json(), expected);
    let again = world.pending("alice").await;
    let answer = again.post("/login/mfa", body).await;
    answer.problem(401, "code_already_used");
    again.get("/session").await.problem(401, "session_required");
    let list = client.get("/mfa").await.json();
    assert_eq!(list["backup_codes_left"], 9);
    let kinds: Vec<_> = list["notices"].as_array().unwrap().iter().collect();
    assert!(
        kinds
            .iter()
            .any(|notice| notice["kind"] == "backup_code_used")
    );
}

#[tokio::test]
async fn the_page_has_a_form_for_each_way() {
    let world = World::new();
    world.enrolled("alice").await;
    let client = world.pending("alice").await;
    client.page("/login/mfa").await.shows(200, "name=\"code\"");
    for method in ["code", "totp", "hotp"] {
        let page = client.page(&format!("/login/mfa?method={method}")).await;
        page.shows(200, "name=\"code\"");
        assert!(!page.text().contains("name=\"next_code\""));
    }
    let resync = client.page("/login/mfa?method=hotp&resync=1").await;
    resync.shows(200, "name=\"next_code\"");
    let backup = client.page("/login/mfa?method=backup_code").await;
    backup.shows(200, "name=\"backup_code\"");
    let choose = client.page("/login/mfa?method=choose").await;
    choose.shows(200, "Choose how to continue");
}

#[tokio::test]
async fn as_forms_the_two_steps_lead_to_the_account() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    world.pass(30);
    let client = world.client();
    let fields = [
        ("username", "alice"),
        ("password", crate::support::PASSWORD),
    ];
    let answer = client.form("/login", "/login", &fields).await;
    answer.leads_to("/login/mfa");
    let wrong = phone.wrong(world.seconds());
    let answer = client
        .form("/login/mfa", "/login/mfa", &[("code", &wrong)])
        .await;
    answer.shows(401, "That code was not accepted.");
    let answer = client
        .form_of(&answer, "/login/mfa", &[("code", "12")])
        .await;
    answer.shows(422, "That code was not accepted.");
    let code = phone.code(world.seconds());
    let spaced = format!("{} {}", &code[..3], &code[3..]);
    let answer = client
        .form_of(&answer, "/login/mfa", &[("code", &spaced)])
        .await;
    answer.leads_to("/mfa");
    client.page("/mfa").await.shows(200, "Your account");
}

#[tokio::test]
async fn a_backup_code_form_keeps_its_way() {
    let world = World::new();
    let (_, _, codes) = world.enrolled("alice").await;
    let client = world.pending("alice").await;
    let page = client.page("/login/mfa?method=backup_code").await;
    let wrong = [("backup_code", "0000-0000-0000-0000")];
    let answer = client.form_of(&page, "/login/mfa", &wrong).await;
    answer.shows(401, "That backup code was not accepted.");
    let right = [("backup_code", codes[3].as_str())];
    client
        .form_of(&answer, "/login/mfa", &right)
        .await
        .leads_to("/mfa");
    client
        .page("/mfa")
        .await
        .shows(200, "You signed in with a backup code.");
}

#[tokio::test]
async fn cancelling_forgets_the_pending_login() {
    let world = World::new();
    world.enrolled("alice").await;
    let client = world.pending("alice").await;
    let answer = client.form("/login/mfa", "/logout", &[]).await;
    answer.leads_to("/login?done=signed-out");
    assert!(client.cookie("__Host-countersign-login").is_none());
}

#[tokio::test]
async fn a_code_of_another_user_opens_nothing() {
    let world = World::new();
    let (_, _, _) = world.enrolled("alice").await;
    let (_, mallory, _) = world.enrolled("mallory").await;
    let client = world.pending("alice").await;
    let answer = client.second_step(&mallory.code(world.seconds())).await;
    answer.problem(401, "invalid_code");
}
