//! Under which name the product answers.

use axum::http::Method;

use crate::support::World;

#[tokio::test]
async fn an_unknown_host_is_misdirected() {
    let world = World::new();
    let client = world.client();
    for host in ["evil.example", "login.example.com:8443", "127.0.0.1", ""] {
        let request = client.request(Method::GET, "/session").host(host);
        request.send().await.problem(421, "misdirected");
        let page = client.request(Method::GET, "/login").host(host).html();
        page.send().await.shows(421, "No site at this address");
    }
    let twice = client.request(Method::GET, "/session");
    let twice = twice.header("host", "login.example.com");
    twice.send().await.problem(421, "misdirected");
    let upper = client
        .request(Method::GET, "/session")
        .host("LOGIN.example.com:443");
    upper.send().await.problem(401, "session_required");
}

#[tokio::test]
async fn on_loopback_programs_may_use_any_name_of_it() {
    let world = World::at("http://localhost:8080");
    world.add_user("alice").await;
    let client = world.client();
    let body = format!(
        r#"{{"username":"alice","password":"{}"}}"#,
        crate::support::PASSWORD
    );
    for host in ["127.0.0.1:8080", "[::1]:8080", "localhost:8080"] {
        let request = client.request(Method::POST, "/login").host(host);
        let answer = request.json(body.as_str()).send().await;
        assert_eq!(answer.status, 200, "{host}");
        let origin = format!("http://{host}");
        let request = client.request(Method::POST, "/logout").host(host);
        let answer = request.header("origin", &origin).json("").send().await;
        assert_eq!(answer.status, 200, "{host}");
    }
    let request = client
        .request(Method::POST, "/logout")
        .host("127.0.0.1:8080");
    let request = request.header("origin", "http://localhost:8080");
    request.json("").send().await.problem(403, "cross_site");
    let request = client
        .request(Method::GET, "/session")
        .host("rebound.example:8080");
    request.send().await.problem(421, "misdirected");
}

#[tokio::test]
async fn on_loopback_pages_lead_to_localhost() {
    let world = World::at("http://localhost:8080");
    let client = world.client();
    let request = client.request(Method::GET, "/login?return_to=%2Fmfa");
    let answer = request.host("127.0.0.1:8080").html().send().await;
    assert_eq!(answer.status, 307);
    let target = "http://localhost:8080/login?return_to=%2Fmfa";
    assert_eq!(answer.header("location"), target);
    let form = client
        .request(Method::POST, "/login")
        .host("127.0.0.1:8080");
    form.form(&[])
        .send()
        .await
        .shows(421, "No site at this address");
}

#[tokio::test]
async fn strict_transport_security_is_for_https_alone() {
    let secure = World::new().client().get("/session").await;
    let rule = "max-age=63072000; includeSubDomains";
    assert_eq!(secure.header("strict-transport-security"), rule);
    let plain = World::at("http://localhost:8080");
    let plain = plain.client().get("/session").await;
    assert!(plain.headers.get("strict-transport-security").is_none());
}
