//! Browsers that cannot do it: without scripts, and without WebAuthn. They say so, and other ways stay.

use countersign_e2e::{Device, Person, Tab, World};

use super::{BUTTON, enter_password, sign_out};

// The checker turns scripts on to run, and what a page says without them is gone by that.
countersign_e2e::told_with_scripts!(
    a_browser_without_scripts_says_what_is_missing,
    a_browser_without_passkeys_says_what_is_missing;
    checked:
    a_browser_without_passkeys_says_what_is_missing,
);

const NO_SCRIPTS: &str = "Passkeys need JavaScript,";
const NO_PASSKEYS: &str = "This browser has no passkeys.";

async fn a_browser_without_scripts_says_what_is_missing(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    let codes = Person::settle_with_passkey(world, &tab).await;
    key.touched(false).await;
    tab.turn_scripts_off().await;
    goes_on(world, &tab, &codes, NO_SCRIPTS).await;
}

async fn a_browser_without_passkeys_says_what_is_missing(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    let codes = Person::settle_with_passkey(world, &tab).await;
    key.touched(false).await;
    tab.run_first("delete globalThis.PublicKeyCredential").await;
    goes_on(world, &tab, &codes, NO_PASSKEYS).await;
}

/// Each page that would use a passkey says `why` it does not, offers no button for it, and leads on.
async fn goes_on(world: &World, tab: &Tab, codes: &[String], why: &str) {
    says(tab, world, "/mfa/passkeys/new", "Add a passkey", why).await;
    tab.press("Cancel").await;
    says(
        tab,
        world,
        "/reauthenticate?return_to=/password",
        BUTTON,
        why,
    )
    .await;
    tab.press("Use a backup code instead").await;
    tab.fill("Password", countersign_e2e::PASSWORD).await;
    tab.fill("Backup code", &codes[0]).await;
    tab.press("Go on").await;
    assert_eq!(tab.path().await, "/password");

    sign_out(tab).await;
    assert!(!tab.offers("Sign in with a passkey").await);
    assert!(!tab.text().await.contains(why));
    enter_password(tab, "alice").await;
    says(tab, world, "/login/mfa", BUTTON, why).await;
    tab.press("Use a backup code instead").await;
    tab.fill("Backup code", &codes[1]).await;
    tab.press("Continue").await;
    assert_eq!(tab.heading().await, "Your account");
}

async fn says(tab: &Tab, world: &World, path: &str, button: &str, why: &str) {
    tab.goto(&world.at(path)).await;
    let text = tab.text().await;
    assert!(text.contains(why), "{path}: {text}");
    assert!(!tab.offers(button).await, "{path} promises “{button}”");
}
