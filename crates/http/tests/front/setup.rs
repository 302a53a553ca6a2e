//! `/mfa/setup`

use countersign::otp::KeyUri;
use data_encoding::BASE64;

use crate::support::{Phone, World};

#[tokio::test]
async fn the_answer_holds_all_that_an_app_needs() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let answer = client.post("/mfa/setup", r#"{"label":"Pixel"}"#).await;
    assert_eq!(answer.status, 201);
    let setup = answer.json();
    let mut names: Vec<_> = setup.as_object().unwrap().keys().collect();
    names.sort();
    let expected = [
        "authenticator_id",
        "expires_at",
        "qr_data_uri",
        "qr_svg",
        "secret",
        "uri",
    ];
    assert_eq!(names, expected);
    let secret = setup["secret"].as_str().unwrap();
    assert_eq!(secret.len(), 32);
    let uri = setup["uri"].as_str().unwrap();
    assert!(
        uri.starts_with("otpauth://totp/Countersign:alice?"),
        "{uri}"
    );
    assert!(uri.contains(secret));
    uri.parse::<KeyUri>().unwrap();
    assert!(setup["qr_svg"].as_str().unwrap().starts_with("<svg"));
    assert_eq!(setup["expires_at"], "2026-01-01T00:15:00Z");
    let picture = setup["qr_data_uri"].as_str().unwrap();
    let picture = picture.strip_prefix("data:image/png;base64,").unwrap();
    let picture = BASE64.decode(picture.as_bytes()).unwrap();
    assert!(picture.starts_with(b"\x89PNG\r\n\x1a\n"));
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn options_are_taken_or_refused() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let answer = client
        .post("/mfa/setup", r#"{"algorithm":"SHA256","digits":8}"#)
        .await;
    let setup = answer.json();
    assert_eq!(setup["secret"].as_str().unwrap().len(), 52);
    let uri = setup["uri"].as_str().unwrap();
    assert!(
        uri.contains("algorithm=SHA256") && uri.contains("digits=8"),
        "{uri}"
    );
    for body in [
        r#"{"algorithm":"MD5"}"#,
        r#"{"digits":5}"#,
        r#"{"digits":9}"#,
        r#"{"digits":"6"}"#,
        r#"{"period":60}"#,
    ] {
        client
            .post("/mfa/setup", body)
            .await
            .problem(422, "invalid_fields");
    }
    let body = format!(r#"{{"label":"{}"}}"#, "x".repeat(65));
    client
        .post("/mfa/setup", body)
        .await
        .problem(422, "label_invalid");
}

#[tokio::test]
async fn it_takes_a_session() {
    let world = World::new();
    let answer = world.client().post("/mfa/setup", "").await;
    answer.problem(401, "session_required");
    world.enrolled("alice").await;
    let pending = world.pending("alice").await;
    pending
        .post("/mfa/setup", "")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn a_second_setup_replaces_the_pending_one_and_leaves_the_active_alone() {
    let world = World::new();
    let (client, phone, _) = world.enrolled("alice").await;
    world.pass(1);
    let first = Phone::new(&client.post("/mfa/setup", "").await.json()["secret"]);
    let second = Phone::new(&client.post("/mfa/setup", "").await.json()["secret"]);
    let list = client.get("/mfa").await.json();
    let rows = list["authenticators"].as_array().unwrap();
    let statuses: Vec<_> = rows
        .iter()
        .map(|row| row["status"].as_str().unwrap())
        .collect();
    assert_eq!(statuses, ["active", "pending"]);
    let code = format!(r#"{{"code":"{}"}}"#, first.code(world.seconds()));
    client
        .post("/mfa/confirm", code)
        .await
        .problem(400, "invalid_code");
    let code = format!(r#"{{"code":"{}"}}"#, second.code(world.seconds()));
    assert_eq!(client.post("/mfa/confirm", code).await.status, 200);
    let browser = world.pending("alice").await;
    let answer = browser.second_step(&phone.code(world.seconds())).await;
    assert_eq!(answer.status, 200);
}

#[tokio::test]
async fn as_forms_the_secret_is_on_the_answer_itself() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let page = client.page("/mfa/setup").await;
    page.shows(200, "Step 1 of 4");
    let fields = [("label", "Pixel"), ("algorithm", "SHA1"), ("digits", "6")];
    let scan = client.form_of(&page, "/mfa/setup", &fields).await;
    scan.shows(200, "otpauth://totp/Countersign:alice?");
    assert!(scan.text().contains("<svg"));
    assert_eq!(scan.header("cache-control"), "no-store");
    let bad = [("label", "a\u{7}b"), ("algorithm", "SHA1"), ("digits", "6")];
    let again = client.form_of(&page, "/mfa/setup", &bad).await;
    again.shows(422, "Use at most 64 letters");
}
