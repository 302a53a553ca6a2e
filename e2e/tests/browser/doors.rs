//! Pages for those who came too late, from nowhere, or with a form that no longer counts.

use countersign_e2e::{Person, World};

countersign_e2e::told_both_ways!(
    a_second_step_without_a_first_leads_back_to_it,
    a_form_without_its_cookie_changes_nothing,
    pages_that_need_no_account_can_be_read,
);

countersign_e2e::told_to_the_checker!(
    a_second_step_without_a_first_leads_back_to_it,
    a_form_without_its_cookie_changes_nothing,
    pages_that_need_no_account_can_be_read,
);

async fn a_second_step_without_a_first_leads_back_to_it(world: &World) {
    let tab = world.browser.open().await;
    let alice = Person::settle(world, &tab).await;
    tab.press("Sign out").await;
    tab.goto(&world.at("/login/mfa")).await;
    assert_eq!(tab.heading().await, "Sign in again");
    tab.press("Start again with your password").await;
    alice.enter_password(&tab).await;
    tab.press("Cancel and start over").await;
    tab.goto(&world.at("/login/mfa")).await;
    assert_eq!(tab.heading().await, "Sign in again");
}

async fn a_form_without_its_cookie_changes_nothing(world: &World) {
    let tab = world.browser.open().await;
    let alice = Person::settle(world, &tab).await;
    tab.press("Sign out").await;
    tab.press("Sign in again").await;
    tab.forget_cookies().await;
    tab.fill("Name", alice.name).await;
    tab.fill("Password", &alice.password).await;
    tab.press("Sign in").await;
    assert_eq!(tab.heading().await, "Sign in");
    let alerts = tab.alerts().await;
    assert!(
        alerts[0].contains("your browser refuses cookies"),
        "{alerts:?}"
    );
    alice.enter_password(&tab).await;
}

async fn pages_that_need_no_account_can_be_read(world: &World) {
    let tab = world.browser.open().await;
    for (path, heading) in [
        ("/", "Sign in"),
        ("/lost-access", "If you cannot use your authenticator"),
        ("/problems/throttled", "throttled"),
        ("/login?done=signed-out", "You are signed out"),
        ("/nowhere", "There is nothing here"),
        ("/logout", "Not this way"),
        ("/setup/none", "This link no longer works"),
    ] {
        tab.goto(&world.at(path)).await;
        assert_eq!(tab.heading().await, heading, "{path}");
    }
}
