//! The shop in Express: its routes, and its page with a passkey in a browser.

use std::os::unix::fs::symlink;
use std::process::Command;

use countersign_e2e::{Browser, Device, Scripts, Tab};
use countersign_examples::{PASSWORD, Product, Site, Tools, free_port};

use crate::story;

/// The example, and the server it asks; passkeys belong to the example's own page.
fn start(tools: &Tools) -> Option<(Product, Site)> {
    let modules = Tools::node_modules()?;
    let port = free_port();
    let product = Product::beside(&tools.server, format!("http://localhost:{port}"));
    let key = product.key("verify,enroll");
    let site = Site::start("express", port, |directory| {
        symlink(&modules, directory.join("node_modules")).unwrap();
        let mut command = Command::new("node");
        command
            .arg("server.js")
            .env("SECRET_KEY", "known to this test alone")
            .env("PLAIN_HTTP", "1")
            .env("PORT", port.to_string())
            .env("COUNTERSIGN_AT", product.api())
            .env("COUNTERSIGN_KEY", key);
        command
    });
    Some((product, site))
}

#[tokio::test]
async fn the_express_example_demands_the_second_step() {
    let Some(tools) = Tools::find() else { return };
    let Some((mut product, site)) = start(&tools) else {
        return;
    };
    story::tell(&mut product, &site).await;
    let log = site.log();
    assert!(log.contains("Countersign does not answer"), "{log}");
    assert!(!log.contains("    at ") && !log.contains("csk_"), "{log}");
}

/// A person at the shop's own page, with a phone that keeps passkeys.
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn the_express_page_enrolls_a_passkey_and_signs_in_by_it() {
    let (Some(tools), Some(browsers)) = (Tools::find(), countersign_e2e::Tools::find()) else {
        return;
    };
    let Some((product, site)) = start(&tools) else {
        return;
    };
    let browser = Browser::start(&browsers.chromium, Scripts::On, None).await;
    let tab = browser.open().await;
    let phone = Device::phone(&tab).await;
    tab.goto(&site.at).await;
    sign_in(&tab, "Register", "Hello, alice.").await;
    tab.click("Add a passkey").await;
    tab.reads("Keep these backup codes:").await;
    let passkeys = phone.passkeys().await;
    assert_eq!(passkeys.len(), 1);
    assert_eq!(passkeys[0].rp_id.as_deref(), Some("localhost"));
    tab.click("Sign out").await;
    tab.reads("Signed out.").await;

    sign_in(&tab, "Sign in", "Now the second step.").await;
    assert_eq!(session(&tab).await, 401, "a pending login is nobody");
    browser
        .record
        .refused(401, &format!("{}/me", site.at))
        .await;
    phone.forge().await;
    tab.click("Use a passkey").await;
    tab.reads("That did not work: invalid_passkey").await;
    let step = format!("{}/login/mfa", site.at);
    browser.record.refused(422, &step).await;
    assert_eq!(session(&tab).await, 401, "a forged signature opens nothing");
    browser
        .record
        .refused(401, &format!("{}/me", site.at))
        .await;

    // The phone signs as before again, on a page that was loaded anew.
    phone.unforge().await;
    tab.goto(&site.at).await;
    sign_in(&tab, "Sign in", "Now the second step.").await;
    tab.click("Use a passkey").await;
    tab.reads("Hello again, by passkey.").await;
    assert_eq!(session(&tab).await, 200);
    tab.click("Add an authenticator app").await;
    tab.reads("Secret:").await;
    drop(product);
    let record = browser.record.clone();
    browser.close().await;
    record.judge(&site.at);
}

async fn sign_in(tab: &Tab, button: &str, said: &str) {
    tab.fill("Name", "alice").await;
    tab.fill("Password", PASSWORD).await;
    tab.click(button).await;
    tab.reads(said).await;
}

/// The status that the shop gives this browser.
async fn session(tab: &Tab) -> u64 {
    let status = tab.evaluate("fetch('/me').then((answer) => answer.status)");
    status.await.as_u64().unwrap()
}
