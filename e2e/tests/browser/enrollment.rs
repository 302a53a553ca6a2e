//! From the one-time link to a second step: what is shown, what is shown once, and what is asked back.

use countersign_e2e::{Person, Phone, World, read_picture};

countersign_e2e::told_both_ways!(
    a_first_account_takes_a_password_that_is_long_enough,
    a_phone_is_added_and_its_secret_is_shown_once,
    a_key_is_typed_in_by_hand_and_a_second_phone_asks_for_no_backup_codes,
);

countersign_e2e::told_to_the_checker!(
    a_first_account_takes_a_password_that_is_long_enough,
    a_phone_is_added_and_its_secret_is_shown_once,
    a_key_is_typed_in_by_hand_and_a_second_phone_asks_for_no_backup_codes,
);

async fn a_first_account_takes_a_password_that_is_long_enough(world: &World) {
    let tab = world.browser.open().await;
    tab.goto(&world.server.setup_link).await;
    assert!(tab.field("Name").await.focused);
    tab.fill("Name", "alice").await;
    tab.fill("Password", "too short").await;
    tab.press("Create the account").await;
    assert!(tab.title().await.starts_with("Error: "));
    assert_eq!(tab.field("Name").await.value, "alice");
    let password = tab.field("Password").await;
    assert!(
        password.invalid && password.value.is_empty(),
        "{password:?}"
    );
    assert!(password.alerts[0].contains("15 characters"), "{password:?}");
    tab.wait("document.activeElement.id === 'password'").await;
    tab.fill("Password", countersign_e2e::PASSWORD).await;
    tab.press("Create the account").await;
    assert!(
        tab.text()
            .await
            .contains("Your password alone opens this account.")
    );
    tab.goto(&world.server.setup_link).await;
    assert_eq!(tab.heading().await, "This link no longer works");
}

async fn a_phone_is_added_and_its_secret_is_shown_once(world: &World) {
    let tab = world.browser.open().await;
    Person::arrive(world, &tab).await;
    tab.press("Add an authenticator").await;
    assert!(tab.text().await.contains("Step 1 of 4"));
    tab.click("Advanced").await;
    tab.fill("Name for it", "Pixel").await;
    tab.press("Show the QR code").await;

    let uri = tab.target("Open it in your app").await;
    assert_eq!(read_picture(&tab.picture(Some(".qr")).await), uri);
    assert!(uri.starts_with("otpauth://totp/"), "{uri}");
    let mut phone = Phone::scan(&uri);
    assert!(tab.field("Code from the app").await.focused);
    tab.click("Cannot scan? Type the key in").await;
    let key = tab.texts("#key").await[0].clone();
    let bare: String = key.split_whitespace().collect();
    assert_eq!(bare.len(), 32, "160 bits");
    assert!(uri.contains(&format!("secret={bare}")), "{uri}");

    tab.fill("Code from the app", &phone.wrong()).await;
    tab.press("Confirm").await;
    assert_eq!(tab.heading().await, "The code did not fit");
    let code = tab.field("Code from the app").await;
    assert!(
        code.invalid && code.focused && code.value.is_empty(),
        "{code:?}"
    );
    assert!(code.alerts[0].starts_with("That code was not accepted."));
    for address in ["/mfa/setup", "/mfa", "/mfa/confirm"] {
        hides(&tab.source().await, &bare);
        tab.goto(&world.at(address)).await;
    }
    hides(&tab.source().await, &bare);

    let spaced = phone.code().await;
    let (first, second) = spaced.split_at(3);
    tab.fill("Code from the app", &format!("{first} {second}"))
        .await;
    tab.press("Confirm").await;
    assert_eq!(tab.heading().await, "Save your backup codes");
    let codes = tab.texts("#codes li").await;
    assert_eq!(codes.len(), 10);
    for code in &codes {
        assert!(
            code.len() == 19 && code.split('-').all(|group| group.len() == 4),
            "{code}"
        );
    }

    tab.press("I have saved them").await;
    assert!(tab.text().await.contains("Step 4 of 4"));
    tab.fill("Any one of your codes", "0000-0000-0000-0000")
        .await;
    tab.press("Check it").await;
    let back = tab.field("Any one of your codes").await;
    assert!(back.invalid && back.focused, "{back:?}");
    assert!(back.alerts[0].starts_with("That is not one of your present codes."));
    let sloppy = codes[3].replace('-', " ").to_lowercase();
    tab.fill("Any one of your codes", &sloppy).await;
    tab.press("Check it").await;
    assert_eq!(tab.heading().await, "Your account now takes two steps");
    tab.press("Go to your account").await;
    let text = tab.text().await;
    assert!(
        text.contains("Pixel") && text.contains("10 of 10 left"),
        "{text}"
    );
    assert!(!text.contains("Nobody has checked yet"), "{text}");
    for address in [
        "/mfa/confirm",
        "/mfa/setup/done",
        "/mfa/backup-codes",
        "/mfa",
    ] {
        tab.goto(&world.at(address)).await;
        let source = tab.source().await;
        assert!(codes.iter().all(|code| !source.contains(code)), "{address}");
    }
}

fn hides(source: &str, key: &str) {
    assert!(!source.contains(key) && !source.contains("otpauth:"));
    assert!(
        !source.contains("class=\"qr\""),
        "the picture is there again"
    );
}

async fn a_key_is_typed_in_by_hand_and_a_second_phone_asks_for_no_backup_codes(world: &World) {
    let tab = world.browser.open().await;
    Person::settle(world, &tab).await;
    tab.press("Add an authenticator app").await;
    assert!(tab.text().await.contains("Step 1 of 2"));
    tab.press("Show the QR code").await;
    tab.click("Cannot scan? Type the key in").await;
    let mut phone = Phone::with_key(&tab.texts("#key").await[0]);
    tab.fill("Code from the app", &phone.code().await).await;
    tab.press("Confirm").await;
    assert_eq!(tab.heading().await, "Your authenticator is ready");
    tab.press("Go to your account").await;
    assert_eq!(
        tab.texts("[aria-labelledby=authenticators] .row-name")
            .await
            .len(),
        2
    );
}
