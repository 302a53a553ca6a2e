//! Every route with every set of scopes: which are let through, and no others.

use axum::http::Method;
use countersign::api_key::Scope;
use countersign_http::routes;
use serde_json::{Value, json};

use crate::backend::Backend;
use crate::support::World;

const ID: &str = "0190b0a0-0000-7000-8000-000000000001";

/// All methods and paths of the service API, with something in place of what varies.
pub fn all() -> Vec<(Method, String)> {
    let mut all = routes();
    all.retain(|route| route.path.starts_with("/v1/"));
    assert!(all.len() >= 13);
    let path = |path: &str| path.replace("{user}", "u-1").replace("{id}", ID);
    all.iter()
        .map(|route| (route.method.clone(), path(route.path)))
        .collect()
}

/// The one place that says what a route takes, and a right body for it.
fn need(method: &Method, path: &str) -> (Option<Scope>, Value) {
    let path = path.replace("u-1", "{user}").replace(ID, "{id}");
    match (method.as_str(), path.as_str()) {
        ("GET", "/v1/users/{user}" | "/v1/users/{user}/backup-codes") => (None, json!(null)),
        ("GET", "/v1/users/{user}/authenticators") => (Some(Scope::Enroll), json!(null)),
        ("POST", "/v1/users/{user}/authenticators") => (
            Some(Scope::Enroll),
            json!({ "type": "totp", "account_name": "alice" }),
        ),
        ("POST", "/v1/users/{user}/authenticators/{id}/confirm") => {
            (Some(Scope::Enroll), json!({ "code": "123456" }))
        }
        ("PATCH", "/v1/users/{user}/authenticators/{id}") => {
            (Some(Scope::Enroll), json!({ "label": "Phone" }))
        }
        ("DELETE", "/v1/users/{user}/authenticators/{id}")
        | ("POST", "/v1/users/{user}/backup-codes") => (Some(Scope::Enroll), json!({})),
        ("POST", "/v1/users/{user}/challenges") => (Some(Scope::Verify), json!({})),
        ("POST", "/v1/users/{user}/verify") => (Some(Scope::Verify), json!({ "code": "123456" })),
        ("POST", "/v1/users/{user}/reset") => (Some(Scope::Admin), json!({})),
        ("GET", "/v1/users" | "/v1/audit-events") => (Some(Scope::Admin), json!(null)),
        (method, path) => panic!("nobody says what {method} {path} takes"),
    }
}

#[tokio::test]
async fn each_route_takes_its_scope_and_no_other_will_do() {
    let world = World::new();
    for bits in 1..8_u8 {
        let scopes: Vec<Scope> = Scope::ALL
            .into_iter()
            .enumerate()
            .filter(|(at, _)| bits & (1 << at) != 0)
            .map(|(_, scope)| scope)
            .collect();
        let backend = Backend::with(&world, &scopes).await;
        for (method, path) in all() {
            let (need, body) = need(&method, &path);
            let asked = backend.ask(method.clone(), &path);
            let answer = match body {
                Value::Null => asked.send().await,
                body => asked.json(&body).send().await,
            };
            let refused = answer.status == 403;
            let may = need.is_none_or(|scope| scopes.contains(&scope));
            assert_eq!(
                refused,
                !may,
                "{scopes:?} at {method} {path}: {}",
                answer.text()
            );
            if let (true, Some(scope)) = (refused, need) {
                let problem = answer.problem(403, "insufficient_scope");
                assert_eq!(problem["scope"], scope.as_str());
                let wanted = format!(
                    "Bearer realm=\"countersign\", error=\"insufficient_scope\", scope=\"{}\"",
                    scope.as_str()
                );
                assert_eq!(answer.header("www-authenticate"), wanted);
            }
        }
    }
}

#[tokio::test]
async fn what_a_scope_lacks_is_not_done() {
    let world = World::new();
    let all = Backend::of(&world).await;
    let enrolled = all.enroll(&world, "u-1").await;
    let before = all.get("/v1/users/u-1").await.json();
    let admin = Backend::with(&world, &[Scope::Verify, Scope::Admin]).await;
    let path = format!("/v1/users/u-1/authenticators/{}", enrolled.id);
    let answer = admin.delete(&path, &json!({})).await;
    answer.problem(403, "insufficient_scope");
    admin
        .begin("u-2", None)
        .await
        .problem(403, "insufficient_scope");
    let host = Backend::with(&world, &[Scope::Verify, Scope::Enroll]).await;
    let answer = host.post("/v1/users/u-1/reset", &json!({})).await;
    answer.problem(403, "insufficient_scope");
    // A right code under a key that may not verify is not used up by it.
    world.pass(30);
    let code = enrolled.phone.code(world.seconds());
    let enroll = Backend::with(&world, &[Scope::Enroll]).await;
    enroll
        .code("u-1", &code)
        .await
        .problem(403, "insufficient_scope");
    assert_eq!(all.get("/v1/users/u-1").await.json(), before);
    assert_eq!(all.code("u-1", &code).await.status, 200);
}
