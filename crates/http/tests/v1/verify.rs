//! The one question, and everything that may be answered to it.

use countersign::audit::{Actor, Event};
use countersign::port::store::EventFilter;
use serde_json::{Value, json};

use crate::backend::{Backend, text};
use crate::support::{Answer, World};

#[tokio::test]
async fn a_right_code_is_accepted_once() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    world.pass(30);
    let code = enrolled.phone.code(world.seconds());
    let spaced = format!(" {} {}", &code[..3], &code[3..]);
    let accepted = backend.code("u-1", &spaced).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    let json = accepted.json();
    assert_eq!(json["authenticator_id"], enrolled.id);
    assert_eq!(json["amr"], json!(["otp"]));
    assert_eq!(json["verification_id"].as_str().unwrap().len(), 54);
    assert_eq!(json["auth_time"], world.mfa.now().rfc3339());
    assert!(json["device"].is_string() && json.get("backup_codes_left").is_none());
    backend
        .code("u-1", &code)
        .await
        .problem(409, "code_already_used");
    // An older one after a newer one is used, too.
    let older = enrolled.phone.code(world.seconds() - 30);
    backend
        .code("u-1", &older)
        .await
        .problem(409, "code_already_used");
}

#[tokio::test]
async fn only_a_right_one_is_a_2xx() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    world.pass(30);
    let wrong = enrolled.phone.wrong(world.seconds());
    backend
        .code("u-1", &wrong)
        .await
        .problem(422, "invalid_code");
    // Unknown, and known without an authenticator: one answer.
    backend.begin("u-2", None).await;
    let known = backend
        .code("u-2", "123456")
        .await
        .problem(422, "invalid_code");
    let unknown = backend
        .code("u-3", "123456")
        .await
        .problem(422, "invalid_code");
    assert_eq!(known["detail"], unknown["detail"]);
    let void = json!({ "backup_code": "0000-0000-0000-0000" });
    for user in ["u-1", "u-2", "u-3"] {
        backend
            .verify(user, &void)
            .await
            .problem(422, "invalid_code");
    }
    for code in ["", "12345", "1234567890", "abcdef", "\u{ff11}23456"] {
        backend
            .code("u-1", code)
            .await
            .problem(422, "malformed_code");
    }
    // Somebody else's right code is a wrong one.
    let other = backend.enroll(&world, "u-4").await;
    world.pass(30);
    let code = other.phone.code(world.seconds());
    backend
        .code("u-1", &code)
        .await
        .problem(422, "invalid_code");
    assert_eq!(backend.code("u-4", &code).await.status, 200);
}

#[tokio::test]
async fn exactly_one_way_is_presented() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    for body in [
        json!({}),
        json!({ "next_code": "123456" }),
        json!({ "code": "123456", "backup_code": "0000-0000-0000-0000" }),
        json!({ "code": "123456", "challenge_id": "chl_a" }),
        json!({ "challenge_id": "chl_a" }),
        json!({ "code": 123_456 }),
        json!({ "code": ["123456"] }),
        json!({ "code": "123456", "context": { "address": "203.0.113.7" } }),
        json!({ "code": "123456", "context": { "ip": "not an address" } }),
        json!({ "code": "123456", "context": { "device": true } }),
    ] {
        backend
            .verify("u-1", &body)
            .await
            .problem(422, "invalid_fields");
    }
}

#[tokio::test]
async fn a_backup_code_is_accepted_once_and_the_rest_counted() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    let body = json!({ "backup_code": enrolled.backup_codes[0].to_lowercase() });
    let accepted = backend.verify("u-1", &body).await;
    assert_eq!(accepted.status, 200, "{}", accepted.text());
    assert_eq!(accepted.json()["backup_codes_left"], 9);
    assert!(accepted.json().get("authenticator_id").is_none());
    backend
        .verify("u-1", &body)
        .await
        .problem(409, "code_already_used");
    let left = backend.get("/v1/users/u-1/backup-codes").await.json();
    assert_eq!(left, json!({ "backup_codes_left": 9 }));
}

#[tokio::test]
async fn the_sixth_wrong_code_is_throttled_and_told_until_when() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    world.pass(30);
    let wrong = enrolled.phone.wrong(world.seconds());
    for _ in 0..5 {
        backend
            .code("u-1", &wrong)
            .await
            .problem(422, "invalid_code");
    }
    let right = enrolled.phone.code(world.seconds());
    let throttled = backend.code("u-1", &right).await;
    let problem = throttled.problem(429, "throttled");
    assert_eq!(throttled.header("retry-after"), "300");
    assert_eq!(
        problem["retry_at"],
        world
            .mfa
            .now()
            .plus(std::time::Duration::from_mins(5))
            .rfc3339()
    );
    // Another key is no other budget, and the backup codes have one of their own.
    let other = Backend::of(&world).await;
    other.code("u-1", &right).await.problem(429, "throttled");
    let body = json!({ "backup_code": enrolled.backup_codes[0] });
    assert_eq!(other.verify("u-1", &body).await.status, 200);
    world.pass(300);
    let right = enrolled.phone.code(world.seconds());
    assert_eq!(backend.code("u-1", &right).await.status, 200);
}

#[tokio::test]
async fn of_sixty_four_at_once_one_is_accepted() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    world.pass(30);
    let code = enrolled.phone.code(world.seconds());
    let mut working = Vec::new();
    for _ in 0..64 {
        let backend = Backend {
            client: world.client(),
            key: backend.key.clone(),
        };
        let code = code.clone();
        working.push(tokio::spawn(async move {
            backend.code("u-1", &code).await.status
        }));
    }
    let mut accepted = 0;
    for one in working {
        let status = one.await.unwrap();
        assert!([200, 409, 422, 429].contains(&status), "{status}");
        accepted += u32::from(status == 200);
    }
    assert_eq!(accepted, 1);
}

#[tokio::test]
async fn a_device_is_given_and_known_again() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    let verify = async |context: Value| -> Answer {
        world.pass(30);
        let code = enrolled.phone.code(world.seconds());
        let body = json!({ "code": code, "context": context });
        let answer = backend.verify("u-1", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.text());
        answer
    };
    let given = verify(json!({})).await;
    let device = text(&given, "device");
    assert_ne!(device, text(&given, "verification_id"));
    // Known: it stays what it is.
    let shown = verify(json!({ "device": device })).await;
    assert_eq!(text(&shown, "device"), device);
    // Strange ones are none.
    for strange in ["", "x", &"A".repeat(54)] {
        let given = verify(json!({ "device": strange })).await;
        assert_ne!(text(&given, "device"), device);
        assert_ne!(text(&given, "device"), strange);
    }
    // A device grants a budget and never a verification.
    let wrong = enrolled.phone.wrong(world.seconds());
    let body = json!({ "code": wrong, "context": { "device": device } });
    backend
        .verify("u-1", &body)
        .await
        .problem(422, "invalid_code");
}

/// One user, however they are asked: the windows are one.
#[tokio::test]
async fn wrong_codes_count_together_with_those_at_the_sign_in() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let (signed_in, phone, _) = world.enrolled("alice").await;
    let session = signed_in.get("/session").await.json();
    let id = session["user"]["id"].as_str().unwrap();
    let pending = world.pending("alice").await;
    let wrong = phone.wrong(world.seconds());
    let body = json!({ "code": wrong }).to_string();
    for _ in 0..3 {
        backend.code(id, &wrong).await.problem(422, "invalid_code");
    }
    for _ in 0..2 {
        let answer = pending.post("/login/mfa", &*body).await;
        assert_eq!(answer.json()["code"], "invalid_code", "{}", answer.text());
    }
    let right = phone.code(world.seconds());
    let answer = backend.code(id, &right).await;
    answer.problem(429, "throttled");
    let body = json!({ "code": right }).to_string();
    let answer = pending.post("/login/mfa", body).await;
    assert_eq!(
        (answer.status, &answer.json()["code"]),
        (429, &json!("throttled"))
    );
}

#[tokio::test]
async fn what_the_application_knows_of_the_user_is_recorded() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    let last = async |context: Value| {
        world.pass(30);
        let code = enrolled.phone.code(world.seconds());
        let body = json!({ "code": code, "context": context });
        assert_eq!(backend.verify("u-1", &body).await.status, 200);
        let newest = EventFilter {
            after: None,
            user: None,
            newest: true,
            limit: 1,
        };
        let rows = world.mfa.operator().events(newest).await.unwrap();
        let (row, intact) = rows.into_iter().next().unwrap();
        assert!(intact && row.event == Event::Verification);
        assert!(matches!(row.actor, Actor::Host(Some(_))), "{:?}", row.actor);
        (row.address, row.agent)
    };
    let some = |text: &str| Some(text.to_owned());
    assert_eq!(last(json!({})).await, (some("192.0.2.1"), None));
    let context = json!({ "ip": "2001:db8::7", "user_agent": "Fire\nfox" });
    assert_eq!(last(context).await, (some("2001:db8::7"), some("Firefox")));
    let context = json!({ "user_agent": "é".repeat(400) });
    assert_eq!(last(context).await, (None, Some("é".repeat(128))));
}
