//! To the wanted page and back, and what ends it.

use countersign::Verdict;

use super::{APP, Browser, IDENTITY, Proxy, alice, own, world};
use crate::support::PASSWORD;

#[tokio::test]
async fn a_stranger_signs_in_and_is_back_at_the_wanted_page() {
    for proxy in Proxy::BOTH {
        let world = world();
        let (_, phone, _) = world.enrolled("alice").await;
        world.pass(30);
        let browser = Browser::new(&world, proxy);
        let page = format!("{APP}/a/b?c=d&e=%2F&f");
        let away = browser.open(&page).await;
        let target = own(away.header("location"));

        let sign_in = browser.portal.page(target).await;
        sign_in.shows(200, "action=\"/login?return_to=%2Freturn%3Frd%3Dhttps%253A");
        let policy = sign_in.header("content-security-policy");
        assert!(
            policy.contains("form-action 'self' https://app.example.com;"),
            "{policy}"
        );
        let action = action(sign_in.text());
        let fields = [("username", "alice"), ("password", "a wrong password")];
        let wrong = browser.portal.form_of(&sign_in, &action, &fields).await;
        wrong.shows(401, "action=\"/login?return_to=%2Freturn%3Frd%3D");
        let fields = [("username", "alice"), ("password", PASSWORD)];
        let next = browser.portal.form_of(&sign_in, &action, &fields).await;
        let second = browser.portal.page(next.header("location")).await;
        let policy = second.header("content-security-policy");
        assert!(
            policy.contains("form-action 'self' https://app.example.com;"),
            "{policy}"
        );
        let code = phone.code(world.seconds());
        let action = self::action(second.text());
        let done = browser
            .portal
            .form_of(&second, &action, &[("code", &code)])
            .await;
        assert_eq!(done.status, 303);
        let back = browser.portal.page(done.header("location")).await;
        assert_eq!(back.status, 303);
        let target = back.header("location");
        assert!(
            target.starts_with(&format!("{page}&countersign-ticket=")),
            "{target}"
        );

        let arrived = browser.open(target).await;
        assert_eq!(
            arrived.status,
            if proxy == Proxy::Nginx { 401 } else { 302 }
        );
        assert_eq!(arrived.header("location"), page);
        assert_eq!(arrived.set_cookies().len(), 1, "nginx hands on one");
        let cookie = arrived.set_cookie("__Host-countersign-app").unwrap();
        for part in ["; Path=/;", "; HttpOnly", "; Secure", "; SameSite=Lax"] {
            assert!(cookie.contains(part), "{cookie}");
        }
        assert!(!cookie.contains("Domain"), "{cookie}");

        let through = browser.open(&page).await;
        assert_eq!((through.status, through.body.len()), (200, 0));
        for name in IDENTITY {
            assert_eq!(through.headers.get_all(name).iter().count(), 1, "{name}");
        }
        assert_eq!(through.header("remote-user"), "alice");
        assert_eq!(through.header("remote-name"), "alice");
        assert_eq!(through.header("remote-amr"), "pwd,otp,mfa");
        assert_eq!(through.header("remote-acr"), "aal2");
        assert!(through.header("remote-auth-time").ends_with('Z'));
        assert_eq!(through.header("remote-groups"), "");
        assert!(through.headers.get("strict-transport-security").is_none());
    }
}

/// Where the page's first form goes.
fn action(page: &str) -> String {
    let (_, rest) = page.split_once("<form method=\"post\" action=\"").unwrap();
    rest.split('"').next().unwrap().replace("&amp;", "&")
}

#[tokio::test]
async fn who_is_signed_in_is_asked_nothing() {
    for proxy in Proxy::BOTH {
        let world = world();
        let (browser, _) = alice(&world, proxy).await;
        browser.arrive(&format!("{APP}/?a")).await;
        assert!(browser.portal.get("/session").await.status == 200);
        // A ticket that is still in an address is taken off, whatever it is.
        let again = browser
            .open(&format!("{APP}/?a&countersign-ticket=x"))
            .await;
        assert_eq!(again.header("location"), format!("{APP}/?a"));
        // The list of sessions has the one of the portal.
        let sessions = browser.portal.get("/sessions").await.json();
        assert_eq!(sessions["sessions"].as_array().unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_link_without_a_browser_leads_to_the_page_itself() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    let answer = browser
        .portal
        .page("/login?rd=https://app.example.com/a")
        .await;
    answer.leads_to("/return?rd=https%3A%2F%2Fapp%2Eexample%2Ecom%2Fa");
    let answer = browser.portal.page(answer.header("location")).await;
    answer.leads_to("https://app.example.com/a");
}

#[tokio::test]
async fn the_portal_leads_to_protected_hosts_alone() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    let stranger = world.client();
    let browser_text = countersign::ticket::Browser::of("x").text();
    for elsewhere in [
        "https%3A%2F%2Fevil.example%2F",
        "https%3A%2F%2Fapp.example.com.evil.example%2F",
        "https%3A%2F%2Fapp.example.com%40evil.example%2F",
        "https%3A%2F%2Fevil.example%5C%40app.example.com%2F",
        "http%3A%2F%2Fapp.example.com%2F",
        "%2F%2Fapp.example.com%2F",
        "%2F",
        "javascript%3Aalert(1)",
        "https%3A%2F%2Fapp.example.com%2F%0d%0aset-cookie:a=b",
        "%ff",
        "",
    ] {
        let query = format!("rd={elsewhere}&rs={browser_text}");
        let answer = browser.portal.page(&format!("/return?{query}")).await;
        answer.leads_to("/mfa");
        let page = stranger.page(&format!("/login?{query}")).await;
        page.shows(200, "action=\"/login\"");
        let policy = page.header("content-security-policy");
        assert!(policy.contains("form-action 'self';"), "{policy}");
        let page = stranger
            .page(&format!(
                "/login?return_to=%2Freturn%3F{}",
                query.replace('%', "%25")
            ))
            .await;
        assert!(
            page.header("content-security-policy")
                .contains("form-action 'self';")
        );
    }
    world.add_user("bob").await;
    let query = "return_to=%2Freturn%3Frd%3Dhttps%253A%252F%252Fevil%252Eexample";
    let answer = stranger
        .form(
            &format!("/login?{query}"),
            &format!("/login?{query}"),
            &[("username", "bob"), ("password", PASSWORD)],
        )
        .await;
    answer.leads_to("/return?rd=https%3A%2F%2Fevil%2Eexample");
    let answer = stranger.page(answer.header("location")).await;
    answer.leads_to("/mfa");
}

#[tokio::test]
async fn signing_out_at_the_portal_ends_it_everywhere_at_once() {
    for (path, proxy) in [("/logout", Proxy::Forward), ("/logout", Proxy::Nginx)] {
        let world = world();
        let (browser, _) = alice(&world, proxy).await;
        browser.arrive(&format!("{APP}/")).await;
        assert_eq!(browser.portal.post(path, "").await.status, 200);
        let after = browser.open(&format!("{APP}/")).await;
        assert!([302, 401].contains(&after.status));
        assert!(own(after.header("location")).starts_with("/login?rd="));
    }
}

#[tokio::test]
async fn what_ends_the_session_ends_its_children() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    browser.arrive(&format!("{APP}/")).await;
    for enabled in [false, true] {
        let operator = world.mfa.operator();
        let set = operator.set_enabled("alice", enabled).await.unwrap();
        assert!(matches!(set, Verdict::Accepted(())));
        assert_eq!(browser.open(&format!("{APP}/")).await.status, 302);
    }
}

#[tokio::test]
async fn using_an_application_keeps_the_session_and_leaving_it_does_not() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    browser.arrive(&format!("{APP}/")).await;
    for _ in 0..4 {
        world.pass(2400);
        assert_eq!(browser.open(&format!("{APP}/")).await.status, 200);
    }
    assert_eq!(browser.portal.get("/session").await.status, 200);
    world.pass(3601);
    assert_eq!(browser.open(&format!("{APP}/")).await.status, 302);
    browser
        .portal
        .get("/session")
        .await
        .problem(401, "session_required");
}
