//! Who may ask, what is no question, and the answers to somebody who is not signed in.

use axum::http::Method;

use super::{APP, Proxy, at_app, limited, own, world};

#[tokio::test]
async fn only_a_trusted_proxy_is_answered() {
    let world = world();
    for proxy in Proxy::BOTH {
        let stranger = world.client();
        let answer = proxy.ask(&stranger, "GET", APP, true).await;
        answer.problem(403, "proxy_not_trusted");
        assert!(answer.set_cookies().is_empty());
    }
}

#[tokio::test]
async fn what_is_no_question_is_refused() {
    let world = world();
    let client = at_app(&world);
    for proxy in Proxy::BOTH {
        for (method, page, status, code) in [
            ("get", APP, 400, "malformed_forwarding"),
            ("GET1", APP, 400, "malformed_forwarding"),
            ("", APP, 400, "malformed_forwarding"),
            (
                "GET",
                "http://app.example.com/",
                400,
                "malformed_forwarding",
            ),
            ("GET", "ftp://app.example.com/", 400, "malformed_forwarding"),
            (
                "GET",
                "https://a@app.example.com/",
                400,
                "malformed_forwarding",
            ),
            ("GET", "https:///", 400, "malformed_forwarding"),
            ("GET", "https://evil.example/", 403, "host_not_protected"),
            (
                "GET",
                "https://login.example.com/",
                403,
                "host_not_protected",
            ),
            (
                "GET",
                "https://app.example.com:444/",
                403,
                "host_not_protected",
            ),
        ] {
            let answer = proxy.ask(&client, method, page, true).await;
            answer.problem(status, code);
            assert!(answer.set_cookies().is_empty() && answer.header("location").is_empty());
        }
    }
}

#[tokio::test]
async fn each_header_is_there_once() {
    let world = world();
    let client = at_app(&world);
    for (path, headers) in [
        (
            "/api/authz/forward-auth",
            &[
                ("x-forwarded-method", "GET"),
                ("x-forwarded-proto", "https"),
                ("x-forwarded-host", "app.example.com"),
                ("x-forwarded-uri", "/"),
            ][..],
        ),
        (
            "/api/authz/auth-request",
            &[("x-original-method", "GET"), ("x-original-url", APP)],
        ),
    ] {
        let with = |skip: usize, twice: usize| {
            let mut request = client.request(Method::GET, path).html();
            for (at, (name, value)) in headers.iter().enumerate() {
                for _ in 0..usize::from(at != skip) + usize::from(at == twice) {
                    request = request.header(name, value);
                }
            }
            request
        };
        let none = usize::MAX;
        assert!([302, 401].contains(&with(none, none).send().await.status));
        for at in 0..headers.len() {
            let missing = with(at, none).send().await;
            missing.problem(400, "malformed_forwarding");
            let twice = with(none, at).send().await;
            twice.problem(400, "malformed_forwarding");
        }
    }
}

#[tokio::test]
async fn a_stranger_is_led_to_the_portal_or_told_to_sign_in() {
    let world = world();
    for (method, html, status) in [
        ("GET", true, 302),
        ("HEAD", true, 302),
        ("OPTIONS", true, 302),
        ("POST", true, 303),
        ("DELETE", true, 303),
        ("GET", false, 401),
        ("POST", false, 401),
    ] {
        let client = at_app(&world);
        let page = format!("{APP}/a?b=c&d=%20");
        let answer = Proxy::Forward.ask(&client, method, &page, html).await;
        assert_eq!(answer.status, status, "{method}");
        if html {
            let target = own(answer.header("location"));
            let rd = "/login?rd=https%3A%2F%2Fapp%2Eexample%2Ecom%2Fa%3Fb%3Dc%26d%3D%2520&rs=";
            assert!(target.starts_with(rd), "{target}");
            assert!(answer.body.is_empty());
        } else {
            answer.problem(401, "session_required");
            assert!(answer.header("www-authenticate").starts_with("Cookie "));
            assert!(answer.header("location").is_empty());
            assert!(answer.set_cookies().is_empty());
        }

        let nginx = Proxy::Nginx.ask(&client, method, &page, html).await;
        nginx.problem(401, "session_required");
        assert!(own(nginx.header("location")).starts_with("/login?rd=https%3A%2F%2Fapp"));
        assert!(answer.body.len() < 2048 && nginx.body.len() < 2048);
    }
}

#[tokio::test]
async fn a_script_is_told_and_not_led() {
    let world = world();
    let client = at_app(&world);
    let request = client
        .request(Method::GET, "/api/authz/forward-auth")
        .html()
        .header("x-requested-with", "XMLHttpRequest")
        .header("x-forwarded-method", "GET")
        .header("x-forwarded-proto", "https")
        .header("x-forwarded-host", "app.example.com")
        .header("x-forwarded-uri", "/");
    request.send().await.problem(401, "session_required");
}

#[tokio::test]
async fn a_browser_is_known_by_one_cookie_that_stays() {
    let world = world();
    for proxy in Proxy::BOTH {
        let client = at_app(&world);
        let first = proxy.ask(&client, "GET", APP, true).await;
        let cookies = first.set_cookies();
        assert_eq!(cookies.len(), 1, "nginx hands on one");
        let cookie = first.set_cookie("__Host-countersign-start").unwrap();
        for part in ["; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        let second = proxy.ask(&client, "GET", APP, true).await;
        assert!(second.set_cookies().is_empty());
        assert_eq!(first.header("location"), second.header("location"));
        let secret = client.cookie("__Host-countersign-start").unwrap();
        assert!(!first.header("location").contains(&secret));
    }
}

#[tokio::test]
async fn asking_is_never_limited_and_needs_no_public_name() {
    let world = limited(3);
    let client = at_app(&world);
    for _ in 0..20 {
        let answer = Proxy::Forward.ask(&client, "POST", APP, true).await;
        assert_eq!(answer.status, 303);
    }
    let request = client
        .request(Method::GET, "/login")
        .host("app.example.com");
    request.send().await.problem(421, "misdirected");
}

#[tokio::test]
async fn on_loopback_a_host_may_be_in_the_clear() {
    let world = world();
    let client = at_app(&world);
    let page = "http://app.localhost:8081/a";
    let answer = Proxy::Forward.ask(&client, "GET", page, true).await;
    assert_eq!(answer.status, 302);
    let cookie = answer.set_cookie("countersign-start").unwrap();
    assert!(!cookie.contains("Secure"), "{cookie}");
}
