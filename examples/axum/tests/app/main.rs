//! The application over real HTTP, with a phone and a passkey that others wrote: what a person does,
//! and what is refused.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod authenticator;
mod browser;
mod process;
mod world;

use axum::http::StatusCode;

use authenticator::{Key, Phone};
use browser::Browser;
use world::World;

/// Signs up and sets up a phone: the phone, and the backup codes.
async fn enroll(world: &World, browser: &mut Browser) -> (Phone, Vec<String>) {
    browser.sign_up("alice@example.com").await.leads_to("/");
    let scan = browser.post("/setup", &[]).await;
    assert!(scan.text.contains("<svg"), "{}", scan.text);
    let phone = Phone::scan(&scan.link("otpauth://"));
    let code = phone.code(world.seconds());
    let (id, path) = (scan.field("id"), "/setup/confirm");
    let done = browser.post(path, &[("id", &id), ("code", &code)]).await;
    assert_eq!(done.status, StatusCode::OK, "{}", done.text);
    (phone, done.codes())
}

#[tokio::test]
async fn a_phone_is_the_second_step_and_its_code_is_accepted_once() {
    let world = World::start().await;
    let (phone, codes) = enroll(&world, &mut world.browser()).await;
    assert_eq!(codes.len(), 10);

    let mut browser = world.browser();
    browser
        .sign_in("alice@example.com")
        .await
        .leads_to("/verify");
    // The password alone opens nothing.
    for path in ["/", "/setup", "/transfer"] {
        browser.get(path).await.leads_to("/verify");
    }
    // The code that confirmed the setup was consumed by it.
    let code = phone.code(world.seconds());
    browser.verify(&code).await.shows(422, "used already");
    world.pass(30);
    let code = phone.code(world.seconds());
    let before = browser.cookie("session");
    browser.verify(&code).await.leads_to("/");
    assert_ne!(browser.cookie("session"), before);
    browser.get("/").await.shows(200, "alice@example.com");

    let mut other = world.browser();
    other.sign_in("alice@example.com").await;
    other.verify(&code).await.shows(422, "used already");
    other.get("/").await.leads_to("/verify");
}

#[tokio::test]
async fn a_backup_code_works_once() {
    let world = World::start().await;
    let (_, codes) = enroll(&world, &mut world.browser()).await;
    let mut browser = world.browser();
    browser.sign_in("alice@example.com").await;
    let typed = [("backup_code", codes[3].as_str())];
    browser.post("/verify", &typed).await.leads_to("/");
    browser.get("/").await.shows(200, "9 backup codes left");
    let mut other = world.browser();
    other.sign_in("alice@example.com").await;
    other
        .post("/verify", &typed)
        .await
        .shows(422, "used already");
    other.get("/").await.leads_to("/verify");
}

#[tokio::test]
async fn whoever_guesses_is_throttled_and_the_right_code_too() {
    let world = World::start().await;
    let (phone, _) = enroll(&world, &mut world.browser()).await;
    world.pass(30);
    let mut browser = world.browser();
    browser.sign_in("alice@example.com").await;
    let wrong = phone.wrong_code(world.seconds());
    for _ in 0..5 {
        browser.verify(&wrong).await.shows(422, "not accepted");
    }
    // A new session is no new beginning.
    let mut browser = world.browser();
    browser.sign_in("alice@example.com").await;
    let code = phone.code(world.seconds());
    let refused = browser.verify(&code).await;
    refused.shows(429, "Too many attempts");
    assert_eq!(refused.header("retry-after"), "300");
    world.pass(301);
    let code = phone.code(world.seconds());
    browser.verify(&code).await.leads_to("/");
}

#[tokio::test]
async fn money_moves_after_a_fresh_second_step() {
    let world = World::start().await;
    let mut browser = world.browser();
    browser.sign_up("bob@example.com").await;
    browser.post("/transfer", &[]).await.leads_to("/setup");
    let mut browser = world.browser();
    let (phone, _) = enroll(&world, &mut browser).await;
    let step_up = "/verify?next=/transfer";
    browser.post("/transfer", &[]).await.leads_to(step_up);
    world.pass(30);
    let code = phone.code(world.seconds());
    let proved = browser.post(step_up, &[("code", &code)]).await;
    proved.leads_to("/transfer");
    let sent = browser.post("/transfer", &[]).await;
    sent.shows(200, "The money was sent");
    world.pass(301);
    browser.post("/transfer", &[]).await.leads_to(step_up);
}

#[tokio::test]
async fn a_passkey_is_added_with_a_proof_and_signs_in() {
    let world = World::start().await;
    let mut browser = world.browser();
    let (phone, _) = enroll(&world, &mut browser).await;
    let prove = "/verify?next=/setup";
    browser.post("/passkeys/new", &[]).await.leads_to(prove);
    world.pass(30);
    let code = phone.code(world.seconds());
    let proved = browser.post(prove, &[("code", &code)]).await;
    proved.leads_to("/setup");
    let page = browser.post("/passkeys/new", &[]).await;
    let mut key = Key::new(&world.origin);
    let made = key.create(&page.attribute("data-creation")).await;
    let id = page.field("id");
    let fields = [("id", id.as_str()), ("passkey", &made)];
    let done = browser.post("/passkeys", &fields).await;
    done.shows(200, "is set up");
    assert!(done.codes().is_empty());
    // Used up: another one takes another proof.
    browser.post("/passkeys/new", &[]).await.leads_to(prove);

    let mut browser = world.browser();
    browser.sign_in("alice@example.com").await;
    let page = browser.get("/verify").await;
    let answer = key.sign(&page.attribute("data-request")).await;
    let answered = [("passkey", answer.as_str())];
    browser.post("/verify", &answered).await.leads_to("/");
    browser.get("/").await.shows(200, "alice@example.com");
    let mut other = world.browser();
    other.sign_in("alice@example.com").await;
    let again = other.post("/verify", &answered).await;
    again.shows(422, "no longer good");
}

#[tokio::test]
async fn what_no_form_sends_and_other_sites_forms_change_nothing() {
    let world = World::start().await;
    let mut browser = world.browser();
    let taken = browser.sign_up("alice@example.com").await;
    taken.leads_to("/");
    for (path, fields) in [
        ("/setup/confirm", [("id", "x"), ("code", "123456")]),
        ("/passkeys", [("id", "x"), ("passkey", "{}")]),
    ] {
        assert_eq!(browser.post(path, &fields).await.status, 400, "{path}");
    }
    let passkey = browser.post("/verify", &[("passkey", "{}")]).await;
    assert_eq!(passkey.status, 400);
    let missing = browser.post("/setup/confirm", &[]).await;
    assert_eq!(missing.status, 422);
    browser.foreign = true;
    assert_eq!(browser.post("/setup", &[]).await.status, 403);
    browser.foreign = false;
    let mut other = world.browser();
    let again = other.sign_up("ALICE@example.com").await;
    again.shows(409, "taken");
    let form = [("email", "alice@example.com"), ("password", "wrong")];
    other.post("/login", &form).await.shows(401, "is wrong");
    other.get("/").await.leads_to("/login");
}
