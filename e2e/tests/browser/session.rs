//! Signing in and out in each way, and what a signed-in person changes about their account.

use countersign_e2e::{Person, World};

countersign_e2e::told_both_ways!(
    a_person_signs_in_by_phone_and_by_backup_code,
    a_person_ends_the_sessions_of_other_browsers,
    a_person_changes_the_password_and_other_browsers_are_out,
    a_person_makes_new_backup_codes_and_the_old_ones_are_void,
    a_person_renames_and_removes_the_phone,
    a_stranger_is_sent_to_sign_in_and_then_to_where_they_wanted,
);

// The other story shows no page that these do not show.
countersign_e2e::told_to_the_checker!(
    a_person_signs_in_by_phone_and_by_backup_code,
    a_person_ends_the_sessions_of_other_browsers,
    a_person_changes_the_password_and_other_browsers_are_out,
    a_person_makes_new_backup_codes_and_the_old_ones_are_void,
    a_person_renames_and_removes_the_phone,
);

async fn a_person_signs_in_by_phone_and_by_backup_code(world: &World) {
    let tab = world.browser.open().await;
    let mut alice = Person::settle(world, &tab).await;
    tab.press("Sign out").await;
    assert_eq!(tab.heading().await, "You are signed out");
    tab.press("Sign in again").await;
    alice.enter_password(&tab).await;
    tab.press("Trouble with your code?").await;
    assert_eq!(tab.heading().await, "If you cannot use your authenticator");
    tab.press("See all ways").await;
    assert_eq!(tab.heading().await, "Choose how to continue");
    tab.press("Authenticator app or token").await;
    alice.enter_code(&tab).await;
    assert_eq!(tab.heading().await, "Your account");
    tab.press("Sign out").await;
    tab.press("Sign in again").await;
    alice.enter_password(&tab).await;
    alice.enter_backup_code(&tab).await;
    let text = tab.text().await;
    assert!(
        text.contains("You signed in with a backup code. 9 are left."),
        "{text}"
    );
    assert!(text.contains("9 of 10 left"), "{text}");
    assert!(
        text.contains("Nobody has checked yet that you saved them."),
        "{text}"
    );
}

async fn a_person_ends_the_sessions_of_other_browsers(world: &World) {
    let here = world.browser.open().await;
    let mut alice = Person::settle(world, &here).await;
    let there = world.browser.open().await;
    there.goto(&world.at("/")).await;
    alice.enter_password(&there).await;
    alice.enter_backup_code(&there).await;
    assert_eq!(there.heading().await, "Your account");
    here.goto(&world.at("/mfa")).await;
    let browsers = "[aria-labelledby=sessions] .row-name";
    assert_eq!(here.texts(browsers).await.len(), 2);
    here.press("Sign out everywhere else").await;
    assert!(here.text().await.contains("One other browser is signed in"));
    here.press("Sign out everywhere else").await;
    assert!(here.text().await.contains("All other sessions were ended."));
    assert_eq!(here.texts(browsers).await.len(), 1);
    there.goto(&world.at("/mfa")).await;
    assert_eq!(there.heading().await, "Sign in");
}

async fn a_person_changes_the_password_and_other_browsers_are_out(world: &World) {
    let here = world.browser.open().await;
    let mut alice = Person::settle(world, &here).await;
    let there = world.browser.open().await;
    there.goto(&world.at("/login")).await;
    alice.enter_password(&there).await;
    alice.enter_code(&there).await;
    here.press("Change your password").await;
    here.fill("Present password", "not the one").await;
    here.fill("New password", "six loud geese at noon").await;
    here.press("Change the password").await;
    let present = here.field("Present password").await;
    assert!(present.invalid && present.focused, "{present:?}");
    assert_eq!(present.alerts, ["That is not your present password."]);
    here.fill("Present password", &alice.password).await;
    here.fill("New password", "short").await;
    here.press("Change the password").await;
    let new = here.field("New password").await;
    assert!(new.invalid && new.focused, "{new:?}");
    assert!(new.alerts[0].starts_with("Too short"), "{new:?}");
    "six loud geese at noon".clone_into(&mut alice.password);
    here.fill("Present password", countersign_e2e::PASSWORD)
        .await;
    here.fill("New password", &alice.password).await;
    here.press("Change the password").await;
    assert!(
        here.text()
            .await
            .contains("Password changed. All other sessions were signed out.")
    );
    there.goto(&world.at("/mfa")).await;
    assert_eq!(there.heading().await, "Sign in");
    alice.enter_password(&there).await;
    alice.enter_backup_code(&there).await;
    assert_eq!(there.heading().await, "Your account");
}

async fn a_person_makes_new_backup_codes_and_the_old_ones_are_void(world: &World) {
    let tab = world.browser.open().await;
    let mut alice = Person::settle(world, &tab).await;
    tab.press("Make new codes").await;
    assert!(
        tab.text()
            .await
            .contains("The 10 old ones that are left stop working")
    );
    tab.press("Make new codes").await;
    let codes = tab.texts("#codes li").await;
    assert!(codes.iter().all(|code| !alice.codes.contains(code)));
    tab.press("I have saved them").await;
    tab.fill("Any one of your codes", &codes[9]).await;
    tab.press("Check it").await;
    assert!(
        tab.text()
            .await
            .contains("That is one of your backup codes.")
    );
    tab.press("Sign out").await;
    tab.press("Sign in again").await;
    alice.enter_password(&tab).await;
    alice.enter_backup_code(&tab).await;
    let field = tab.field("Backup code").await;
    assert!(field.invalid && field.focused, "{field:?}");
    assert!(field.alerts[0].starts_with("That backup code was not accepted."));
    tab.fill("Backup code", &codes[0]).await;
    tab.press("Continue").await;
    assert_eq!(tab.heading().await, "Your account");
}

async fn a_person_renames_and_removes_the_phone(world: &World) {
    let tab = world.browser.open().await;
    let alice = Person::settle(world, &tab).await;
    tab.press("Rename Pixel").await;
    tab.fill("Name", &"x".repeat(65)).await;
    tab.press("Rename").await;
    let name = tab.field("Name").await;
    assert!(name.invalid && name.focused, "{name:?}");
    tab.fill("Name", "<b>Tom & Jerry’s</b>").await;
    tab.press("Rename").await;
    assert!(
        tab.text()
            .await
            .contains("Renamed to <b>Tom & Jerry’s</b>.")
    );
    tab.press("Remove <b>Tom & Jerry’s</b>").await;
    assert!(
        tab.text()
            .await
            .contains("This is your last authenticator.")
    );
    tab.press("Remove it and turn the second step off").await;
    let text = tab.text().await;
    assert!(
        text.contains("Your password alone opens this account."),
        "{text}"
    );
    assert!(!tab.offers("Make new codes").await);
    tab.press("Sign out").await;
    tab.press("Sign in again").await;
    tab.fill("Name", alice.name).await;
    tab.fill("Password", &alice.password).await;
    tab.press("Sign in").await;
    assert_eq!(tab.heading().await, "Your account");
}

async fn a_stranger_is_sent_to_sign_in_and_then_to_where_they_wanted(world: &World) {
    let tab = world.browser.open().await;
    let mut alice = Person::settle(world, &tab).await;
    tab.press("Sign out").await;
    tab.goto(&world.at("/password")).await;
    assert_eq!(tab.path().await, "/login");
    alice.enter_password(&tab).await;
    tab.fill("Code from your authenticator", &alice.phone.wrong())
        .await;
    tab.press("Continue").await;
    alice.enter_backup_code(&tab).await;
    assert_eq!(tab.path().await, "/password");
}
