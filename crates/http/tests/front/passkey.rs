//! Passkeys: enrolled, taken as the second step, and as the only one.

use std::time::Duration;

use axum::http::Method;
use countersign::webauthn::TrustAnchors;
use countersign::{AttestationPolicy, Policy, TrustedModels};
use countersign_http::{PublicUrl, Site};
use countersign_testkit::{Maker, SoftKey};
use serde_json::{Value, json};

use crate::support::{Client, Key, Rules, World};

fn second_step(answer: &Value) -> String {
    json!({ "passkey": answer }).to_string()
}

fn alone(answer: &Value) -> String {
    json!({ "credential": answer }).to_string()
}

/// A user whose only authenticator is a passkey.
async fn with_key(world: &World, name: &str) -> (Client, Key) {
    let client = world.signed_in(name).await;
    let mut key = Key::new();
    let answer = key.enroll(&client).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    (client, key)
}

#[tokio::test]
async fn the_first_one_turns_the_second_step_on_and_brings_the_codes() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let before = client.cookie("__Host-countersign-session");
    let answer = Key::new().enroll(&client).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let told = answer.json();
    assert_eq!(told["label"], "Blue key");
    assert_eq!(told["backup_codes"].as_array().unwrap().len(), 10);
    assert_ne!(client.cookie("__Host-countersign-session"), before);
    let session = client.get("/session").await.json();
    assert_eq!(session["assurance"], "aal2");
    let row = client.get("/mfa").await.json()["authenticators"][0].clone();
    assert_eq!(row["id"], told["authenticator_id"]);
    assert_eq!(
        (&row["type"], &row["synced"]),
        (&json!("passkey"), &json!(true))
    );
    assert_eq!(row["provider"], Value::Null);
    // The page that asked goes on with its forms.
    let fields = [("form_token", told["form_token"].as_str().unwrap())];
    let path = "/mfa/notices/dismiss";
    let form = client.request(axum::http::Method::POST, path).form(&fields);
    form.send().await.leads_to("/mfa");
    let second = Key::new().enroll(&client).await;
    assert_eq!(second.status, 201, "{}", second.text());
    assert_eq!(second.json().get("backup_codes"), None);
}

#[tokio::test]
async fn it_is_the_second_step() {
    let world = World::new();
    let (_, mut key) = with_key(&world, "alice").await;
    let client = world.client();
    let first = client.login("alice").await.json();
    assert_eq!(first["methods"], json!(["passkey", "backup_code"]));
    client
        .page("/login/mfa")
        .await
        .shows(200, "Use your passkey");
    let answer = key.answer(&client, "/login/mfa/options").await;
    let passed = client.post("/login/mfa", second_step(&answer)).await;
    assert_eq!(passed.json(), json!({ "status": "logged in" }));
    let session = client.get("/session").await.json();
    assert_eq!(session["assurance"], "aal2");
    client.page("/mfa").await.shows(200, "Blue key");
}

#[tokio::test]
async fn it_is_the_only_step() {
    let world = World::new();
    let (_, mut key) = with_key(&world, "alice").await;
    let client = world.client();
    client.page("/login").await.shows(200, "username webauthn");
    let answer = key.answer(&client, "/login/passkey/options").await;
    let passed = client.post("/login/passkey", alone(&answer)).await;
    assert_eq!(passed.json(), json!({ "status": "logged in" }));
    let session = client.get("/session").await.json();
    assert_eq!(session["user"]["name"], "alice");
    assert_eq!(session["assurance"], "aal2");
}

#[tokio::test]
async fn an_answer_works_once() {
    let world = World::new();
    let (_, mut key) = with_key(&world, "alice").await;
    let client = world.client();
    client.login("alice").await;
    let answer = key.answer(&client, "/login/mfa/options").await;
    let twin = client.twin();
    let passed = client.post("/login/mfa", second_step(&answer)).await;
    assert_eq!(passed.status, 200);
    let again = twin.post("/login/mfa", second_step(&answer)).await;
    assert!(matches!(again.status, 400 | 401), "{}", again.text());

    let answer = key.answer(&client, "/login/passkey/options").await;
    let passed = client.post("/login/passkey", alone(&answer)).await;
    assert_eq!(passed.status, 200);
    let stranger = world.client();
    let again = stranger.post("/login/passkey", alone(&answer)).await;
    again.problem(401, "challenge_used");
    stranger
        .get("/session")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn a_challenge_is_for_one_login_and_one_purpose() {
    let world = World::new();
    let (_, mut key) = with_key(&world, "alice").await;
    let (one, other) = (world.client(), world.client());
    one.login("alice").await;
    other.login("alice").await;
    let answer = key.answer(&one, "/login/mfa/options").await;
    let foreign = other.post("/login/mfa", second_step(&answer)).await;
    foreign.problem(410, "challenge_expired");
    let purpose = other.post("/login/passkey", alone(&answer)).await;
    purpose.problem(410, "challenge_expired");
    let answer = key.answer(&one, "/login/passkey/options").await;
    let purpose = one.post("/login/mfa", second_step(&answer)).await;
    purpose.problem(410, "challenge_expired");
}

#[tokio::test]
async fn a_challenge_lives_five_minutes() {
    let world = World::new();
    let (_, mut key) = with_key(&world, "alice").await;
    let client = world.client();
    client.login("alice").await;
    let answer = key.answer(&client, "/login/mfa/options").await;
    world.pass(301);
    let late = client.post("/login/mfa", second_step(&answer)).await;
    late.problem(410, "challenge_expired");
    let answer = key.answer(&client, "/login/passkey/options").await;
    world.pass(301);
    let late = client.post("/login/passkey", alone(&answer)).await;
    late.problem(410, "challenge_expired");
}

/// It would outlive its five minutes, and the memory of its use.
#[tokio::test]
async fn a_challenge_of_a_clock_that_was_ahead_is_none() {
    let world = World::new();
    let (_, mut key) = with_key(&world, "alice").await;
    let client = world.client();
    let now = countersign::clock::Clock::now(&*world.clock);
    let answer = key.answer(&client, "/login/passkey/options").await;
    world.clock.set(now.minus(Duration::from_secs(6)));
    let early = client.post("/login/passkey", alone(&answer)).await;
    early.problem(410, "challenge_expired");
    world.clock.set(now.minus(Duration::from_secs(5)));
    let passed = client.post("/login/passkey", alone(&answer)).await;
    assert_eq!(passed.status, 200, "{}", passed.text());
}

#[tokio::test]
async fn a_removed_one_opens_nothing() {
    let world = World::new();
    let (client, mut key) = with_key(&world, "alice").await;
    assert_eq!(Key::new().enroll(&client).await.status, 201);
    let stranger = world.client();
    let early = key.answer(&stranger, "/login/passkey/options").await;
    let id = client.get("/mfa").await.json()["authenticators"][0]["id"].clone();
    let page = format!("/mfa/authenticators/{}/remove", id.as_str().unwrap());
    client.page(&page).await.shows(200, "Blue key");
    client.form(&page, &page, &[]).await.leads_to("/mfa");
    for answer in [early, key.answer(&stranger, "/login/passkey/options").await] {
        let refused = stranger.post("/login/passkey", alone(&answer)).await;
        refused.problem(401, "invalid_passkey");
    }
}

#[tokio::test]
async fn one_users_key_never_answers_for_another() {
    let world = World::new();
    let (_, mut of_alice) = with_key(&world, "alice").await;
    let (_, _of_bob) = with_key(&world, "bob").await;
    let client = world.client();
    client.login("bob").await;
    let mut options = client.post("/login/mfa/options", "{}").await.json();
    options["allowCredentials"] = json!([]);
    let answer = of_alice.sign(&options).await;
    let refused = client.post("/login/mfa", second_step(&answer)).await;
    refused.problem(401, "invalid_passkey");
    client
        .get("/session")
        .await
        .problem(401, "session_required");
}

#[tokio::test]
async fn options_need_the_right_state() {
    let world = World::new();
    let client = world.client();
    let options = client.post("/login/mfa/options", "{}").await;
    options.problem(400, "password_step_required");
    for path in ["/reauthenticate/options", "/mfa/passkeys/options"] {
        let options = client.post(path, "{}").await;
        options.problem(401, "session_required");
    }
    let (codes_only, ..) = world.enrolled("alice").await;
    let options = codes_only.post("/reauthenticate/options", "{}").await;
    options.problem(404, "not_found");
    let pending = world.pending("alice").await;
    let options = pending.post("/login/mfa/options", "{}").await;
    options.problem(404, "not_found");
    world.pass(301);
    let options = codes_only.post("/mfa/passkeys/options", "{}").await;
    options.problem(401, "reauthentication_required");
    let page = codes_only.page("/mfa/passkeys/new").await;
    page.leads_to("/reauthenticate?return_to=%2Fmfa%2Fpasskeys%2Fnew");
}

#[tokio::test]
async fn what_is_told_without_asking_names_nobody() {
    let world = World::new();
    with_key(&world, "alice").await;
    let client = world.client();
    let options = client.post("/login/passkey/options", "{}").await.json();
    assert_eq!(options["rpId"], "login.example.com");
    assert_eq!(options["userVerification"], "required");
    let allowed = options["allowCredentials"].as_array();
    assert!(allowed.is_none_or(Vec::is_empty), "{options}");
    let related = client.get("/.well-known/webauthn").await.json();
    assert_eq!(related, json!({ "origins": ["https://login.example.com"] }));
    let places = client.get("/.well-known/passkey-endpoints").await.json();
    assert_eq!(places["manage"], "https://login.example.com/mfa");
}

fn ruled(rules: Rules) -> World {
    let mut site = Site::new(PublicUrl::parse("https://login.example.com").unwrap());
    site.address_limit = 0;
    World::ruled(site, rules)
}

#[tokio::test]
async fn sites_that_share_the_passkeys_are_told() {
    let world = ruled(Rules {
        related_origins: vec!["https://example.co.uk".to_owned()],
        ..Rules::default()
    });
    let related = world.client().get("/.well-known/webauthn").await.json();
    let both = ["https://login.example.com", "https://example.co.uk"];
    assert_eq!(related, json!({ "origins": both }));
}

#[tokio::test]
async fn the_last_one_stays_where_the_policy_wants_one() {
    let world = ruled(Rules {
        policy: Policy {
            keep_last: true,
            ..Policy::default()
        },
        ..Rules::default()
    });
    let (client, _) = with_key(&world, "alice").await;
    let id = client.get("/mfa").await.json()["authenticators"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let page = format!("/mfa/authenticators/{id}/remove");
    client.page(&page).await.shows(200, "has to stay");
    let path = format!("/mfa/authenticators/{id}");
    let kept = client.json(Method::DELETE, &path, "").await;
    kept.problem(409, "last_authenticator");
    assert_eq!(Key::new().enroll(&client).await.status, 201);
    let removed = client.json(Method::DELETE, &path, "").await;
    assert_eq!(removed.status, 200);
}

#[tokio::test]
async fn only_a_device_that_somebody_trusted_vouches_for_may_be_used() {
    let (maker, mut anchors) = (Maker::new(), TrustAnchors::new());
    anchors.add(maker.root()).unwrap();
    let models = TrustedModels {
        anchors,
        ..TrustedModels::default()
    };
    let world = ruled(Rules {
        attestation: AttestationPolicy::Required(models),
        ..Rules::default()
    });
    let client = world.signed_in("alice").await;
    let refused = Key::new().enroll(&client).await;
    refused.problem(403, "authenticator_not_allowed");
    let session = client.get("/session").await.json();
    assert_eq!(session["assurance"], "aal1");
    client
        .page("/problems/authenticator_not_allowed")
        .await
        .shows(200, "may not be used here");
    let options = client.post("/mfa/passkeys/options", "{}").await.json();
    assert_eq!(options["attestation"], "direct");
    let key = SoftKey::new("https://login.example.com", [1; 16], [7; 16]);
    let credential = key.register(options["challenge"].as_str().unwrap(), Some(&maker));
    let body = json!({ "credential": credential, "label": "Blue key" });
    let enrolled = client.post("/mfa/passkeys", body.to_string()).await;
    assert_eq!(enrolled.status, 201, "{}", enrolled.text());
}
