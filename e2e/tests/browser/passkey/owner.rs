//! Two people, one device: a passkey answers for the one it was made for, and for nobody else.

use countersign_e2e::{Device, PASSWORD, Person, World};

use super::{BUTTON, enter_password, refused, sign_out};

countersign_e2e::told_with_scripts!(
    a_passkey_of_one_person_never_answers_for_another,
    a_device_of_two_people_signs_in_the_one_it_answers_for;
    checked:
);

async fn a_passkey_of_one_person_never_answers_for_another(world: &World) {
    let here = world.browser.open().await;
    let alices = Device::phone(&here).await;
    Person::settle_with_passkey(world, &here).await;
    alices.touched(false).await;
    sign_out(&here).await;

    world.server.add_user("bob", PASSWORD);
    let there = world.browser.open().await;
    let _bobs = Device::phone(&there).await;
    there.goto(&world.at("/login")).await;
    there.fill("Name", "bob").await;
    there.fill("Password", PASSWORD).await;
    there.press("Sign in").await;
    there.press("Add a passkey").await;
    there.click("Add a passkey").await;
    there.reads("Your passkey is ready.").await;

    enter_password(&here, "bob").await;
    alices.touched(true).await;
    here.click(BUTTON).await;
    here.reads("No passkey was used.").await;
    // A browser that does not keep to the list it is given lets hers answer.
    let script = "
        const parse = PublicKeyCredential.parseRequestOptionsFromJSON.bind(PublicKeyCredential);
        PublicKeyCredential.parseRequestOptionsFromJSON = (json) => parse({ ...json, allowCredentials: [] }), 0";
    here.evaluate(script).await;
    here.click(BUTTON).await;
    refused(world, &here, "/login/mfa").await;
    alices.touched(false).await;
    here.goto(&world.at("/mfa")).await;
    assert_eq!(here.path().await, "/login");
}

async fn a_device_of_two_people_signs_in_the_one_it_answers_for(world: &World) {
    let tab = world.browser.open().await;
    let phone = Device::phone(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    let alices = phone.passkeys().await.remove(0);
    phone.touched(false).await;
    tab.press("Sign out").await;
    world.server.add_user("bob", PASSWORD);
    tab.goto(&world.at("/login")).await;
    tab.fill("Name", "bob").await;
    tab.fill("Password", PASSWORD).await;
    tab.press("Sign in").await;
    phone.touched(true).await;
    tab.press("Add a passkey").await;
    tab.click("Add a passkey").await;
    tab.reads("Your passkey is ready.").await;
    let mut passkeys = phone.passkeys().await;
    assert_eq!(passkeys.len(), 2, "{passkeys:?}");
    passkeys.retain(|passkey| passkey.credential_id != alices.credential_id);
    let bobs = passkeys.remove(0);
    phone.touched(false).await;
    tab.press("Sign out").await;

    for (gone, kept, name) in [(&bobs, &alices, "alice"), (&alices, &bobs, "bob")] {
        phone.lose(gone).await;
        tab.goto(&world.at("/login")).await;
        phone.touched(true).await;
        tab.press("Sign in with a passkey").await;
        phone.touched(false).await;
        let who = format!("Signed in as {name}");
        assert!(tab.text().await.contains(&who), "{who}");
        phone.lose(kept).await;
        phone.take_in(gone.clone()).await;
        tab.press("Sign out").await;
        phone.take_in(kept.clone()).await;
    }
}
