//! `/mfa/backup-codes`

use crate::support::World;

#[tokio::test]
async fn a_new_set_voids_the_old() {
    let world = World::new();
    let (client, _, old) = world.enrolled("alice").await;
    let answer = client.post("/mfa/backup-codes", "").await;
    assert_eq!(answer.status, 200);
    let new = answer.json()["backup_codes"].as_array().unwrap().clone();
    assert_eq!(new.len(), 10);
    let browser = world.pending("alice").await;
    let body = format!(r#"{{"backup_code":"{}"}}"#, old[0]);
    browser
        .post("/login/mfa", body)
        .await
        .problem(401, "invalid_code");
    let body = format!(r#"{{"backup_code":{}}}"#, new[0]);
    assert_eq!(browser.post("/login/mfa", body).await.status, 200);
}

#[tokio::test]
async fn reading_tells_how_many_are_left_and_never_which() {
    let world = World::new();
    let (client, _, codes) = world.enrolled("alice").await;
    let answer = client.get("/mfa/backup-codes").await;
    let expected = serde_json::json!({
        "backup_codes_left": 10,
        "backup_codes_acknowledged": false,
    });
    assert_eq!(answer.json(), expected);
    let page = client.page("/mfa/backup-codes").await;
    page.shows(200, "The 10 old ones");
    assert!(codes.iter().all(|code| !page.text().contains(code)));
}

#[tokio::test]
async fn without_a_second_factor_there_is_no_set() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    client
        .post("/mfa/backup-codes", "")
        .await
        .problem(404, "not_found");
    client.page("/mfa/backup-codes").await.leads_to("/mfa");
}

#[tokio::test]
async fn typing_one_back_uses_nothing_up() {
    let world = World::new();
    let (client, _, codes) = world.enrolled("alice").await;
    let path = "/mfa/backup-codes/acknowledge";
    let wrong = client
        .post(path, r#"{"backup_code":"0000-0000-0000-0000"}"#)
        .await;
    wrong.problem(401, "invalid_code");
    let body = format!(r#"{{"backup_code":"{}"}}"#, codes[0]);
    let answer = client.post(path, body.as_str()).await;
    assert_eq!(answer.text(), r#"{"status":"acknowledged"}"#);
    let left = client.get("/mfa/backup-codes").await.json();
    assert_eq!(left["backup_codes_left"], 10);
    assert_eq!(left["backup_codes_acknowledged"], true);
    let browser = world.pending("alice").await;
    assert_eq!(browser.post("/login/mfa", body).await.status, 200);
}

#[tokio::test]
async fn as_forms() {
    let world = World::new();
    let (client, ..) = world.enrolled("alice").await;
    world.pass(1);
    let page = client.page("/mfa/backup-codes").await;
    let sheet = client.form_of(&page, "/mfa/backup-codes", &[]).await;
    sheet.shows(200, "Save your backup codes");
    assert_eq!(sheet.text().matches("<li>").count(), 10);
    let path = "/mfa/backup-codes/acknowledge";
    let page = client.page(path).await;
    page.shows(200, "Type one backup code back");
    let wrong = client
        .form_of(&page, path, &[("backup_code", "nonsense")])
        .await;
    wrong.shows(422, "That is not one of your present codes.");
    let code = sheet.text().split_once("<li>").unwrap().1[..19].to_owned();
    let answer = client
        .form_of(&wrong, path, &[("backup_code", &code)])
        .await;
    answer.leads_to("/mfa?done=acknowledged");
    let page = client.page("/mfa?done=acknowledged").await;
    page.shows(200, "It is still unused.");
}
