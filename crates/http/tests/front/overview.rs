//! `/mfa` and its notices

use crate::support::World;

#[tokio::test]
async fn the_list_tells_what_there_is_and_no_secret() {
    let world = World::new();
    let (client, phone, _) = world.enrolled("alice").await;
    let browser = world.pending("alice").await;
    browser.second_step(&phone.code(world.seconds())).await;
    let list = client.get("/mfa").await.json();
    let row = &list["authenticators"][0];
    assert_eq!(row["type"], "totp");
    assert_eq!(row["status"], "active");
    assert_eq!(row["created_at"], "2026-01-01T00:00:00Z");
    assert_eq!(row["last_used_at"], "2026-01-01T00:00:30Z");
    assert_eq!(row["algorithm"], "SHA1");
    assert_eq!(row["digits"], 6);
    assert_eq!(row["period"], 30);
    assert_eq!(row.as_object().unwrap().len(), 9);
    assert_eq!(list["backup_codes_left"], 10);
    assert_eq!(list["backup_codes_acknowledged"], false);
    assert!(list["notices"].is_array());
}

#[tokio::test]
async fn the_page_shows_it_to_people() {
    let world = World::new();
    let (client, ..) = world.enrolled("alice").await;
    let page = client.page("/mfa").await;
    page.shows(200, "Authenticator app");
    page.shows(200, "<b>10</b> of 10 left");
    page.shows(200, "192.0.2.1");
    page.shows(200, "Type one back");
}

#[tokio::test]
async fn notices_stay_until_they_are_dismissed() {
    let world = World::new();
    let (client, phone, _) = world.enrolled("alice").await;
    let thief = world.pending("alice").await;
    thief
        .second_step(&phone.wrong(world.seconds()))
        .await
        .problem(401, "invalid_code");
    let told = |list: serde_json::Value| {
        let notices = list["notices"].as_array().unwrap().clone();
        let mut kinds = notices.into_iter().map(|notice| notice["kind"].clone());
        kinds.any(|kind| kind == "second_step_failed")
    };
    assert!(told(client.get("/mfa").await.json()));
    let page = client.page("/mfa").await;
    page.shows(200, "Somebody entered your password, and then a wrong code");
    page.shows(200, "/mfa/notices/dismiss");
    let answer = client.form_of(&page, "/mfa/notices/dismiss", &[]).await;
    answer.leads_to("/mfa");
    assert!(!told(client.get("/mfa").await.json()));
    let page = client.page("/mfa").await;
    assert!(!page.text().contains("/mfa/notices/dismiss"));
    let answer = client.post("/mfa/notices/dismiss", "").await;
    assert_eq!(answer.text(), r#"{"status":"dismissed"}"#);
}

#[tokio::test]
async fn an_address_cannot_put_words_on_the_page() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let page = client.page("/mfa?done=%3Cscript%3E&id=x&label=evil").await;
    page.shows(200, "Your account");
    assert!(!page.text().contains("evil") && !page.text().contains("<script>"));
}
