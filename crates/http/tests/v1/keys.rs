//! The key: without a living one of this realm nothing is answered.

use axum::http::Method;
use countersign::api_key::Scope;

use crate::backend::{Backend, new_key};
use crate::support::{Answer, World};
use countersign_http::{PublicUrl, Site};

const PATH: &str = "/v1/users/u-1";

fn challenge(answer: &Answer, wanted: &str) {
    assert_eq!(answer.header("www-authenticate"), wanted);
}

#[tokio::test]
async fn every_route_takes_a_key_and_nothing_else() {
    let world = World::new();
    let signed_in = world.signed_in("alice").await;
    let backend = Backend {
        client: signed_in,
        key: String::new(),
    };
    for (method, path) in super::scopes::all() {
        let asked = backend.ask(method.clone(), &path).without("authorization");
        let answer = asked.field("accept", "text/html").send().await;
        answer.problem(401, "api_key_required");
        challenge(&answer, "Bearer realm=\"countersign\"");
        for (value, code) in [
            ("Basic YWxpY2U6c2VjcmV0", "api_key_required"),
            ("csk_aaaa", "api_key_required"),
            ("Bearer ", "malformed_api_key"),
            ("Bearer csk_aaaa", "malformed_api_key"),
            ("Bearer AAAA", "malformed_api_key"),
        ] {
            let asked = backend.ask(method.clone(), &path).without("authorization");
            let answer = asked.field("authorization", value).send().await;
            answer.problem(401, code);
        }
    }
}

#[tokio::test]
async fn a_key_with_a_slip_is_told_from_one_that_opens_nothing() {
    let world = World::new();
    let mut backend = Backend::of(&world).await;
    assert_eq!(backend.get(PATH).await.status, 200);
    let right = backend.key.clone();
    let last = if right.ends_with('a') { "b" } else { "a" };
    backend.key = format!("{}{last}", &right[..right.len() - 1]);
    let answer = backend.get(PATH).await;
    answer.problem(401, "malformed_api_key");
    challenge(
        &answer,
        "Bearer realm=\"countersign\", error=\"invalid_token\"",
    );
    // Of another store altogether, and so unknown here.
    backend.key = new_key(&World::new().other_realm(), &Scope::ALL).await.1;
    backend.get(PATH).await.problem(401, "invalid_api_key");
    // Twice is never one.
    let asked = backend.ask(Method::GET, PATH).without("authorization");
    let line = format!("Bearer {right}");
    let asked = asked.field("authorization", &line);
    let answer = asked.field("authorization", &line).send().await;
    answer.problem(401, "malformed_api_key");
}

#[tokio::test]
async fn a_revoked_key_and_an_expired_one_open_nothing() {
    let world = World::new();
    let (id, key) = new_key(&world.mfa, &Scope::ALL).await;
    let mut backend = Backend::of(&world).await;
    let other = std::mem::replace(&mut backend.key, key);
    assert_eq!(backend.get(PATH).await.status, 200);
    let revoked = world.mfa.operator().revoke_api_key(id).await.unwrap();
    assert!(matches!(revoked, countersign::Verdict::Accepted(())));
    backend.get(PATH).await.problem(401, "invalid_api_key");
    backend.key = other;
    assert_eq!(
        backend.get(PATH).await.status,
        200,
        "the other one lives on"
    );
    world.pass(24 * 3600);
    backend.get(PATH).await.problem(401, "invalid_api_key");
}

#[tokio::test]
async fn a_key_of_another_realm_opens_nothing() {
    let world = World::new();
    let (_, key) = new_key(&world.other_realm(), &Scope::ALL).await;
    let backend = Backend {
        client: world.client(),
        key,
    };
    backend.get(PATH).await.problem(401, "invalid_api_key");
}

#[tokio::test]
async fn wrong_keys_are_limited_by_address_and_a_right_one_is_not() {
    let mut site = Site::new(PublicUrl::parse("https://login.example.com").unwrap());
    site.address_limit = 3;
    let world = World::with(site);
    let backend = Backend::of(&world).await;
    let enrolled = backend.enroll(&world, "u-1").await;
    for _ in 0..10 {
        assert_eq!(backend.get(PATH).await.status, 200);
        let path = "/v1/users/u-1/challenges";
        let answer = backend.ask(Method::POST, path).send().await;
        assert_eq!(answer.status, 201);
    }
    let stranger = Backend {
        client: world.client(),
        key: "csk_nonsense".to_owned(),
    };
    for _ in 0..3 {
        stranger.get(PATH).await.problem(401, "malformed_api_key");
    }
    let answer = stranger.get(PATH).await;
    let problem = answer.problem(429, "too_many_requests");
    assert!(problem["retry_at"].is_string());
    assert!(answer.header("retry-after").parse::<u32>().unwrap() >= 1);
    // At the same address, and still let through.
    world.pass(30);
    let code = enrolled.phone.code(world.seconds());
    assert_eq!(backend.code("u-1", &code).await.status, 200);
}

#[tokio::test]
async fn a_key_is_no_session_and_a_session_no_key() {
    let world = World::new();
    let signed_in = world.signed_in("alice").await;
    let backend = Backend::of(&world).await;
    let request = signed_in.twin();
    request.cookies.lock().unwrap().clear();
    let line = format!("Bearer {}", backend.key);
    let answer = request.request(Method::GET, "/session");
    let answer = answer.header("authorization", &line).send().await;
    answer.problem(401, "session_required");
    let answer = signed_in.get(PATH).await;
    answer.problem(401, "api_key_required");
}

#[tokio::test]
async fn another_name_and_another_site_are_refused_as_everywhere() {
    let world = World::new();
    let backend = Backend::of(&world).await;
    let line = format!("Bearer {}", backend.key);
    let request = backend.client.request(Method::GET, PATH);
    let request = request.host("evil.example").header("authorization", &line);
    request.send().await.problem(421, "misdirected");
    let asked = backend.ask(Method::POST, "/v1/users/u-1/challenges");
    let answer = asked.field("origin", "https://evil.example").send().await;
    answer.problem(403, "cross_site");
}

#[tokio::test]
async fn what_other_sites_make_browsers_send_is_recorded_within_the_limit_only() {
    let mut site = Site::new(PublicUrl::parse("https://login.example.com").unwrap());
    site.address_limit = 3;
    let world = World::with(site);
    let stranger = world.client();
    let forged = || {
        let request = stranger.request(Method::POST, "/v1/nothing-there");
        request.header("origin", "https://evil.example").send()
    };
    for _ in 0..3 {
        forged().await.problem(403, "cross_site");
    }
    forged().await.problem(429, "too_many_requests");
}
