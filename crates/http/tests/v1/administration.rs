//! What an administrator's key may: list, reset and read the trail, and plant nothing.

use countersign::api_key::Scope;
use serde_json::{Value, json};

use crate::backend::{Backend, text};
use crate::support::World;

#[tokio::test]
async fn users_are_listed_page_by_page() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    assert_eq!(backend.get("/v1/users").await.json(), json!({ "data": [] }));
    let mut wanted: Vec<String> = Vec::new();
    for number in 0..7 {
        let user = format!("u-{number}");
        assert_eq!(backend.begin(&user, None).await.status, 201);
        wanted.push(user);
    }
    for limit in [1, 3, 7, 8] {
        let (mut seen, mut after, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let path = format!("/v1/users?limit={limit}{after}");
            let page = backend.get(&path).await.json();
            let data = page["data"].as_array().unwrap();
            assert!(data.len() <= limit && !data.is_empty());
            seen.extend(
                data.iter()
                    .map(|user| user["id"].as_str().unwrap().to_owned()),
            );
            pages += 1;
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            after = format!("&after={cursor}");
        }
        assert_eq!(pages, 7_usize.div_ceil(limit));
        seen.sort();
        assert_eq!(seen, wanted, "each once, in pages of {limit}");
    }
}

#[tokio::test]
async fn a_cursor_is_taken_as_it_was_given_or_not_at_all() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    for user in ["u-1", "u-2"] {
        backend.begin(user, None).await;
    }
    let users = backend.get("/v1/users?limit=1").await;
    let cursor = text(&users, "next_cursor");
    let turned: String = cursor.chars().rev().collect();
    for wrong in [
        "",
        "x",
        &turned,
        &cursor[1..],
        &format!("{cursor}A"),
        "%F0%9F%92%A5",
    ] {
        let answer = backend.get(&format!("/v1/users?after={wrong}")).await;
        answer.problem(422, "invalid_cursor");
    }
    // Of one list it is none of another.
    let answer = backend
        .get(&format!("/v1/audit-events?after={cursor}"))
        .await;
    answer.problem(422, "invalid_cursor");
    for query in [
        "limit=0",
        "limit=501",
        "limit=-1",
        "limit=1&limit=2",
        "before=x",
        "after=%ff",
    ] {
        for list in ["users", "audit-events"] {
            let answer = backend.get(&format!("/v1/{list}?{query}")).await;
            answer.problem(422, "invalid_fields");
        }
    }
}

#[tokio::test]
async fn a_reset_takes_all_away_and_plants_nothing() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    let admin = Backend::with(&world, &[Scope::Admin]).await;
    let path = "/v1/users/u-1/reset";
    let reset = admin.post(path, &json!({})).await;
    assert_eq!(reset.status, 200, "{}", reset.text());
    assert_eq!(reset.json(), json!({ "authenticators_removed": 1 }));
    let user = admin.get("/v1/users/u-1").await.json();
    assert_eq!(
        (&user["enrolled"], &user["backup_codes_left"]),
        (&json!(false), &json!(0))
    );
    world.pass(30);
    let code = enrolled.phone.code(world.seconds());
    backend
        .code("u-1", &code)
        .await
        .problem(422, "invalid_code");
    let void = json!({ "backup_code": enrolled.backup_codes[0] });
    let refused = backend.verify("u-1", &void).await;
    refused.problem(422, "invalid_code");
    admin
        .post("/v1/users/nobody/reset", &json!({}))
        .await
        .problem(404, "not_found");
    // The window of the last five minutes is not what a reset clears.
    let again = backend.enroll(&world, "u-1").await;
    let wrong = again.phone.wrong(world.seconds());
    for _ in 0..4 {
        let answer = backend.code("u-1", &wrong).await;
        answer.problem(422, "invalid_code");
    }
    admin.post(path, &json!({})).await;
    let answer = backend.code("u-1", &wrong).await;
    answer.problem(429, "throttled");
}

#[tokio::test]
async fn the_trail_is_followed_by_its_cursor() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    let (mut seen, mut after): (Vec<Value>, String) = (Vec::new(), String::new());
    loop {
        let page = backend
            .get(&format!("/v1/audit-events?limit=2{after}"))
            .await
            .json();
        let data = page["data"].as_array().unwrap().clone();
        after = format!("&after={}", page["next_cursor"].as_str().unwrap());
        if data.is_empty() {
            break;
        }
        assert!(data.len() <= 2);
        seen.extend(data);
    }
    let events: Vec<&str> = seen
        .iter()
        .map(|row| row["event"].as_str().unwrap())
        .collect();
    for event in [
        "authn_api_key_changed",
        "user_created",
        "authn_enrollment_begun",
        "authn_enrollment_confirmed",
    ] {
        assert!(events.contains(&event), "{events:?}");
    }
    let confirmed = seen
        .iter()
        .find(|row| row["event"] == "authn_enrollment_confirmed")
        .unwrap();
    assert_eq!(confirmed["user_id"], "u-1");
    assert_eq!(confirmed["authenticator_id"], enrolled.id);
    assert!(confirmed["actor"].as_str().unwrap().starts_with("key:"));
    // What happens later is behind the last cursor, and nothing else is.
    world.pass(30);
    let wrong = enrolled.phone.wrong(world.seconds());
    backend
        .code("u-1", &wrong)
        .await
        .problem(422, "invalid_code");
    let page = backend
        .get(&format!("/v1/audit-events?limit=500{after}"))
        .await
        .json();
    let data = page["data"].as_array().unwrap();
    assert_eq!(data.len(), 1, "{page}");
    assert_eq!(
        (&data[0]["outcome"], &data[0]["reason"]),
        (&json!("failure"), &json!("wrong_code"))
    );
}

#[tokio::test]
async fn another_realm_is_not_seen() {
    let world = World::new();
    let other = world.other_realm();
    let password = countersign::Password::new(crate::support::PASSWORD.to_owned());
    let added = other.operator().add_user("stranger", password, false).await;
    assert!(matches!(added.unwrap(), countersign::Verdict::Accepted(())));
    let backend = Backend::of(&world).await;
    assert_eq!(backend.get("/v1/users").await.json(), json!({ "data": [] }));
    let trail = backend.get("/v1/audit-events?limit=500").await;
    assert!(!trail.text().contains("user_created"), "{}", trail.text());
}
