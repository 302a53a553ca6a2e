//! What a thief, a planter and a neighbor can do with tickets and cookies: nothing.

use countersign::audit::{AuditRow, Event, Outcome, Reason};
use countersign::port::store::EventFilter;

use super::{APP, Browser, Proxy, alice, at_app, own, world};
use crate::support::World;

const WIKI: &str = "https://wiki.example.com";

/// The address with the ticket that the portal leads to.
async fn ticket(browser: &Browser, page: &str) -> String {
    let away = browser.open(page).await;
    let back = browser.through_portal(&away).await;
    back.header("location").to_owned()
}

async fn refused(world: &World) -> usize {
    let filter = EventFilter {
        after: None,
        user: None,
        newest: true,
        limit: 1000,
    };
    let page = world.mfa.operator().events(filter).await.unwrap();
    let of = |(row, sound): &&(AuditRow, bool)| {
        *sound
            && row.event == Event::ChildSessionBegun
            && row.outcome == Outcome::Failure
            && row.reason == Some(Reason::TicketElsewhere)
    };
    page.iter().filter(of).count()
}

#[tokio::test]
async fn a_ticket_opens_once() {
    for proxy in Proxy::BOTH {
        let world = world();
        let (browser, _) = alice(&world, proxy).await;
        let address = ticket(&browser, &format!("{APP}/")).await;
        let twin = browser.app.twin();
        let first = browser.open(&address).await;
        assert!(first.set_cookie("__Host-countersign-app").is_some());
        let second = proxy.ask(&twin, "GET", &address, true).await;
        assert!(second.set_cookie("__Host-countersign-app").is_none());
        assert!(own(second.header("location")).starts_with("/login?rd="));
    }
}

#[tokio::test]
async fn a_ticket_is_good_for_half_a_minute() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    let address = ticket(&browser, &format!("{APP}/")).await;
    world.pass(30);
    let late = browser.open(&address).await;
    assert!(late.set_cookies().is_empty());
    // And the way round is open.
    browser.arrive(&format!("{APP}/")).await;
}

#[tokio::test]
async fn a_ticket_in_another_browser_is_over() {
    for proxy in Proxy::BOTH {
        let world = world();
        let (browser, _) = alice(&world, proxy).await;
        // One that has begun nothing there is told, and not sent round for ever.
        let address = ticket(&browser, &format!("{APP}/")).await;
        let empty = at_app(&world);
        let answer = proxy.ask(&empty, "GET", &address, true).await;
        answer.problem(403, "ticket_refused");
        assert!(answer.set_cookies().is_empty());

        // The victim of a planted sign-in has begun one, and has another secret.
        let victim = Browser::new(&world, proxy);
        victim.open(&format!("{APP}/")).await;
        let planted = victim.open(&address).await;
        assert!(planted.set_cookie("__Host-countersign-app").is_none());
        assert_eq!(refused(&world).await, 1);
        let own = browser.open(&address).await;
        assert!(own.set_cookies().is_empty(), "it is over for its owner too");
    }
}

#[tokio::test]
async fn a_ticket_at_another_host_is_over() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    let address = ticket(&browser, &format!("{APP}/")).await;
    let moved = address.replace(APP, WIKI);
    let answer = browser.open(&moved).await;
    assert!(answer.set_cookies().is_empty());
    assert_eq!(refused(&world).await, 1);
    assert!(browser.open(&address).await.set_cookies().is_empty());
}

#[tokio::test]
async fn a_cookie_opens_its_own_host_and_nothing_of_the_portal() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    browser.arrive(&format!("{APP}/")).await;
    let child = browser.app.cookie("__Host-countersign-app").unwrap();
    let parent = browser.portal.cookie("__Host-countersign-session").unwrap();

    let other = at_app(&world);
    other.keep("__Host-countersign-app", &child);
    let at_other = Proxy::Forward.ask(&other, "GET", WIKI, false).await;
    at_other.problem(401, "session_required");

    let portal = world.client();
    portal.keep("__Host-countersign-session", &child);
    for path in ["/session", "/mfa", "/sessions"] {
        portal.get(path).await.problem(401, "session_required");
    }
    let page = "/return?rd=https%3A%2F%2Fapp%2Eexample%2Ecom%2F";
    let answer = portal.page(page).await;
    answer.leads_to("/login?rd=https%3A%2F%2Fapp%2Eexample%2Ecom%2F");

    let confused = at_app(&world);
    confused.keep("__Host-countersign-app", &parent);
    confused.keep("__Host-countersign-session", &parent);
    let answer = Proxy::Forward.ask(&confused, "GET", APP, false).await;
    answer.problem(401, "session_required");
}

#[tokio::test]
async fn a_pending_login_gets_no_ticket() {
    let world = world();
    world.enrolled("alice").await;
    let pending = world.pending("alice").await;
    let target = "/return?rd=https%3A%2F%2Fwiki%2Eexample%2Ecom%2F";
    let answer = pending.page(target).await;
    answer.leads_to("/login?rd=https%3A%2F%2Fwiki%2Eexample%2Ecom%2F");
}

#[tokio::test]
async fn a_cookie_that_occurs_twice_is_nothing() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Forward).await;
    browser.arrive(&format!("{APP}/")).await;
    let child = browser.app.cookie("__Host-countersign-app").unwrap();
    let request = browser
        .app
        .request(axum::http::Method::GET, "/api/authz/auth-request")
        .header("x-original-url", APP)
        .header("x-original-method", "GET")
        .header("cookie", &format!("__Host-countersign-app={child}"));
    request.send().await.problem(401, "session_required");
}

/// Shown once, it is over: also where nobody needed it, or nobody knew the browser.
#[tokio::test]
async fn a_ticket_that_was_shown_in_vain_is_over() {
    for proxy in Proxy::BOTH {
        let world = world();
        let (browser, _) = alice(&world, proxy).await;
        let address = ticket(&browser, &format!("{APP}/")).await;
        let stranger = at_app(&world);
        proxy.ask(&stranger, "GET", &address, true).await;
        let late = browser.open(&address).await;
        assert!(late.set_cookie("__Host-countersign-app").is_none());
        // Somebody whose session there is good shows one that was made for another browser.
        browser.arrive(&format!("{APP}/")).await;
        let thief = Browser::new(&world, proxy);
        let away = thief.open(&format!("{APP}/")).await;
        let planted = browser.through_portal(&away).await;
        let planted = planted.header("location").to_owned();
        let shown = browser.open(&planted).await;
        assert_eq!(shown.header("location"), format!("{APP}/"));
        assert!(shown.set_cookie("__Host-countersign-app").is_none());
        let stolen = thief.open(&planted).await;
        assert!(stolen.set_cookie("__Host-countersign-app").is_none());
    }
}
