//! Keys that must not open anything: removed ones, copies, and answers that somebody tampered with.

use countersign_e2e::{Credential, Device, Person, Tab, World};

use super::{BUTTON, enter_password, refused, rows, sign_out};

const SIGN_IN: &str = "Sign in with a passkey";

countersign_e2e::told_with_scripts!(
    a_removed_passkey_is_forgotten_by_the_browser_and_refused_where_it_is_not,
    a_copy_that_counts_behind_its_original_is_refused_and_told_of,
    a_forged_signature_is_refused,
    a_key_that_recognized_nobody_opens_nothing_without_a_password,
    a_key_that_recognized_nobody_is_a_second_step_and_no_proof_alone;
    checked:
    a_removed_passkey_is_forgotten_by_the_browser_and_refused_where_it_is_not,
    a_key_that_recognized_nobody_is_a_second_step_and_no_proof_alone,
);

async fn a_removed_passkey_is_forgotten_by_the_browser_and_refused_where_it_is_not(world: &World) {
    let tab = world.browser.open().await;
    let phone = Device::phone(&tab).await;
    let mut alice = Person::settle(world, &tab).await;
    tab.press("Add a passkey").await;
    tab.fill("Name for it", "Blue").await;
    tab.press("Add a passkey").await;
    let blue = phone.passkeys().await.remove(0);
    phone.touched(false).await;
    tab.press("Remove Blue").await;
    let text = tab.text().await;
    assert!(
        text.contains("It stops working here at once and for good"),
        "{text}"
    );
    tab.press("Remove it").await;
    assert_eq!(rows(&tab).await.len(), 1);
    // WebAuthn L3 §5.1.10.3: the account page says which passkeys are left.
    phone.forgets().await;

    phone.take_in(blue).await;
    suggest_nothing(&tab).await;
    sign_out(&tab).await;
    phone.touched(true).await;
    tab.click(SIGN_IN).await;
    refused(world, &tab, "/login/passkey").await;
    tab.fill("Name", alice.name).await;
    tab.fill("Password", &alice.password).await;
    tab.press("Sign in").await;
    assert_eq!(tab.heading().await, "Enter your code");
    assert!(!tab.offers(BUTTON).await);
    alice.enter_code(&tab).await;
    assert_eq!(tab.heading().await, "Your account");
}

async fn a_copy_that_counts_behind_its_original_is_refused_and_told_of(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    key.touched(false).await;
    let copy = key.passkeys().await.remove(0);
    sign_out(&tab).await;
    enter_password(&tab, "alice").await;
    key.touched(true).await;
    tab.press(BUTTON).await;
    key.touched(false).await;
    let original = key.passkeys().await.remove(0);
    assert!(original.sign_count > copy.sign_count, "{original:?}");

    sign_out(&tab).await;
    enter_password(&tab, "alice").await;
    replace(&key, &original, &copy).await;
    key.touched(true).await;
    tab.click(BUTTON).await;
    refused(world, &tab, "/login/mfa").await;
    replace(&key, &copy, &original).await;
    tab.press(BUTTON).await;
    assert_eq!(tab.heading().await, "Your account");
    let text = tab.text().await;
    let told = "Passkey “Blue” may have been copied: it counts backwards";
    assert!(text.contains(told), "{text}");
}

async fn replace(key: &Device, old: &Credential, new: &Credential) {
    key.lose(old).await;
    key.take_in(new.clone()).await;
}

async fn a_forged_signature_is_refused(world: &World) {
    let tab = world.browser.open().await;
    let phone = Device::phone(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    phone.forge().await;
    suggest_nothing(&tab).await;
    sign_out(&tab).await;
    tab.click(SIGN_IN).await;
    refused(world, &tab, "/login/passkey").await;
    enter_password(&tab, "alice").await;
    tab.click(BUTTON).await;
    refused(world, &tab, "/login/mfa").await;
}

/// From the next page on. A simulated device answers suggestions at once, again and again.
async fn suggest_nothing(tab: &Tab) {
    tab.run_first("PublicKeyCredential.isConditionalMediationAvailable = async () => false")
        .await;
}

/// As a browser that somebody has changed does: it asks for less than the server wants.
async fn ask_for_less(tab: &Tab) {
    let script = "
        const parse = PublicKeyCredential.parseRequestOptionsFromJSON.bind(PublicKeyCredential);
        PublicKeyCredential.parseRequestOptionsFromJSON = (json) => parse({ ...json, userVerification: 'discouraged' }), 0";
    tab.evaluate(script).await;
}

async fn a_key_that_recognized_nobody_opens_nothing_without_a_password(world: &World) {
    let tab = world.browser.open().await;
    let phone = Device::phone(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    phone.recognizes(false).await;
    suggest_nothing(&tab).await;
    sign_out(&tab).await;
    tab.click(SIGN_IN).await;
    tab.reads("No passkey was used.").await;

    ask_for_less(&tab).await;
    tab.click(SIGN_IN).await;
    refused(world, &tab, "/login/passkey").await;
    tab.goto(&world.at("/mfa")).await;
    assert_eq!(tab.path().await, "/login");
}

async fn a_key_that_recognized_nobody_is_a_second_step_and_no_proof_alone(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    key.touched(false).await;
    key.recognizes(false).await;
    sign_out(&tab).await;
    enter_password(&tab, "alice").await;
    key.touched(true).await;
    ask_for_less(&tab).await;
    tab.press(BUTTON).await;
    assert_eq!(tab.heading().await, "Your account");

    tab.goto(&world.at("/reauthenticate?return_to=/password"))
        .await;
    ask_for_less(&tab).await;
    tab.click(BUTTON).await;
    tab.reads("This passkey did not check that it is you.")
        .await;
    let address = world.at("/reauthenticate");
    world.browser.record.refused(422, &address).await;
    let field = tab.field("Password").await;
    assert!(field.focused && !field.invalid, "{field:?}");
    assert_eq!(field.alerts, tab.alerts().await);
    tab.fill("Password", "not the password").await;
    tab.click(BUTTON).await;
    tab.reads("That is not your password.").await;
    world.browser.record.refused(401, &address).await;
    let field = tab.field("Password").await;
    assert!(
        field.invalid && field.focused && field.value.is_empty(),
        "{field:?}"
    );
    assert_eq!(field.alerts, ["That is not your password."]);
    tab.fill("Password", countersign_e2e::PASSWORD).await;
    tab.press(BUTTON).await;
    assert_eq!(tab.path().await, "/password");
}
