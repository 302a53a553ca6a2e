//! What scripts add to pages that work without them; where there are none, nothing promises it.

use countersign_e2e::{Audit, Person, Phone, Scripts, World, run};

#[test]
fn without_scripts_no_button_is_there_that_needs_them() {
    run(Scripts::Off, Audit::Off, async |world: &World| {
        let tab = world.browser.open().await;
        tab.goto(&world.at("/login")).await;
        assert!(!tab.offers("Show password").await);
        Person::arrive(world, &tab).await;
        tab.press("Add an authenticator").await;
        tab.press("Show the QR code").await;
        let mut phone = Phone::scan(&tab.target("Open it in your app").await);
        tab.click("Cannot scan? Type the key in").await;
        assert!(!tab.offers("Copy the key").await);
        tab.fill("Code from the app", &phone.code().await).await;
        tab.press("Confirm").await;
        for button in ["Copy", "Download", "Print"] {
            assert!(!tab.offers(button).await, "{button}");
        }
    });
}

#[test]
fn with_scripts_a_password_is_shown_and_codes_are_copied() {
    run(Scripts::On, Audit::Off, async |world: &World| {
        let tab = world.browser.open().await;
        tab.goto(&world.at("/login")).await;
        tab.fill("Password", "not the password").await;
        let shown = "document.getElementById('password').type === 'text'";
        assert_eq!(tab.evaluate(shown).await, false);
        tab.click("Show password").await;
        assert_eq!(tab.evaluate(shown).await, true);
        tab.click("Show password").await;
        assert_eq!(tab.evaluate(shown).await, false);

        Person::arrive(world, &tab).await;
        tab.press("Add an authenticator").await;
        tab.press("Show the QR code").await;
        let mut phone = Phone::scan(&tab.target("Open it in your app").await);
        tab.click("Cannot scan? Type the key in").await;
        tab.click("Copy the key").await;
        tab.wait("document.body.innerText.includes('Key copied.')")
            .await;
        tab.fill("Code from the app", &phone.code().await).await;
        tab.press("Confirm").await;
        tab.click("Copy").await;
        tab.wait("document.body.innerText.includes('Codes copied.')")
            .await;
    });
}
