//! `/mfa/authenticators/{id}`

use axum::http::Method;

use crate::support::{Client, World};

async fn first_id(client: &Client) -> String {
    let list = client.get("/mfa").await.json();
    list["authenticators"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn renaming_changes_the_label_and_nothing_else() {
    let world = World::new();
    let (client, phone, _) = world.enrolled("alice").await;
    let path = format!("/mfa/authenticators/{}", first_id(&client).await);
    let answer = client
        .json(Method::PATCH, &path, r#"{"label":"Work phone"}"#)
        .await;
    assert_eq!(answer.text(), r#"{"status":"renamed"}"#);
    let list = client.get("/mfa").await.json();
    assert_eq!(list["authenticators"][0]["label"], "Work phone");
    let browser = world.pending("alice").await;
    let answer = browser.second_step(&phone.code(world.seconds())).await;
    assert_eq!(answer.status, 200);
    let bad = client.json(Method::PATCH, &path, r#"{"label":""}"#).await;
    bad.problem(422, "label_invalid");
    let more = r#"{"label":"x","status":"active"}"#;
    let more = client.json(Method::PATCH, &path, more).await;
    more.problem(422, "invalid_fields");
}

#[tokio::test]
async fn removing_the_last_one_ends_the_second_step() {
    let world = World::new();
    let (client, ..) = world.enrolled("alice").await;
    let path = format!("/mfa/authenticators/{}", first_id(&client).await);
    let answer = client.json(Method::DELETE, &path, "").await;
    assert_eq!(answer.text(), r#"{"status":"removed"}"#);
    let list = client.get("/mfa").await.json();
    assert_eq!(list["authenticators"], serde_json::json!([]));
    assert_eq!(list["backup_codes_left"], 0);
    let login = world.client().login("alice").await;
    assert_eq!(login.text(), r#"{"status":"logged in"}"#);
    let again = client.json(Method::DELETE, &path, "").await;
    again.problem(404, "not_found");
}

#[tokio::test]
async fn a_strangers_authenticator_is_not_found() {
    let world = World::new();
    let (alice, ..) = world.enrolled("alice").await;
    let (mallory, ..) = world.enrolled("mallory").await;
    let id = first_id(&alice).await;
    let path = format!("/mfa/authenticators/{id}");
    let body = r#"{"label":"mine"}"#;
    let answer = mallory.json(Method::PATCH, &path, body).await;
    answer.problem(404, "not_found");
    let answer = mallory.json(Method::DELETE, &path, "").await;
    answer.problem(404, "not_found");
    for verb in ["rename", "remove"] {
        let page = mallory.page(&format!("{path}/{verb}")).await;
        page.shows(404, "There is nothing here");
    }
    assert_eq!(
        alice.get("/mfa").await.json()["authenticators"][0]["status"],
        "active"
    );
}

#[tokio::test]
async fn a_session_below_the_second_step_changes_nothing() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let weak = world.client();
    weak.login("alice").await;
    world.enroll(&client).await;
    let path = format!("/mfa/authenticators/{}", first_id(&client).await);
    let answer = weak.json(Method::DELETE, &path, "").await;
    answer.problem(401, "reauthentication_required");
    let answer = weak.post("/mfa/setup", "").await;
    answer.problem(401, "reauthentication_required");
    let answer = weak.post("/mfa/backup-codes", "").await;
    answer.problem(401, "reauthentication_required");
}

#[tokio::test]
async fn as_forms() {
    let world = World::new();
    let (client, ..) = world.enrolled("alice").await;
    let id = first_id(&client).await;
    let rename = format!("/mfa/authenticators/{id}/rename");
    let bad = client.form(&rename, &rename, &[("label", "")]).await;
    bad.shows(422, "Use 1 to 64 letters");
    let answer = client
        .form_of(&bad, &rename, &[("label", "<b>Pixel</b>")])
        .await;
    answer.leads_to(&format!("/mfa?done=renamed&id={id}"));
    let page = client.page(answer.header("location")).await;
    page.shows(200, "Renamed to <b>&#60;b&#62;Pixel");
    let remove = format!("/mfa/authenticators/{id}/remove");
    let page = client.page(&remove).await;
    page.shows(200, "This is your last authenticator.");
    client.form_of(&page, &remove, &[]).await.leads_to("/mfa");
    let page = client.page("/mfa").await;
    page.shows(200, "Your password alone opens this account.");
}

#[tokio::test]
async fn asking_takes_a_fresh_proof() {
    let world = World::new();
    let (client, ..) = world.enrolled("alice").await;
    let id = first_id(&client).await;
    world.pass(301);
    for verb in ["rename", "remove"] {
        let page = client
            .page(&format!("/mfa/authenticators/{id}/{verb}"))
            .await;
        let target = format!("%2Fmfa%2Fauthenticators%2F{id}%2F{verb}");
        page.leads_to(&format!("/reauthenticate?return_to={target}"));
    }
}
