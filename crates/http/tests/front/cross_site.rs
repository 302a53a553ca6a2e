//! What another site could make a browser send is refused by every route that changes something.

use countersign::audit::Event;
use countersign::port::store::EventFilter;

use crate::support::{World, corpus};

async fn recorded(world: &World) -> usize {
    let filter = EventFilter {
        after: None,
        user: None,
        newest: true,
        limit: 1000,
    };
    let events = world.mfa.operator().events(filter).await.unwrap();
    let mut count = 0;
    for (row, intact) in events {
        assert!(intact);
        count += usize::from(row.event == Event::CrossSite);
    }
    count
}

#[tokio::test]
async fn another_origin_is_refused_everywhere() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let own = "https://login.example.com";
    let evil: [&[(&str, &str)]; 9] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "http://login.example.com")],
        &[("origin", "https://login.example.com.evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[("sec-fetch-site", "none")],
        &[("origin", own), ("sec-fetch-site", "cross-site")],
        &[("origin", "null"), ("sec-fetch-site", "same-origin")],
    ];
    let mut refused = 0;
    for route in corpus::changing() {
        let (json, _) = corpus::body(&route);
        for headers in evil {
            let mut request = client.request(route.method.clone(), &corpus::path(&route));
            for (name, value) in headers {
                request = request.header(name, value);
            }
            let answer = request.json(json).send().await;
            answer.problem(403, "cross_site");
            assert!(answer.set_cookies().is_empty());
            refused += 1;
        }
    }
    assert_eq!(recorded(&world).await, refused);
    assert_eq!(client.get("/session").await.status, 200);
}

#[tokio::test]
async fn the_own_origin_passes_everywhere() {
    let world = World::new();
    for route in corpus::changing() {
        let client = world.client();
        let (json, _) = corpus::body(&route);
        let request = client.request(route.method.clone(), &corpus::path(&route));
        let request = request.header("origin", "https://login.example.com");
        let request = request.header("sec-fetch-site", "same-origin");
        let answer = request.json(json).send().await;
        assert_ne!(answer.status, 403, "{route:?} {}", answer.text());
    }
}

#[tokio::test]
async fn a_form_without_its_token_is_refused_everywhere() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let foreign = world.client().page("/login").await.form_token();
    let stranger = world.signed_in("mallory").await;
    let stolen = stranger.page("/mfa").await.form_token();
    let mut refused = 0;
    for route in corpus::changing() {
        let (_, fields) = corpus::body(&route);
        for token in [
            None,
            Some(""),
            Some("x"),
            Some(foreign.as_str()),
            Some(stolen.as_str()),
        ] {
            let mut all = fields.clone();
            if let Some(token) = token {
                all.push(("form_token", token));
            }
            let request = client.request(route.method.clone(), &corpus::path(&route));
            let answer = request.form(&all).send().await;
            if corpus::takes_forms(&route) {
                assert_eq!(answer.status, 403, "{route:?} {token:?}");
                refused += 1;
            } else {
                assert_eq!(answer.status, 415, "{route:?} {token:?}");
            }
        }
    }
    assert_eq!(recorded(&world).await, refused);
    assert_eq!(client.get("/session").await.status, 200);
    assert_eq!(
        client.get("/mfa").await.json()["authenticators"],
        serde_json::json!([])
    );
}

#[tokio::test]
async fn a_token_from_before_signing_in_is_none_after_it() {
    let world = World::new();
    world.add_user("alice").await;
    let client = world.client();
    let before = client.page("/login").await;
    client.login("alice").await;
    let answer = client
        .form_of(&before, "/mfa/setup", &[("label", "x")])
        .await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn a_token_twice_is_none() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let page = client.page("/mfa").await;
    let token = page.form_token();
    let fields = [("form_token", token.as_str())];
    let answer = client.form_of(&page, "/logout", &fields).await;
    assert_eq!(answer.status, 403);
}

#[tokio::test]
async fn what_a_page_can_send_without_asking_is_no_json() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    for route in corpus::changing() {
        let (json, _) = corpus::body(&route);
        for kind in [
            Some("text/plain"),
            Some("multipart/form-data; boundary=x"),
            Some("text/plain; application/json"),
            Some("application/json, text/plain"),
            Some("application/jsonx"),
            Some("application/json; charset=utf-16"),
            None,
        ] {
            let mut request = client.request(route.method.clone(), &corpus::path(&route));
            if let Some(kind) = kind {
                request = request.header("content-type", kind);
            }
            let answer = request.body(json).send().await;
            answer.problem(415, "unsupported_media_type");
        }
    }
    assert_eq!(client.get("/session").await.status, 200);
}

#[tokio::test]
async fn no_origin_is_ever_let_in_by_cors() {
    let world = World::new();
    let client = world.client();
    for path in ["/session", "/login", "/assets/app.css"] {
        let request = client.request(axum::http::Method::GET, path);
        let answer = request
            .header("origin", "https://evil.example")
            .send()
            .await;
        assert!(answer.headers.get("access-control-allow-origin").is_none());
    }
}
