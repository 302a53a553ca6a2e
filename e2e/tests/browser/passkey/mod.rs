//! Passkeys, by a real browser and devices that it simulates: how they are added, what they open, what
//! they do not, and what a person can do where they fail.

use countersign_e2e::{PASSWORD, Tab, World};

mod enrollment;
mod entrance;
mod fault;
mod forgery;
mod owner;
mod without;

/// What leads on to the device.
const BUTTON: &str = "Use your passkey";

/// The first step, up to the second one by a passkey.
async fn enter_password(tab: &Tab, name: &str) {
    tab.fill("Name", name).await;
    tab.fill("Password", PASSWORD).await;
    tab.press("Sign in").await;
    assert_eq!(tab.heading().await, "Use your passkey");
}

/// From the account page to the sign-in page.
async fn sign_out(tab: &Tab) {
    tab.press("Sign out").await;
    tab.press("Sign in again").await;
}

/// What the account page says of each authenticator.
async fn rows(tab: &Tab) -> Vec<String> {
    tab.texts("[aria-labelledby=authenticators] .rows li > div")
        .await
}

/// That the server refused a passkey there, and that the page says so where it stays usable.
async fn refused(world: &World, tab: &Tab, path: &str) {
    tab.reads("That passkey was not accepted.").await;
    world.browser.record.refused(401, &world.at(path)).await;
    let alerts = tab.alerts().await;
    assert_eq!(alerts.len(), 1, "{alerts:?}");
}
