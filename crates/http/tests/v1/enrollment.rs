//! Beginning and confirming an enrollment of a code authenticator.

use countersign::otp::{Algorithm, Digits, Hotp, KeyUri, Period, Secret, Totp};
use serde_json::{Value, json};

use crate::backend::{Backend, text};
use crate::support::{Phone, World};

const PATH: &str = "/v1/users/u-1/authenticators";

#[tokio::test]
async fn a_user_arises_at_their_first_enrollment() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let nobody = backend.get("/v1/users/u-1").await.json();
    assert_eq!(
        nobody,
        json!({ "id": "u-1", "enrolled": false, "methods": [], "suspended": false, "backup_codes_left": 0 })
    );
    let begun = backend.begin("u-1", None).await;
    assert_eq!(begun.status, 201, "{}", begun.text());
    let json = begun.json();
    assert_eq!(
        (&json["type"], &json["status"]),
        (&json!("totp"), &json!("pending"))
    );
    let uri = KeyUri::parse(json["uri"].as_str().unwrap()).unwrap();
    assert_eq!(
        (uri.account(), uri.issuer()),
        ("alice@example.com", Some("Countersign"))
    );
    assert_eq!(uri.secret().to_base32().as_str(), json["secret"]);
    assert!(json["qr_svg"].as_str().unwrap().starts_with("<svg"));
    let picture = json["qr_data_uri"].as_str().unwrap();
    assert!(picture.starts_with("data:image/png;base64,"));
    assert_eq!(backend.get("/v1/users/u-1").await.json()["enrolled"], false);

    let phone = Phone::new(&json["secret"]);
    let code = phone.code(world.seconds());
    let id = text(&begun, "id");
    let confirmed = backend.confirm("u-1", &id, &json!({ "code": code })).await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    let json = confirmed.json();
    assert_eq!(
        (&json["id"], &json["status"]),
        (&json!(id), &json!("active"))
    );
    assert_eq!(json["backup_codes"].as_array().unwrap().len(), 10);
    let now = backend.get("/v1/users/u-1").await.json();
    assert_eq!(now["enrolled"], true);
    assert_eq!(now["methods"], json!(["totp", "backup_code"]));
    assert_eq!(now["backup_codes_left"], 10);
    // The code that confirmed is used up.
    backend
        .code("u-1", &code)
        .await
        .problem(409, "code_already_used");
}

#[tokio::test]
async fn a_setup_is_as_asked() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let body = json!({ "type": "totp", "account_name": "alice", "display_name": "Alice", "label": "Pixel",
        "algorithm": "SHA256", "digits": 8 });
    let begun = backend.post(PATH, &body).await;
    let uri = KeyUri::parse(&text(&begun, "uri")).unwrap();
    assert_eq!(
        (uri.algorithm(), uri.digits().get()),
        (Algorithm::Sha256, 8)
    );
    let secret = Secret::from_base32(&text(&begun, "secret")).unwrap();
    let digits = Digits::try_from(8).unwrap();
    let totp = Totp::new(&secret, Algorithm::Sha256, digits, Period::DEFAULT);
    let code = totp.code_at(world.seconds()).text().to_string();
    let id = text(&begun, "id");
    let confirmed = backend.confirm("u-1", &id, &json!({ "code": code })).await;
    assert_eq!(text(&confirmed, "label"), "Pixel");
}

#[tokio::test]
async fn a_token_that_counts_is_enrolled_and_brought_back_in_step() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let body = json!({ "type": "hotp", "account_name": "alice" });
    let begun = backend.post(PATH, &body).await;
    assert_eq!(begun.json()["type"], "hotp");
    assert!(text(&begun, "uri").starts_with("otpauth://hotp/"));
    let secret = Secret::from_base32(&text(&begun, "secret")).unwrap();
    let token = Hotp::new(&secret, Algorithm::Sha1, Digits::SIX);
    let code = |counter: u64| token.code(counter).text().to_string();
    let id = text(&begun, "id");
    let confirmed = backend
        .confirm("u-1", &id, &json!({ "code": code(0) }))
        .await;
    assert_eq!(confirmed.status, 200, "{}", confirmed.text());
    assert_eq!(backend.code("u-1", &code(3)).await.status, 200);
    for old in [0, 2, 3] {
        let answer = backend.code("u-1", &code(old)).await;
        assert!([409, 422].contains(&answer.status), "{}", answer.text());
    }
    // Pressed in a pocket, forty times.
    backend
        .code("u-1", &code(44))
        .await
        .problem(422, "invalid_code");
    let pair = json!({ "code": code(44), "next_code": code(45) });
    assert_eq!(backend.verify("u-1", &pair).await.status, 200);
    assert_eq!(backend.code("u-1", &code(46)).await.status, 200);
}

#[tokio::test]
async fn a_second_one_takes_a_proof_and_brings_no_backup_codes() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let first = backend.enroll(&world, "u-1").await;
    backend
        .begin("u-1", None)
        .await
        .problem(403, "proof_required");
    for wrong in ["", "x", &"A".repeat(54)] {
        let answer = backend.begin("u-1", Some(wrong)).await;
        answer.problem(403, "proof_required");
    }
    let proof = backend.proof(&world, "u-1", &first.phone).await;
    // Another user's proof is none.
    let other = backend.enroll(&world, "u-2").await;
    let foreign = backend.proof(&world, "u-2", &other.phone).await;
    let answer = backend.begin("u-1", Some(&foreign)).await;
    answer.problem(403, "proof_required");

    let second = backend.enroll_by(&world, "u-1", Some(&proof)).await;
    assert!(second.backup_codes.is_empty());
    // It works once.
    let answer = backend.begin("u-1", Some(&proof)).await;
    answer.problem(403, "proof_required");
    let late = backend.proof(&world, "u-1", &first.phone).await;
    world.pass(5 * 60 + 1);
    let answer = backend.begin("u-1", Some(&late)).await;
    answer.problem(403, "proof_required");
    let list = backend.get(PATH).await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 2, "{list}");
}

#[tokio::test]
async fn a_pending_one_is_replaced_expires_and_is_confirmed_once() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let first = backend.begin("u-1", None).await;
    let second = backend.begin("u-1", None).await;
    let code = |begun: &crate::support::Answer| {
        let phone = Phone::new(&begun.json()["secret"]);
        json!({ "code": phone.code(world.seconds()) })
    };
    let gone = backend
        .confirm("u-1", &text(&first, "id"), &code(&first))
        .await;
    gone.problem(404, "no_pending_setup");
    // Another user's is nobody's.
    let id = text(&second, "id");
    let foreign = backend.confirm("u-2", &id, &code(&second)).await;
    foreign.problem(404, "no_pending_setup");
    let confirmed = backend.confirm("u-1", &id, &code(&second)).await;
    assert_eq!(confirmed.status, 200);
    world.pass(30);
    let again = backend.confirm("u-1", &id, &code(&second)).await;
    again.problem(404, "no_pending_setup");
    let third = backend.begin("u-3", None).await;
    world.pass(15 * 60 + 1);
    let late = backend
        .confirm("u-3", &text(&third, "id"), &code(&third))
        .await;
    late.problem(404, "no_pending_setup");
}

#[tokio::test]
async fn a_wrong_code_confirms_nothing_and_a_clock_that_is_off_is_told() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let begun = backend.begin("u-1", None).await;
    let id = text(&begun, "id");
    let phone = Phone::new(&begun.json()["secret"]);
    let wrong = json!({ "code": phone.wrong(world.seconds()) });
    let problem = backend.confirm("u-1", &id, &wrong).await;
    let problem = problem.problem(422, "invalid_code");
    assert!(problem.get("clock_offset").is_none());
    let slow = json!({ "code": phone.code(world.seconds() - 120) });
    let problem = backend.confirm("u-1", &id, &slow).await;
    let problem = problem.problem(422, "invalid_code");
    assert_eq!(problem["clock_offset"], -120);
    let typed = backend.confirm("u-1", &id, &json!({ "code": "12" })).await;
    typed.problem(422, "malformed_code");
    for body in [
        json!({}),
        json!({ "code": null }),
        json!({ "code": "123456", "credential": null, "more": 1 }),
    ] {
        let answer = backend.confirm("u-1", &id, &body).await;
        answer.problem(422, "invalid_fields");
    }
    assert_eq!(backend.get("/v1/users/u-1").await.json()["enrolled"], false);
}

#[tokio::test]
async fn what_no_authenticator_could_be_is_refused() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let long = "x".repeat(65);
    for (body, code) in [
        (json!({ "type": "totp" }), "invalid_fields"),
        (json!({ "account_name": "a" }), "invalid_fields"),
        (
            json!({ "type": "sms", "account_name": "a" }),
            "invalid_fields",
        ),
        (
            json!({ "type": "TOTP", "account_name": "a" }),
            "invalid_fields",
        ),
        (
            json!({ "type": ["totp"], "account_name": "a" }),
            "invalid_fields",
        ),
        (
            json!({ "type": "totp", "account_name": "a", "digits": 5 }),
            "invalid_fields",
        ),
        (
            json!({ "type": "totp", "account_name": "a", "digits": "6" }),
            "invalid_fields",
        ),
        (
            json!({ "type": "totp", "account_name": "a", "algorithm": "MD5" }),
            "invalid_fields",
        ),
        (
            json!({ "type": "passkey", "account_name": "a", "digits": 6 }),
            "invalid_fields",
        ),
        (
            json!({ "type": "totp", "account_name": "a", "secret": "AAAA" }),
            "invalid_fields",
        ),
        (
            json!({ "type": "totp", "account_name": "" }),
            "account_name_invalid",
        ),
        (
            json!({ "type": "totp", "account_name": "a:b" }),
            "account_name_invalid",
        ),
        (
            json!({ "type": "totp", "account_name": "a\nb" }),
            "account_name_invalid",
        ),
        (
            json!({ "type": "passkey", "account_name": long }),
            "account_name_invalid",
        ),
        (
            json!({ "type": "totp", "account_name": "a", "label": "" }),
            "label_invalid",
        ),
        (
            json!({ "type": "passkey", "account_name": "a", "label": long }),
            "label_invalid",
        ),
    ] {
        let answer = backend.post(PATH, &body).await;
        assert_eq!(answer.status, 422, "{body}");
        assert_eq!(answer.json()["code"], code, "{body}");
    }
    let list = backend.get(PATH).await.json();
    assert_eq!(list, json!({ "data": [] }), "nothing came of it");
    assert_eq!(
        backend.get("/v1/users").await.json()["data"],
        Value::Array(vec![])
    );
}
