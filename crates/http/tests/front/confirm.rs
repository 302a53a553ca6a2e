//! `/mfa/confirm`

use crate::support::{Answer, Client, Phone, World};

async fn begun(world: &World) -> (Client, Phone) {
    let client = world.signed_in("alice").await;
    let setup = client.post("/mfa/setup", "").await.json();
    (client, Phone::new(&setup["secret"]))
}

async fn confirm(client: &Client, code: &str) -> Answer {
    let body = serde_json::json!({ "code": code });
    client.post("/mfa/confirm", body.to_string()).await
}

#[tokio::test]
async fn a_right_code_turns_the_second_step_on() {
    let world = World::new();
    let (client, phone) = begun(&world).await;
    let other = world.client();
    other.login("alice").await;
    let before = client.twin();
    let answer = confirm(&client, &phone.code(world.seconds())).await;
    assert_eq!(answer.status, 200);
    let confirmed = answer.json();
    assert_eq!(confirmed["status"], "MFA enabled");
    let codes = confirmed["backup_codes"].as_array().unwrap();
    assert_eq!(codes.len(), 10);
    assert_eq!(codes[0].as_str().unwrap().len(), 19);
    let session = client.get("/session").await.json();
    assert_eq!(session["assurance"], "aal2");
    before
        .get("/session")
        .await
        .problem(401, "session_required");
    let session = other.get("/session").await.json();
    assert_eq!(session["assurance"], "aal1");
    assert_eq!(
        world.client().login("alice").await.json()["requires_mfa"],
        true
    );
}

#[tokio::test]
async fn without_a_setup_there_is_nothing_to_confirm() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    confirm(&client, "123456")
        .await
        .problem(400, "no_pending_setup");
    let (client, phone) = {
        world.add_user("bob").await;
        let client = world.client();
        client.login("bob").await;
        let setup = client.post("/mfa/setup", "").await.json();
        (client, Phone::new(&setup["secret"]))
    };
    world.pass(901);
    let answer = confirm(&client, &phone.code(world.seconds())).await;
    answer.problem(400, "no_pending_setup");
}

#[tokio::test]
async fn a_wrong_code_is_a_400_and_turns_nothing_on() {
    let world = World::new();
    let (client, phone) = begun(&world).await;
    let answer = confirm(&client, &phone.wrong(world.seconds())).await;
    let problem = answer.problem(400, "invalid_code");
    assert!(problem.get("clock_offset").is_none());
    let login = world.client().login("alice").await;
    assert_eq!(login.text(), r#"{"status":"logged in"}"#);
}

#[tokio::test]
async fn a_clock_that_is_off_is_told_and_not_accepted() {
    let world = World::new();
    let (client, phone) = begun(&world).await;
    let answer = confirm(&client, &phone.code(world.seconds() - 120)).await;
    let problem = answer.problem(400, "invalid_code");
    assert_eq!(problem["clock_offset"], -120);
    assert_eq!(client.get("/session").await.json()["assurance"], "aal1");
}

#[tokio::test]
async fn malformed_codes_are_told_apart() {
    let world = World::new();
    let (client, phone) = begun(&world).await;
    for code in ["12345", "123456789", "１２３４５６", "", "abcdef"] {
        confirm(&client, code).await.problem(422, "malformed_code");
    }
    let answer = confirm(&client, &phone.code(world.seconds())).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn guesses_are_throttled_and_a_new_setup_resets_nothing() {
    let world = World::new();
    let (client, phone) = begun(&world).await;
    for _ in 0..5 {
        let answer = confirm(&client, &phone.wrong(world.seconds())).await;
        answer.problem(400, "invalid_code");
    }
    confirm(&client, "000000").await.problem(429, "throttled");
    let setup = client.post("/mfa/setup", "").await.json();
    let phone = Phone::new(&setup["secret"]);
    let answer = confirm(&client, &phone.code(world.seconds())).await;
    answer.problem(429, "throttled");
}

#[tokio::test]
async fn the_confirming_code_is_used_up() {
    let world = World::new();
    let (client, phone) = begun(&world).await;
    let code = phone.code(world.seconds());
    assert_eq!(confirm(&client, &code).await.status, 200);
    let browser = world.client();
    browser.login("alice").await;
    let answer = browser.second_step(&code).await;
    answer.problem(401, "code_already_used");
}

#[tokio::test]
async fn as_forms_a_failure_never_shows_the_picture_again() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let fields = [("label", ""), ("algorithm", "SHA1"), ("digits", "6")];
    let scan = client.form("/mfa/setup", "/mfa/setup", &fields).await;
    let secret = scan.text().split_once("secret=").unwrap().1[..32].to_owned();
    let phone = Phone::from_base32(&secret);
    let late = phone.code(world.seconds() - 120);
    let answer = client
        .form_of(&scan, "/mfa/confirm", &[("code", &late)])
        .await;
    answer.shows(400, "clock is about 2 minutes slow");
    assert!(!answer.text().contains(&secret) && !answer.text().contains("class=\"qr\""));
    let back = client.page("/mfa/confirm").await;
    back.shows(200, "Enter the code from the app");
    assert!(!back.text().contains(&secret) && !back.text().contains("class=\"qr\""));
    let code = phone.code(world.seconds());
    let codes = client
        .form_of(&back, "/mfa/confirm", &[("code", &code)])
        .await;
    codes.shows(200, "Save your backup codes");
    // The page belongs to the session's new token already.
    let code = codes.text().split_once("<li>").unwrap().1[..19].to_owned();
    let fields = [("backup_code", code.as_str())];
    let answer = client.form_of(&codes, "/mfa/backup-codes/acknowledge", &fields);
    answer.await.leads_to("/mfa/setup/done");
    let done = client.page("/mfa/setup/done").await;
    done.shows(200, "Your account now takes two steps");
    assert_eq!(
        client.get("/mfa").await.json()["backup_codes_acknowledged"],
        true
    );
}

#[tokio::test]
async fn as_a_form_a_further_authenticator_shows_no_codes() {
    let world = World::new();
    let (client, ..) = world.enrolled("alice").await;
    let fields = [("label", "Tablet"), ("algorithm", "SHA1"), ("digits", "6")];
    let scan = client.form("/mfa/setup", "/mfa/setup", &fields).await;
    scan.shows(200, "Step 2 of 2");
    let secret = scan.text().split_once("secret=").unwrap().1[..32].to_owned();
    let code = Phone::from_base32(&secret).code(world.seconds());
    let answer = client
        .form_of(&scan, "/mfa/confirm", &[("code", &code)])
        .await;
    answer.leads_to("/mfa/setup/done");
    let done = client.page("/mfa/setup/done").await;
    done.shows(200, "Your authenticator is ready");
}

#[tokio::test]
async fn a_setup_that_ended_says_so() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let page = client.page("/mfa/confirm").await;
    page.shows(200, "This setup has ended");
    let answer = client
        .form("/mfa", "/mfa/confirm", &[("code", "123456")])
        .await;
    answer.shows(400, "This setup has ended");
}
