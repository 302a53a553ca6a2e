//! What stays in a browser: cookies that no script can read, and nothing else.

use chromiumoxide::cdp::browser_protocol::network::CookieSameSite;
use countersign_e2e::{Person, Tab, World};

countersign_e2e::told_both_ways!(cookies_are_out_of_reach_of_scripts_and_of_other_sites);

async fn names(tab: &Tab) -> Vec<String> {
    let cookies = tab.cookies().await;
    for cookie in &cookies {
        assert!(cookie.http_only, "{cookie:?}");
        assert_eq!(cookie.same_site, Some(CookieSameSite::Lax), "{cookie:?}");
        assert_eq!((&*cookie.domain, &*cookie.path), ("localhost", "/"));
        let lasting = cookie.name == "countersign-known";
        assert_eq!(cookie.session, !lasting, "{cookie:?}");
    }
    assert_eq!(tab.evaluate("document.cookie").await, "");
    let mut names: Vec<_> = cookies.into_iter().map(|cookie| cookie.name).collect();
    names.sort();
    names
}

async fn cookies_are_out_of_reach_of_scripts_and_of_other_sites(world: &World) {
    let tab = world.browser.open().await;
    tab.goto(&world.at("/login")).await;
    assert_eq!(names(&tab).await, ["countersign-form"]);
    let mut alice = Person::settle(world, &tab).await;
    assert_eq!(
        names(&tab).await,
        ["countersign-known", "countersign-session"]
    );
    tab.press("Sign out").await;
    assert_eq!(names(&tab).await, ["countersign-form", "countersign-known"]);
    tab.press("Sign in again").await;
    alice.enter_password(&tab).await;
    assert!(names(&tab).await.contains(&"countersign-login".to_owned()));
    alice.enter_code(&tab).await;
    assert_eq!(
        names(&tab).await,
        ["countersign-known", "countersign-session"]
    );
}
