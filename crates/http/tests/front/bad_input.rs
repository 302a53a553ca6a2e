//! Input that nobody well-meaning sends, at every route that takes any.

use axum::http::Method;

use crate::support::{World, corpus};

#[tokio::test]
async fn a_megabyte_is_too_much() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    for route in corpus::changing() {
        let path = corpus::path(&route);
        let large = format!(r#"{{"code":"{}"}}"#, "1".repeat(1_000_000));
        let answer = client.json(route.method.clone(), &path, large).await;
        answer.problem(413, "too_large");
        let large = "1".repeat(1_000_000);
        let request = client.request(route.method.clone(), &path);
        let answer = request.form(&[("code", &large)]).send().await;
        let no_form = !corpus::takes_forms(&route) && answer.status == 415;
        assert!(
            answer.status == 413 || no_form,
            "{route:?}: {}",
            answer.status
        );
    }
}

#[tokio::test]
async fn the_bound_is_sixteen_kibibytes() {
    let world = World::new();
    let client = world.client();
    let padded = |length: usize| {
        let body = r#"{"code":"123456"}"#;
        format!("{body}{}", " ".repeat(length - body.len()))
    };
    let answer = client.post("/login", padded(16 * 1024)).await;
    answer.problem(422, "invalid_fields");
    let answer = client.post("/login", padded(16 * 1024 + 1)).await;
    answer.problem(413, "too_large");
    // Where a passkey may answer, four times as much.
    let answer = client.post("/login/mfa", padded(64 * 1024)).await;
    answer.problem(400, "password_step_required");
    let answer = client.post("/login/mfa", padded(64 * 1024 + 1)).await;
    answer.problem(413, "too_large");
}

#[tokio::test]
async fn another_media_type_is_not_taken() {
    let world = World::new();
    let client = world.client();
    for kind in [
        "text/plain",
        "application/xml",
        "multipart/form-data",
        "text/json",
    ] {
        let request = client.request(Method::POST, "/login");
        let request = request.header("content-type", kind);
        let answer = request
            .body(r#"{"username":"a","password":"b"}"#)
            .send()
            .await;
        answer.problem(415, "unsupported_media_type");
    }
    let request = client.request(Method::POST, "/login");
    let request = request.header("content-type", "Application/JSON; charset=UTF-8");
    let answer = request
        .body(r#"{"username":"a","password":"b"}"#)
        .send()
        .await;
    answer.problem(401, "invalid_credentials");
}

#[tokio::test]
async fn fields_that_nobody_asked_for_are_refused() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    for route in corpus::changing() {
        let (json, _) = corpus::body(&route);
        let more = json
            .replacen('{', r#"{"admin":true,"#, 1)
            .replace(",}", "}");
        let answer = client
            .json(route.method.clone(), &corpus::path(&route), more)
            .await;
        answer.problem(422, "invalid_fields");
    }
}

#[tokio::test]
async fn a_key_twice_is_refused() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    for (path, body) in [
        (
            "/login",
            r#"{"username":"a","username":"b","password":"c"}"#,
        ),
        (
            "/login",
            r#"{"username":"a","password":"b","password":"c"}"#,
        ),
        ("/login", r#"{"username":{"a":1,"a":2},"password":"b"}"#),
        ("/login/mfa", r#"{"code":"123456","code":"654321"}"#),
        ("/login/mfa", r#"{"code":"123456","\u0063ode":"654321"}"#),
        ("/mfa/confirm", r#"{"code":"123456","code":"123456"}"#),
        ("/mfa/setup", r#"{"label":"a","label":"b"}"#),
        ("/reauthenticate", r#"{"password":"a","password":"a"}"#),
    ] {
        client.post(path, body).await.problem(422, "invalid_fields");
    }
}

#[tokio::test]
async fn wrong_types_and_shapes_are_refused() {
    let world = World::new();
    let client = world.client();
    for body in [
        r#"{"username":"a"}"#,
        r#"{"username":1,"password":"b"}"#,
        r#"{"username":null,"password":"b"}"#,
        r#"{"username":["a"],"password":"b"}"#,
        r#"["a","b"]"#,
        r#""a""#,
        "null",
        "",
    ] {
        client
            .post("/login", body)
            .await
            .problem(422, "invalid_fields");
    }
    let not_json: [&[u8]; 7] = [
        b"{",
        b"username=a&password=b",
        b"{\"username\":\"a\",\"password\":\"b\"} x",
        b"{\"username\":\"\xff\",\"password\":\"b\"}",
        b"{\"username\":\"\\ud800\",\"password\":\"b\"}",
        b"\xef\xbb\xbf{\"username\":\"a\",\"password\":\"b\"}",
        b"{'username':'a','password':'b'}",
    ];
    for body in not_json {
        client
            .post("/login", body)
            .await
            .problem(400, "malformed_body");
    }
    let deep = "[".repeat(10_000);
    client
        .post("/login", deep)
        .await
        .problem(422, "invalid_fields");
}

#[tokio::test]
async fn forms_are_read_as_strictly() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let page = client.page("/mfa/setup").await;
    for fields in [
        &[("label", "a"), ("label", "b")][..],
        &[("label", "a"), ("admin", "true")],
        &[("digits", "six")],
        &[("digits", "")],
    ] {
        let answer = client.form_of(&page, "/mfa/setup", fields).await;
        assert_eq!(answer.status, 422, "{fields:?}");
        assert!(answer.is_page());
    }
    let token = page.form_token();
    let request = client.request(Method::POST, "/mfa/setup");
    let request = request.header("content-type", "application/x-www-form-urlencoded");
    let answer = request
        .body(format!("form_token={token}&label=%ff"))
        .send()
        .await;
    answer.problem(400, "malformed_body");
}

#[tokio::test]
async fn names_and_passwords_of_any_kind_are_one_refusal() {
    let world = World::new();
    world.add_user("alice").await;
    let long = "x".repeat(5000);
    for (name, password) in [
        ("", ""),
        ("\u{0}", "\u{0}"),
        ("alice\u{0}", crate::support::PASSWORD),
        (long.as_str(), "x"),
        ("alice", long.as_str()),
        ("alice' OR 1=1 --", "x"),
        ("\u{202e}alice", crate::support::PASSWORD),
    ] {
        let answer = world.client().login_with(name, password).await;
        answer.problem(401, "invalid_credentials");
    }
}
