//! The routes inside an application that has its own beside them.

use axum::Router;
use axum::extract::State;
use axum::http::{Method, StatusCode};
use axum::routing::get;
use countersign_http::router;

use crate::support::{Client, World};

/// An application with a page, a state and a way of its own to say that there is nothing.
fn inside(world: &World) -> Client {
    let app = Router::new()
        .route("/", get(async |State(name): State<&'static str>| name))
        .with_state("the application")
        .merge(router(world.mfa.clone(), world.site.clone()))
        .fallback(async || (StatusCode::NOT_FOUND, "the application has no such page"));
    world.client().before(app)
}

#[tokio::test]
async fn the_application_keeps_its_root_its_fallback_and_its_headers() {
    let world = World::new();
    let client = inside(&world);
    let root = client.get("/").await;
    assert_eq!((root.status, root.text()), (200, "the application"));
    for path in ["/nothing", "/loginn", "/mfa/nothing", "/robots.txt"] {
        let answer = client.page(path).await;
        let expected = (404, "the application has no such page");
        assert_eq!((answer.status, answer.text()), expected, "{path}");
        assert_eq!(answer.header("x-request-id"), "");
        assert_eq!(answer.header("content-security-policy"), "");
    }
    // Under a name that is none of ours it is the application's to answer.
    let elsewhere = client.request(Method::GET, "/").host("api.example.net");
    assert_eq!(elsewhere.send().await.status, 200);
}

#[tokio::test]
async fn without_a_fallback_nothing_is_taken_over() {
    let world = World::new();
    let pages = router(world.mfa.clone(), world.site.clone());
    for app in [
        Router::new().merge(pages.clone()),
        Router::new()
            .route("/own", get(async || "own"))
            .merge(pages),
    ] {
        let client = world.client().before(app);
        let answer = client.get("/nothing").await;
        assert_eq!((answer.status, answer.text()), (404, ""));
        assert_eq!(answer.header("x-request-id"), "");
    }
}

#[tokio::test]
async fn our_routes_are_as_they_are_alone() {
    let world = World::new();
    let client = inside(&world);
    world.add_user("alice").await;
    let page = client.page("/login").await;
    page.shows(200, "form_token");
    assert_ne!(page.header("content-security-policy"), "");
    client.login("alice").await;
    assert_eq!(client.get("/session").await.status, 200);
    let (phone, _) = world.enroll(&client).await;
    world.pass(30);
    let again = inside(&world);
    again.login("alice").await;
    let done = again.second_step(&phone.code(world.seconds())).await;
    assert_eq!(done.status, 200, "{}", done.text());
    let refused = client.request(Method::DELETE, "/login").send().await;
    refused.problem(405, "method_not_allowed");
    assert_eq!(refused.header("allow"), "GET,HEAD,POST");
    let elsewhere = client.request(Method::GET, "/session").host("evil.example");
    elsewhere.send().await.problem(421, "misdirected");
    let unsigned = client.get("/v1/users/u").await;
    unsigned.problem(401, "api_key_required");
}
