//! What a person is told who is refused, and that everybody can perceive it: named in the title,
//! announced at once, tied to the field, the focus where the next try begins.

use countersign_e2e::{Person, Tab, World};

const CODE: &str = "Code from your authenticator";

countersign_e2e::told_both_ways!(
    a_wrong_password_and_an_unknown_name_are_told_alike,
    a_code_is_refused_when_wrong_and_when_used,
    the_sixth_wrong_code_is_throttled_and_a_backup_code_is_the_way_out,
);

countersign_e2e::told_to_the_checker!(
    a_wrong_password_and_an_unknown_name_are_told_alike,
    a_code_is_refused_when_wrong_and_when_used,
    the_sixth_wrong_code_is_throttled_and_a_backup_code_is_the_way_out,
);

async fn a_wrong_password_and_an_unknown_name_are_told_alike(world: &World) {
    let tab = world.browser.open().await;
    let alice = Person::settle(world, &tab).await;
    tab.press("Sign out").await;
    let mut told = Vec::new();
    for name in [alice.name, "nobody"] {
        tab.goto(&world.at("/login")).await;
        assert!(tab.field("Name").await.focused);
        tab.fill("Name", name).await;
        tab.fill("Password", "not the password").await;
        tab.press("Sign in").await;
        assert!(tab.title().await.starts_with("Error: "));
        let field = tab.field("Password").await;
        assert!(field.focused && field.value.is_empty(), "{field:?}");
        assert_eq!(field.alerts, tab.alerts().await);
        assert_eq!(tab.field("Name").await.alerts, field.alerts);
        told.push(tab.text().await);
    }
    assert!(told[0].contains("Name or password is wrong."));
    assert_eq!(told[0], told[1]);
}

/// The refusal of the code step.
async fn told(tab: &Tab) -> String {
    assert!(tab.title().await.starts_with("Error: "));
    let field = tab.field(CODE).await;
    assert!(
        field.invalid && field.focused && field.value.is_empty(),
        "{field:?}"
    );
    assert_eq!(field.alerts, tab.alerts().await);
    assert_eq!(field.alerts.len(), 1);
    field.alerts[0].clone()
}

async fn a_code_is_refused_when_wrong_and_when_used(world: &World) {
    let tab = world.browser.open().await;
    let mut alice = Person::settle(world, &tab).await;
    tab.press("Sign out").await;
    tab.press("Sign in again").await;
    alice.enter_password(&tab).await;
    let field = tab.field(CODE).await;
    assert!(
        field.focused && !field.invalid && field.alerts.is_empty(),
        "{field:?}"
    );
    tab.fill(CODE, &alice.phone.newest()).await;
    tab.press("Continue").await;
    assert!(told(&tab).await.starts_with("That code was used already."));
    tab.fill(CODE, &alice.phone.wrong()).await;
    tab.press("Continue").await;
    assert!(told(&tab).await.starts_with("That code was not accepted."));
    tab.fill(CODE, "no code").await;
    tab.press("Continue").await;
    assert!(told(&tab).await.starts_with("That code was not accepted."));
    alice.enter_code(&tab).await;
    assert_eq!(tab.heading().await, "Your account");
    let text = tab.text().await;
    assert!(
        text.contains("Somebody entered your password, and then"),
        "{text}"
    );
    tab.press("I have read this").await;
    let text = tab.text().await;
    assert!(!text.contains("Somebody entered your password"), "{text}");
}

async fn the_sixth_wrong_code_is_throttled_and_a_backup_code_is_the_way_out(world: &World) {
    let tab = world.browser.open().await;
    let mut alice = Person::settle(world, &tab).await;
    tab.press("Sign out").await;
    tab.press("Sign in again").await;
    alice.enter_password(&tab).await;
    for _ in 0..5 {
        tab.fill(CODE, &alice.phone.wrong()).await;
        tab.press("Continue").await;
        assert!(told(&tab).await.starts_with("That code was not accepted."));
    }
    alice.enter_code(&tab).await;
    let throttled = told(&tab).await;
    assert!(
        throttled.starts_with("Too many wrong codes. Try again in 5 minutes ("),
        "{throttled}"
    );
    alice.enter_backup_code(&tab).await;
    assert_eq!(tab.heading().await, "Your account");
}
