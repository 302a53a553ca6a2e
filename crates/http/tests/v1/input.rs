//! Input that nobody well-meaning sends, at every route of the service API.

use axum::http::Method;
use serde_json::json;

use crate::backend::Backend;
use crate::scopes;
use crate::support::World;

fn changing() -> Vec<(Method, String)> {
    let mut all = scopes::all();
    all.retain(|(method, _)| *method != Method::GET);
    assert_eq!(all.len(), 8);
    all
}

#[tokio::test]
async fn bodies_are_read_strictly_at_every_route() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    for (method, path) in changing() {
        let large = format!(r#"{{"code":"{}"}}"#, "1".repeat(1_000_000));
        for (body, status, code) in [
            (large.as_str(), 413, "too_large"),
            (r#"{"admin":true}"#, 422, "invalid_fields"),
            (r#"{"proof":"a","proof":"b"}"#, 422, "invalid_fields"),
            (r#"{"code":"1","\u0063ode":"2"}"#, 422, "invalid_fields"),
            (r#"{"label":"a","label":"b"}"#, 422, "invalid_fields"),
            ("[]", 422, "invalid_fields"),
            ("null", 422, "invalid_fields"),
            ("{", 400, "malformed_body"),
            ("{'code':'1'}", 400, "malformed_body"),
        ] {
            let asked = backend.ask(method.clone(), &path);
            let asked = asked.field("content-type", "application/json");
            let answer = asked.body(body).send().await;
            answer.problem(status, code);
        }
        for kind in [
            "application/x-www-form-urlencoded",
            "text/plain",
            "text/json",
            "",
        ] {
            let asked = backend.ask(method.clone(), &path);
            let asked = asked.field("content-type", kind).body("{}");
            asked.send().await.problem(415, "unsupported_media_type");
        }
        let answer = backend.ask(method, &path).body("{}").send().await;
        answer.problem(415, "unsupported_media_type");
    }
}

#[tokio::test]
async fn the_bound_is_sixteen_kibibytes_and_sixty_four_where_a_passkey_may_answer() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    for (path, most) in [
        ("/v1/users/u-1/reset", 16 * 1024),
        ("/v1/users/u-1/verify", 64 * 1024),
    ] {
        for (length, large) in [(most, false), (most + 1, true)] {
            let body = format!("{{}}{}", " ".repeat(length - 2));
            let asked = backend.ask(Method::POST, path);
            let asked = asked.field("content-type", "application/json");
            let answer = asked.body(body).send().await;
            assert_eq!(answer.status == 413, large, "{path} {length}");
        }
    }
}

#[tokio::test]
async fn a_user_id_is_any_text_that_a_path_can_carry() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let longest = "x".repeat(128);
    for (written, id) in [
        ("alice", "alice"),
        ("alice%40example.com", "alice@example.com"),
        ("Alice", "Alice"),
        ("a%2Fb", "a/b"),
        ("a%2fb%3Fc%23d", "a/b?c#d"),
        ("a+b", "a+b"),
        ("%2E%2E%2E", "..."),
        ("%F0%9F%90%99", "\u{1f419}"),
        ("%25", "%"),
        ("a%20b", "a b"),
        (longest.as_str(), longest.as_str()),
    ] {
        let shown = backend.get(&format!("/v1/users/{written}")).await;
        assert_eq!(shown.status, 200, "{written}: {}", shown.text());
        assert_eq!(shown.json()["id"], id);
    }
    // Two spellings of one id are one user, two cases are two.
    backend.begin("a%2Db", None).await;
    let list = backend.get("/v1/users/a-b/authenticators").await.json();
    assert_eq!(list["data"].as_array().unwrap().len(), 1);
    assert_eq!(
        backend.get("/v1/users/A-b/authenticators").await.json(),
        json!({ "data": [] })
    );
}

#[tokio::test]
async fn what_is_no_user_id_is_told_at_every_route() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let long = "x".repeat(129);
    let wide = "%C3%A9".repeat(65);
    for wrong in [
        "%2E", "%2e%2e", ".", "..", "%00", "a%0Ab", "%7F", "%C2%80", "%ff", &long, &wide,
    ] {
        for (method, path) in scopes::all() {
            if !path.contains("u-1") {
                continue;
            }
            let path = path.replace("u-1", wrong);
            let answer = backend.ask(method, &path).send().await;
            answer.problem(422, "invalid_user_id");
        }
    }
    // An empty one is no address at all, or an empty segment of one.
    for path in ["/v1/users/", "/v1/", "/v1/nothing"] {
        backend.get(path).await.problem(404, "not_found");
    }
    let path = "/v1/users//verify";
    let answer = backend.post(path, &json!({ "code": "123456" })).await;
    answer.problem(422, "invalid_user_id");
}

#[tokio::test]
async fn a_browser_gets_no_page() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    for (method, path) in scopes::all() {
        for body in ["", "{}", "{"] {
            let asked = backend.ask(method.clone(), &path);
            let asked = asked.field("accept", "text/html,application/xhtml+xml");
            let asked = match method {
                Method::GET => asked,
                _ => asked.field("content-type", "application/json").body(body),
            };
            let answer = asked.send().await;
            assert!(!answer.is_page(), "{method} {path}");
        }
    }
}

#[tokio::test]
async fn another_method_is_told_the_right_ones() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    for (path, allow) in [
        ("/v1/users", "GET,HEAD"),
        ("/v1/users/u-1/verify", "POST"),
        ("/v1/users/u-1/backup-codes", "GET,HEAD,POST"),
    ] {
        let answer = backend.ask(Method::PUT, path).send().await;
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), allow);
    }
}
