//! What is true of an example with JSON routes, whatever it is written in.

use countersign_e2e::Phone;
use countersign_examples::{PASSWORD, Product, Site, Visitor};
use serde_json::{Value, json};

/// Tells all of it.
pub async fn tell(product: &mut Product, site: &Site) {
    let mut alice = Visitor::new(&site.at);
    let registration = json!({ "username": "alice", "password": PASSWORD });
    alice.post("/register", &registration).await.expect(201);
    let again = alice.post("/register", &registration).await;
    again.refuses(409, "name_taken");
    let mut elsewhere = Visitor::new(&site.at);
    for visitor in [&mut alice, &mut elsewhere] {
        let told = visitor.login("alice").await.expect(200);
        assert_eq!(told["status"], "logged in");
    }
    let (mut phone, codes) = enroll(&mut alice).await;
    let ended = elsewhere.get("/me").await;
    ended.refuses(401, "not_signed_in");
    alice.post("/logout", &json!({})).await.expect(200);
    alice.get("/me").await.refuses(401, "not_signed_in");

    let mut returned = pending(site).await;
    second_step(&mut returned, &mut phone).await;
    another_authenticator(&mut returned).await;
    backup_code_once(site, &codes[0]).await;
    bodies(site).await;
    stopped(product, site, &mut returned, &codes[1]).await;
    guesses(site, &mut phone).await;
}

/// From a session of a password to one of two steps.
async fn enroll(alice: &mut Visitor) -> (Phone, Vec<String>) {
    let mut nobody = alice.clone();
    nobody.cookies.clear();
    for path in ["/mfa/setup", "/mfa/confirm"] {
        let refused = nobody.post(path, &json!({ "code": "123456" })).await;
        refused.refuses(401, "not_signed_in");
    }
    let none = alice
        .post("/mfa/confirm", &json!({ "code": "123456" }))
        .await;
    none.refuses(400, "no_pending_setup");
    let begun = alice.post("/mfa/setup", &json!({})).await.expect(201);
    let mut phone = Phone::scan(begun["uri"].as_str().unwrap());
    let picture = begun["qr_data_uri"].as_str().unwrap();
    assert!(picture.starts_with("data:image/png;base64,"));
    let wrong = alice
        .post("/mfa/confirm", &json!({ "code": phone.wrong() }))
        .await;
    assert!(matches!(wrong.status, 400 | 422), "{wrong:?}");
    assert_eq!(wrong.expect(wrong.status)["error"], "invalid_code");
    let before = alice.cookies.clone();
    let code = json!({ "code": phone.code().await });
    let told = alice.post("/mfa/confirm", &code).await.expect(200);
    assert_eq!(told["status"], "MFA enabled");
    assert_ne!(before, alice.cookies, "a new session");
    let codes: Vec<String> = serde_json::from_value(told["backup_codes"].clone()).unwrap();
    assert_eq!(codes.len(), 10);
    (phone, codes)
}

/// Alice in another browser, with her password.
pub async fn pending(site: &Site) -> Visitor {
    let mut visitor = Visitor::new(&site.at);
    let wrong = json!({ "username": "alice", "password": "quietly ambling badgers" });
    let refused = visitor.post("/login", &wrong).await;
    refused.refuses(401, "invalid_credentials");
    let strange = json!({ "username": "nobody", "password": PASSWORD });
    assert_eq!(visitor.post("/login", &strange).await, refused);
    let told = visitor.login("alice").await.expect(200);
    assert_eq!(told["requires_mfa"], true);
    assert_eq!(told["methods"], json!(["totp", "backup_code"]));
    visitor
}

async fn second_step(alice: &mut Visitor, phone: &mut Phone) {
    let guarded: [(&str, Value); 2] = [
        ("/mfa/setup", json!({})),
        ("/mfa/confirm", json!({ "code": "1" })),
    ];
    for (path, body) in guarded {
        alice.post(path, &body).await.refuses(401, "not_signed_in");
    }
    alice.get("/me").await.refuses(401, "not_signed_in");
    let replayed = alice
        .post("/login/mfa", &json!({ "code": phone.newest() }))
        .await;
    refuses(&replayed, "code_already_used");
    let wrong = alice
        .post("/login/mfa", &json!({ "code": phone.wrong() }))
        .await;
    refuses(&wrong, "invalid_code");
    alice.get("/me").await.refuses(401, "not_signed_in");
    let mut beside = alice.clone();
    let code = json!({ "code": phone.code().await });
    alice.post("/login/mfa", &code).await.expect(200);
    assert_ne!(alice.cookies, beside.cookies, "a new session");
    assert_eq!(
        alice.get("/me").await.expect(200),
        json!({ "name": "alice" })
    );
    // Whoever has seen the cookie of the first step has nothing by it.
    beside.get("/me").await.refuses(401, "not_signed_in");
    let replayed = beside.post("/login/mfa", &code).await;
    let told = replayed.expect(replayed.status);
    assert!(
        replayed.status >= 400 && told["error"] != "internal",
        "{told}"
    );
    beside.get("/me").await.refuses(401, "not_signed_in");
}

/// The proof of the sign-in adds one authenticator, and no second.
async fn another_authenticator(alice: &mut Visitor) {
    let begun = alice.post("/mfa/setup", &json!({})).await.expect(201);
    assert!(begun["secret"].is_string());
    let second = alice.post("/mfa/setup", &json!({})).await;
    second.refuses(403, "proof_required");
}

async fn backup_code_once(site: &Site, code: &str) {
    let body = json!({ "backup_code": code.to_lowercase().replace('-', " ") });
    let mut first = pending(site).await;
    first.post("/login/mfa", &body).await.expect(200);
    first.get("/me").await.expect(200);
    let mut second = pending(site).await;
    let refused = second.post("/login/mfa", &body).await;
    assert!(matches!(refused.status, 401 | 409 | 422), "{refused:?}");
    second.get("/me").await.refuses(401, "not_signed_in");
}

/// Whatever is sent, it is the sender's fault.
async fn bodies(site: &Site) {
    let mut stranger = Visitor::new(&site.at);
    let early = stranger
        .post("/login/mfa", &json!({ "code": "123456" }))
        .await;
    early.refuses(400, "password_step_required");
    let mut alice = pending(site).await;
    for path in ["/register", "/login", "/login/mfa"] {
        for body in [
            "5",
            "[]",
            "null",
            "{",
            r#"{"code":5}"#,
            r#"{"backup_code":{}}"#,
            r#"{"username":[]}"#,
        ] {
            let refused = alice.post_as(path, "application/json", body).await;
            assert!(
                (400..=422).contains(&refused.status),
                "{path} {body} {refused:?}"
            );
        }
        let form = alice
            .post_as(path, "application/x-www-form-urlencoded", "code=123456")
            .await;
        assert_eq!(form.status, 415, "{path} {form:?}");
    }
    alice.get("/me").await.refuses(401, "not_signed_in");
}

/// Without an answer nobody gets in, with or without a second factor.
async fn stopped(product: &mut Product, site: &Site, alice: &mut Visitor, backup_code: &str) {
    let mut waiting = pending(site).await;
    let bob = json!({ "username": "bob", "password": PASSWORD });
    waiting.clone().post("/register", &bob).await.expect(201);
    product.stop();
    for name in ["alice", "bob"] {
        let mut visitor = Visitor::new(&site.at);
        visitor
            .login(name)
            .await
            .refuses(503, "second_step_unavailable");
        visitor.get("/me").await.refuses(401, "not_signed_in");
    }
    let body = json!({ "backup_code": backup_code });
    let refused = waiting.post("/login/mfa", &body).await;
    refused.refuses(503, "second_step_unavailable");
    waiting.get("/me").await.refuses(401, "not_signed_in");
    alice.get("/me").await.expect(200);
    product.go_on();
    waiting.post("/login/mfa", &body).await.expect(200);
    waiting.get("/me").await.expect(200);
}

/// Five wrong codes in five minutes, and then not even a right one.
async fn guesses(site: &Site, phone: &mut Phone) {
    let mut alice = pending(site).await;
    let wrong = json!({ "code": phone.wrong() });
    let mut tried = 0;
    let throttled = loop {
        let refused = alice.post("/login/mfa", &wrong).await;
        if refused.status == 429 {
            break refused;
        }
        refuses(&refused, "invalid_code");
        tried += 1;
        assert!(tried <= 5, "still not throttled");
    };
    throttled.refuses(429, "throttled");
    assert!(throttled.expect(429)["retry_at"].is_string());
    let code = json!({ "code": phone.code().await });
    let right = alice.post("/login/mfa", &code).await;
    right.refuses(429, "throttled");
    alice.get("/me").await.refuses(401, "not_signed_in");
}

/// Each example has a status of its own for it, and none of them lets anybody in.
#[track_caller]
fn refuses(answer: &countersign_examples::Answer, code: &str) {
    assert!(matches!(answer.status, 401 | 409 | 422), "{answer:?}");
    answer.refuses(answer.status, code);
}
