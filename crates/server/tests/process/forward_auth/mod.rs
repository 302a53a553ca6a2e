//! In front of an application: the real nginx and the real Caddy with the very files of the page on it,
//! a static site behind them, and a browser without windows. A proxy that is not there is said and left out.

mod browser;
mod proxy;

use std::fs;

use serde_json::json;

use self::browser::Browser;
use self::proxy::{Kind, Proxy, SNIPPETS};
use crate::support::{Answer, App, PASSWORD, Place, Start, scan, step};

const PORTAL: &str = "https://auth.example.com";
const APP: &str = "https://app.example.com";

/// The wanted page, with a query that an address has to carry unharmed.
const WANTED: &str = "https://app.example.com/notes.html?q=a%20b&path=%2Fx%2F&x";

/// A page that the site behind the proxy serves.
const CONTENT: &str = "<h1>The notes</h1>\n";

#[test]
fn nginx_lets_through_who_is_signed_in() {
    story(Kind::Nginx);
}

#[test]
fn caddy_lets_through_who_is_signed_in() {
    story(Kind::Caddy);
}

fn story(kind: Kind) {
    let Some(program) = kind.program() else {
        eprintln!("left out: there is no {kind:?}; `cargo xtask test` brings it");
        return;
    };
    let place = Place::new();
    let settings = fs::read_to_string(format!("{SNIPPETS}/countersign.toml")).unwrap();
    fs::write(place.path("countersign.toml"), settings).unwrap();
    let server = Start::new()
        .with("COUNTERSIGN_CONFIG", "countersign.toml")
        .with("COUNTERSIGN_PUBLIC_URL", PORTAL)
        .at(&place);
    place.add_user("alice");
    place.add_user("bob");
    fs::create_dir(place.path("site")).unwrap();
    fs::write(place.path("site/notes.html"), CONTENT).unwrap();
    let proxy = Proxy::start(kind, &program, &place, server.door().port());

    let mut home = Browser::new(&place, proxy.port());
    let (app, used) = enroll(&mut home);
    let mut browser = Browser::new(&place, proxy.port());
    signs_in_and_arrives(&mut browser, &app.code(used + 1));
    cannot_forge(&mut browser);
    is_judged_by_the_host_that_serves(&mut browser);
    is_asked_by_its_proxy_alone(&mut browser);
    is_told_as_a_program(kind, &place, proxy.port());
    is_over_with_the_session(&mut browser);
    needs_what_the_host_asks_for(&place, proxy.port());
    let seen = fs::read_to_string(place.path("site.log")).unwrap();
    assert!(
        seen.contains("/notes.html?q=a%20b&path=%2Fx%2F&x"),
        "{seen}"
    );
    assert!(!seen.contains("countersign-ticket"), "{seen}");
}

fn enroll(browser: &mut Browser) -> (App, u64) {
    let login = json!({ "username": "alice", "password": PASSWORD });
    browser.post(&format!("{PORTAL}/login"), &login).expect(200);
    let setup = browser.post(&format!("{PORTAL}/mfa/setup"), &json!({}));
    let app = scan(&setup.expect(201));
    let used = step();
    let code = json!({ "code": app.code(used) });
    browser
        .post(&format!("{PORTAL}/mfa/confirm"), &code)
        .expect(200);
    (app, used)
}

/// From the wanted page through both steps and back to it.
fn signs_in_and_arrives(browser: &mut Browser, code: &str) {
    let away = browser.page(WANTED);
    assert_eq!(away.status, 302, "{away}");
    assert!(!away.text().contains("The notes"));
    let sign_in = browser.page(location(&away));
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let second = browser.submit(PORTAL, &sign_in, &fields);
    assert_eq!(second.status, 303, "{second}");
    let second = browser.page(&format!("{PORTAL}{}", location(&second)));
    let done = browser.submit(PORTAL, &second, &[("code", code)]);
    assert_eq!(done.status, 303, "{done}");
    let back = browser.page(&format!("{PORTAL}{}", location(&done)));
    let ticket = location(&back).to_owned();
    assert!(
        ticket.starts_with(&format!("{WANTED}&countersign-ticket=")),
        "{ticket}"
    );
    let arrived = browser.page(&ticket);
    assert_eq!((arrived.status, location(&arrived)), (302, WANTED));
    let page = browser.page(WANTED);
    assert_eq!((page.status, page.text().as_str()), (200, CONTENT));
    assert_eq!(page.field("seen-user"), Some("alice"));
    assert_eq!(page.field("seen-acr"), Some("aal2"));
    // A ticket works once, and a browser that began nothing is not sent round for ever.
    assert_eq!(location(&browser.page(&ticket)), WANTED);
    assert_eq!(browser.stranger().page(&ticket).status, 403);
}

/// What a client says about itself does not reach the application.
/// Another is named in the field; the one that is served is in the request line, and asked about.
fn is_judged_by_the_host_that_serves(browser: &mut Browser) {
    let away = browser.page_of_two(WANTED, "admin.example.com");
    let target = away.field("location").unwrap();
    assert!(target.contains("app%2Eexample"), "{target}");
    assert!(!target.contains("admin%2Eexample"), "{target}");
}

fn cannot_forge(browser: &mut Browser) {
    let forged = [
        "Remote-User: root",
        "Remote-Groups: admins",
        "Remote-Email: root@example.com",
        "Remote-Acr: phr",
        "Remote-Assertion: e30.e30.",
        "Remote_User: root",
        "X-Forwarded-Host: evil.example",
        "X-Forwarded-Uri: /elsewhere",
        "X-Original-URL: https://evil.example/",
    ];
    let page = browser.page_with(WANTED, &forged);
    assert_eq!((page.status, page.text().as_str()), (200, CONTENT));
    assert_eq!(page.field("seen-user"), Some("alice"));
    assert_eq!(page.field("seen-groups").unwrap_or(""), "");
    assert_eq!(page.field("seen-email").unwrap_or(""), "");
    assert_eq!(page.field("seen-acr"), Some("aal2"));
    let assertion = page.field("seen-assertion").unwrap();
    assert!(
        assertion.len() > 100 && !assertion.starts_with("e30."),
        "{assertion}"
    );
    // nginx passes no name with an underscore on.
    assert_eq!(page.field("seen-odd").unwrap_or(""), "");
    let stranger = browser.stranger().page_with(WANTED, &forged);
    assert_eq!(stranger.status, 302, "{stranger}");
    assert!(
        location(&stranger).contains("app%2Eexample%2Ecom%2Fnotes%2Ehtml"),
        "{stranger}"
    );
}

/// The endpoints are not there for the world.
fn is_asked_by_its_proxy_alone(browser: &mut Browser) {
    for path in ["forward-auth", "auth-request"] {
        let answer = browser.page_with(
            &format!("{PORTAL}/api/authz/{path}"),
            &[
                "X-Original-URL: https://app.example.com/",
                "X-Original-Method: GET",
            ],
        );
        assert_eq!(answer.status, 404, "{answer}");
    }
    assert_eq!(browser.page(&format!("{APP}/countersign")).status, 404);
}

fn is_told_as_a_program(kind: Kind, place: &Place, port: u16) {
    let answer = Browser::new(place, port).get(WANTED);
    // nginx makes a redirection of every refusal.
    assert_eq!(answer.status, if kind == Kind::Caddy { 401 } else { 302 });
    if kind == Kind::Caddy {
        answer.refuses(401, "session_required");
        let sent = Browser::new(place, port).submit_to(WANTED, &[("a", "b")]);
        assert_eq!(sent.status, 303, "{sent}");
    }
}

fn is_over_with_the_session(browser: &mut Browser) {
    browser
        .post(&format!("{PORTAL}/logout"), &json!({}))
        .expect(200);
    let answer = browser.page(WANTED);
    assert_eq!(answer.status, 302, "{answer}");
    assert!(location(&answer).starts_with(&format!("{PORTAL}/login?rd=")));
}

/// One factor does not open a host that takes two: to the missing authenticator.
fn needs_what_the_host_asks_for(place: &Place, port: u16) {
    let mut browser = Browser::new(place, port);
    let away = browser.page(WANTED);
    let sign_in = browser.page(location(&away));
    let fields = [("username", "bob"), ("password", PASSWORD)];
    let done = browser.submit(PORTAL, &sign_in, &fields);
    let back = browser.page(&format!("{PORTAL}{}", location(&done)));
    assert_eq!((back.status, location(&back)), (303, "/mfa/setup"));
    assert_eq!(browser.page(WANTED).status, 302);
}

#[track_caller]
fn location(answer: &Answer) -> &str {
    let target = answer.field("location");
    target.unwrap_or_else(|| panic!("no location: {answer}"))
}
