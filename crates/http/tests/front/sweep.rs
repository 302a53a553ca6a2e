//! What holds for every route, and for what is none.

use std::collections::{BTreeMap, BTreeSet};

use axum::http::Method;
use countersign_http::problem;

use crate::support::{Answer, World, corpus};

/// The headers of every answer.
#[track_caller]
fn guarded(answer: &Answer, what: &str) {
    let policy = answer.header("content-security-policy");
    for part in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",
        "connect-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    ] {
        assert!(
            policy.split("; ").any(|rule| rule == part),
            "{what}: {part}"
        );
    }
    assert!(!policy.contains("unsafe"), "{what}");
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "no-referrer"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("vary", "Accept"),
        // What a proxy passes on is an answer of another host.
        (
            "strict-transport-security",
            if what.contains("/api/authz/") {
                ""
            } else {
                "max-age=63072000; includeSubDomains"
            },
        ),
    ] {
        assert_eq!(answer.header(name), value, "{what}");
        assert_eq!(
            answer.headers.get_all(name).iter().count(),
            usize::from(!value.is_empty()),
            "{what}: {name}"
        );
    }
    assert!(
        answer.header("permissions-policy").contains("camera=()"),
        "{what}"
    );
    assert!(!answer.header("cache-control").is_empty(), "{what}");
    for name in ["server", "x-powered-by", "access-control-allow-origin"] {
        assert!(answer.headers.get(name).is_none(), "{what}: {name}");
    }
    if answer.is_page() {
        // Without it the header above makes browsers send own forms with `Origin: null`.
        let referrer = r#"<meta name="referrer" content="same-origin">"#;
        assert!(answer.text().contains(referrer), "{what}");
    }
    if !answer.body.is_empty() {
        assert!(!answer.header("content-type").is_empty(), "{what}");
    }
    if answer.status >= 400 {
        assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    }
    if answer.header("content-type") == "application/problem+json" {
        assert_eq!(answer.json()["status"], answer.status, "{what}");
    }
    assert!(answer.header("x-request-id").len() > 8, "{what}");
}

#[tokio::test]
async fn every_answer_of_every_route_is_guarded() {
    let world = World::new();
    let signed_in = world.signed_in("alice").await;
    for client in [world.client(), signed_in] {
        for route in corpus::routes() {
            let path = corpus::path(&route);
            let request = || client.request(route.method.clone(), &path);
            for (form, request) in [
                ("program", request()),
                ("person", request().html()),
                ("json", request().json("{}")),
                ("form", request().form(&[("a", "b")])),
            ] {
                let answer = request.send().await;
                guarded(&answer, &format!("{form} {} {path}", route.method));
                assert!(answer.status < 500, "{route:?} {}", answer.text());
            }
        }
    }
}

#[tokio::test]
async fn what_is_not_there_is_guarded_too() {
    let world = World::new();
    let client = world.client();
    for path in [
        "/nothing",
        "/login/",
        "/mfa/x.css",
        "/assets/",
        "/v1",
        "/metrics",
        "//",
    ] {
        let answer = client.get(path).await;
        answer.problem(404, "not_found");
        guarded(&answer, path);
        let page = client.page(path).await;
        page.shows(404, "There is nothing here");
        guarded(&page, path);
    }
}

#[tokio::test]
async fn a_wrong_method_is_told_the_right_ones() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let mut taken: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for route in corpus::routes() {
        let methods = taken.entry(route.path).or_default();
        methods.insert(route.method.to_string());
        if route.method == Method::GET {
            methods.insert("HEAD".to_owned());
        }
    }
    for route in corpus::routes() {
        let methods = &taken[route.path];
        for method in [
            "GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW",
        ] {
            if methods.contains(method) {
                continue;
            }
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            let answer = client.request(method, &corpus::path(&route)).send().await;
            answer.problem(405, "method_not_allowed");
            let allow = answer
                .header("allow")
                .split(',')
                .map(|one| one.trim().to_owned());
            assert_eq!(&allow.collect::<BTreeSet<_>>(), methods, "{}", route.path);
            guarded(&answer, route.path);
        }
    }
}

#[tokio::test]
async fn reading_changes_nothing() {
    let world = World::new();
    let (client, ..) = world.enrolled("alice").await;
    let before = client.get("/mfa").await.text().to_owned();
    for route in corpus::routes() {
        if route.method == Method::GET {
            let path = corpus::path(&route);
            for answer in [client.get(&path).await, client.page(&path).await] {
                assert!(answer.set_cookies().is_empty(), "{path}");
            }
        }
    }
    assert_eq!(client.get("/mfa").await.text(), before);
}

#[tokio::test]
async fn what_changes_something_for_a_program_is_not_read() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    for path in [
        "/login",
        "/login/mfa",
        "/password",
        "/reauthenticate",
        "/mfa/setup",
        "/mfa/confirm",
    ] {
        let answer = client.get(path).await;
        answer.problem(405, "method_not_allowed");
        assert_eq!(answer.header("allow"), "POST");
    }
}

#[tokio::test]
async fn every_account_route_asks_for_a_session() {
    let open = [
        "/",
        "/robots.txt",
        "/.well-known/change-password",
        "/assets/{name}",
        "/problems/{code}",
        "/setup/{token}",
        "/login",
        "/login/mfa",
        "/login/mfa/options",
        "/login/passkey",
        "/login/passkey/options",
        "/.well-known/webauthn",
        "/.well-known/passkey-endpoints",
        "/lost-access",
        "/return",
        "/.well-known/jwks.json",
        "/api/authz/forward-auth",
        "/api/authz/auth-request",
        "/api/docs",
        "/api/openapi.json",
    ];
    let world = World::new();
    world.enrolled("alice").await;
    for route in corpus::routes() {
        if open.contains(&route.path) {
            continue;
        }
        let pending = world.pending("alice").await;
        for client in [world.client(), pending] {
            let path = corpus::path(&route);
            let request = client.request(route.method.clone(), &path);
            let answer = match route.method {
                Method::GET => request.send().await,
                _ => request.json(corpus::body(&route).0).send().await,
            };
            answer.problem(401, "session_required");
        }
    }
}

#[tokio::test]
async fn request_ids_are_ours_and_differ() {
    let world = World::new();
    let client = world.client();
    let mut seen = BTreeSet::new();
    for _ in 0..50 {
        let request = client.request(Method::GET, "/session");
        let answer = request.header("x-request-id", "forged").send().await;
        assert_eq!(answer.headers.get_all("x-request-id").iter().count(), 1);
        assert!(seen.insert(answer.header("x-request-id").to_owned()));
    }
    assert!(!seen.contains("forged"));
}

#[test]
fn the_reference_lists_every_problem_once() {
    let document = problem::markdown();
    for row in problem::catalogue() {
        let line = format!("| `{}` | {} |", row.code, row.status);
        assert_eq!(document.matches(&line).count(), 1, "{line}");
    }
}
