//! Where secrets go: each into one answer, and never into another, a header or an address.

use axum::http::Method;

use crate::support::{Answer, PASSWORD, Phone, World, corpus};

/// Whether a text occurs anywhere in an answer.
fn holds(answer: &Answer, secret: &str) -> bool {
    let bytes = answer.body.windows(secret.len());
    let in_body = bytes.into_iter().any(|window| window == secret.as_bytes());
    let mut headers = answer.headers.values();
    in_body || headers.any(|value| value.to_str().unwrap().contains(secret))
}

#[tokio::test]
async fn the_secret_is_in_exactly_one_answer() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let setup = client.post("/mfa/setup", r#"{"label":"Pixel"}"#).await;
    let secret = setup.json()["secret"].as_str().unwrap().to_owned();
    assert!(holds(&setup, &secret));
    let phone = Phone::from_base32(&secret);
    let mut all = Vec::new();
    let wrong = format!(r#"{{"code":"{}"}}"#, phone.wrong(world.seconds()));
    all.push(client.post("/mfa/confirm", wrong).await);
    all.push(client.page("/mfa/confirm").await);
    let right = format!(r#"{{"code":"{}"}}"#, phone.code(world.seconds()));
    let confirmed = client.post("/mfa/confirm", right).await;
    assert_eq!(confirmed.status, 200);
    let code = confirmed.json()["backup_codes"][0]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(!holds(&confirmed, &secret));
    all.push(
        client
            .form("/mfa", "/mfa/setup", &[("label", "Tablet")])
            .await,
    );
    for route in corpus::routes() {
        let path = corpus::path(&route);
        let signs_out = ["/logout", "/login", "/sessions", "/sessions/end"].contains(&route.path);
        if route.method == Method::GET {
            all.push(client.get(&path).await);
            all.push(client.page(&path).await);
        } else if !signs_out {
            let body = corpus::body(&route).0;
            all.push(client.json(route.method.clone(), &path, body).await);
        }
    }
    assert_eq!(client.get("/session").await.status, 200);
    assert!(all.len() > 50);
    for answer in all {
        assert!(!holds(&answer, &secret), "{}", answer.text());
        assert!(!holds(&answer, &code), "{}", answer.text());
        assert!(!holds(&answer, PASSWORD), "{}", answer.text());
    }
}

#[tokio::test]
async fn tokens_are_in_cookies_only() {
    let world = World::new();
    let (client, phone, _) = world.enrolled("alice").await;
    let browser = world.pending("alice").await;
    let answer = browser.second_step(&phone.code(world.seconds())).await;
    let names = ["session", "known"].map(|name| format!("__Host-countersign-{name}"));
    for name in &names {
        let token = browser.cookie(name).unwrap();
        assert_eq!(token.len(), 54);
        assert!(!answer.text().contains(&token));
        for path in [
            "/mfa",
            "/session",
            "/sessions",
            "/mfa/backup-codes",
            "/mfa/setup",
        ] {
            for answer in [browser.get(path).await, browser.page(path).await] {
                assert!(!holds(&answer, &token), "{path}");
            }
        }
    }
    assert_ne!(
        client.cookie("__Host-countersign-session"),
        browser.cookie("__Host-countersign-session")
    );
}

#[tokio::test]
async fn every_rise_in_privilege_makes_a_new_token() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let mut seen = vec![client.cookie("__Host-countersign-session").unwrap()];
    let (phone, _) = world.enroll(&client).await;
    seen.push(client.cookie("__Host-countersign-session").unwrap());
    world.pass(30);
    let code = phone.code(world.seconds());
    let body = format!(r#"{{"password":"{PASSWORD}","code":"{code}"}}"#);
    assert_eq!(client.post("/reauthenticate", body).await.status, 200);
    seen.push(client.cookie("__Host-countersign-session").unwrap());
    let body = format!(r#"{{"current":"{PASSWORD}","new":"purple monkey dishwasher"}}"#);
    assert_eq!(client.post("/password", body).await.status, 200);
    seen.push(client.cookie("__Host-countersign-session").unwrap());
    let all = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!(seen.len(), all);
    for old in seen {
        if Some(&old) != client.cookie("__Host-countersign-session").as_ref() {
            let line = format!("__Host-countersign-session={old}");
            let other = world.client();
            let request = other.request(Method::GET, "/session");
            let answer = request.header("cookie", &line).send().await;
            answer.problem(401, "session_required");
        }
    }
}
