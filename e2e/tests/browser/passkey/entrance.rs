//! What a passkey opens: the second step, and without a password the whole of it.

use countersign_e2e::{Device, Person, World};

use super::{BUTTON, enter_password, rows, sign_out};

countersign_e2e::told_with_scripts!(
    a_passkey_is_offered_first_for_the_second_step,
    a_passkey_signs_in_without_a_password_by_the_button,
    a_passkey_signs_in_without_a_password_by_autofill,
    a_person_is_led_to_where_they_wanted;
    checked:
    a_passkey_is_offered_first_for_the_second_step,
);

async fn a_passkey_is_offered_first_for_the_second_step(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    let mut alice = Person::settle(world, &tab).await;
    tab.press("Add a passkey").await;
    tab.press("Add a passkey").await;
    assert_eq!(tab.heading().await, "Your account");
    key.touched(false).await;

    sign_out(&tab).await;
    enter_password(&tab, alice.name).await;
    for other in ["Use your authenticator app", "Use a backup code instead"] {
        assert!(tab.offers(other).await, "{other}");
    }
    tab.press("Use your authenticator app").await;
    alice.enter_code(&tab).await;
    assert_eq!(tab.heading().await, "Your account");

    sign_out(&tab).await;
    enter_password(&tab, alice.name).await;
    key.touched(true).await;
    tab.press(BUTTON).await;
    assert_eq!(tab.heading().await, "Your account");
    let text = tab.text().await;
    assert!(text.contains("127.0.0.1, two steps, since"), "{text}");
    let rows = rows(&tab).await;
    assert!(
        rows[0].contains("Passkey, on one device only") && rows[0].contains("last used "),
        "{rows:?}"
    );
}

async fn a_passkey_signs_in_without_a_password_by_the_button(world: &World) {
    let tab = world.browser.open().await;
    let phone = Device::phone(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    phone.touched(false).await;
    sign_out(&tab).await;
    phone.touched(true).await;
    tab.press("Sign in with a passkey").await;
    assert_eq!(tab.heading().await, "Your account");
    let text = tab.text().await;
    assert!(text.contains("Signed in as alice"), "{text}");
    assert!(text.contains("Signed in with a passkey"), "{text}");
    assert!(rows(&tab).await[0].contains("last used "));
}

async fn a_passkey_signs_in_without_a_password_by_autofill(world: &World) {
    let tab = world.browser.open().await;
    let phone = Device::phone(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    phone.touched(false).await;
    tab.press("Sign out").await;
    phone.touched(true).await;
    tab.pass(&world.at("/login"), "/mfa").await;
    assert_eq!(tab.heading().await, "Your account");
    assert!(tab.text().await.contains("Signed in as alice"));
}

async fn a_person_is_led_to_where_they_wanted(world: &World) {
    let tab = world.browser.open().await;
    let phone = Device::phone(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    phone.touched(false).await;
    for button in ["Sign in with a passkey", BUTTON] {
        tab.press("Sign out").await;
        tab.goto(&world.at("/password")).await;
        assert_eq!(tab.path().await, "/login");
        if button == BUTTON {
            enter_password(&tab, "alice").await;
        }
        phone.touched(true).await;
        tab.press(button).await;
        assert_eq!(tab.path().await, "/password");
        phone.touched(false).await;
    }
}
