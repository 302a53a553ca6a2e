//! Limits by client address, and whose word on it is taken.

use axum::http::Method;
use countersign_http::{PublicUrl, Site};

use crate::support::World;

fn limited(trusted: &[&str]) -> World {
    let mut site = Site::new(PublicUrl::parse("https://login.example.com").unwrap());
    site.address_limit = 3;
    site.trusted_proxies = trusted.iter().map(|net| net.parse().unwrap()).collect();
    World::with(site)
}

#[tokio::test]
async fn too_many_submissions_from_one_address_wait() {
    let world = limited(&[]);
    let client = world.client();
    for _ in 0..3 {
        client
            .second_step("123456")
            .await
            .problem(400, "password_step_required");
    }
    let answer = client.second_step("123456").await;
    let problem = answer.problem(429, "too_many_requests");
    let wait: u64 = answer.header("retry-after").parse().unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
    assert!(problem["retry_at"].is_string());
    assert_eq!(client.page("/login").await.status, 200);
    let mut other = world.client();
    other.peer = "192.0.2.2:4000".parse().unwrap();
    other
        .second_step("123456")
        .await
        .problem(400, "password_step_required");
}

#[tokio::test]
async fn a_forged_address_changes_nothing() {
    let world = limited(&[]);
    let client = world.client();
    let mut statuses = Vec::new();
    for number in 0..6 {
        let request = client.request(Method::POST, "/login/mfa");
        let request = request.header("x-forwarded-for", &format!("198.51.100.{number}"));
        let request = request.header("forwarded", &format!("for=198.51.100.{number}"));
        let request = request.header("x-real-ip", &format!("198.51.100.{number}"));
        let answer = request.json(r#"{"code":"123456"}"#).send().await;
        statuses.push(answer.status);
    }
    assert_eq!(statuses, [400, 400, 400, 429, 429, 429]);
}

#[tokio::test]
async fn a_forged_address_is_not_recorded_either() {
    let world = limited(&[]);
    world.add_user("alice").await;
    let client = world.client();
    let body = format!(
        r#"{{"username":"alice","password":"{}"}}"#,
        crate::support::PASSWORD
    );
    let request = client.request(Method::POST, "/login").json(body);
    request
        .header("x-forwarded-for", "198.51.100.7")
        .send()
        .await;
    let sessions = client.get("/sessions").await.json();
    assert_eq!(sessions["sessions"][0]["address"], "192.0.2.1");
}

#[tokio::test]
async fn behind_a_trusted_proxy_each_client_has_its_own_count() {
    let world = limited(&["192.0.2.0/24"]);
    let client = world.client();
    for number in 0..6 {
        let request = client.request(Method::POST, "/login/mfa");
        // What the client itself wrote stands to the left of what the proxy added.
        let line = format!("203.0.113.99, 198.51.100.{number}");
        let request = request.header("x-forwarded-for", &line);
        let answer = request.json(r#"{"code":"123456"}"#).send().await;
        answer.problem(400, "password_step_required");
    }
    for expected in [400, 400, 400, 429] {
        let request = client.request(Method::POST, "/login/mfa");
        let line = format!("{expected}.0.0.1, 198.51.100.77");
        let request = request.header("x-forwarded-for", &line);
        let answer = request.json(r#"{"code":"123456"}"#).send().await;
        assert_eq!(answer.status, expected);
    }
}
