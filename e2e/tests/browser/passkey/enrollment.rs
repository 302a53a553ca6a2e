//! Adding passkeys, from the first one on.

use countersign_e2e::{Device, Person, World};

use super::{BUTTON, enter_password, rows, sign_out};

countersign_e2e::told_with_scripts!(
    a_first_passkey_shows_its_backup_codes_in_place_and_once,
    a_passkey_that_is_copied_by_its_maker_is_told_from_one_on_a_device,
    a_passkey_is_called_after_its_provider,
    a_second_key_takes_a_fresh_proof_and_both_open_the_account,
    a_device_makes_no_second_passkey;
    checked:
    a_first_passkey_shows_its_backup_codes_in_place_and_once,
    a_second_key_takes_a_fresh_proof_and_both_open_the_account,
    a_device_makes_no_second_passkey,
);

async fn a_first_passkey_shows_its_backup_codes_in_place_and_once(world: &World) {
    let tab = world.browser.open().await;
    let _key = Device::security_key(&tab).await;
    Person::arrive(world, &tab).await;
    tab.press("Add a passkey").await;
    let text = tab.text().await;
    assert!(
        text.contains("your password alone no longer opens this account"),
        "{text}"
    );
    tab.fill("Name for it", "Blue key").await;
    tab.click("Add a passkey").await;
    tab.reads("Your passkey is ready.").await;
    assert_eq!(tab.heading().await, "Save your backup codes");
    assert!(tab.title().await.starts_with("Save your backup codes – "));
    assert!(!tab.offers("Add a passkey").await);
    tab.wait("document.activeElement.matches('[data-after]')")
        .await;
    let codes = tab.texts("#codes li").await;
    assert_eq!(codes.len(), 10);
    for code in &codes {
        assert!(
            code.len() == 19 && code.split('-').all(|group| group.len() == 4),
            "{code}"
        );
    }
    tab.click("Copy").await;
    tab.reads("Codes copied.").await;

    tab.press("I have saved them").await;
    assert_eq!(tab.heading().await, "Type one backup code back");
    tab.fill("Any one of your codes", &codes[3]).await;
    tab.press("Check it").await;
    tab.goto(&world.at("/mfa")).await;
    let rows = rows(&tab).await;
    assert_eq!(rows.len(), 1, "{rows:?}");
    let row = rows[0].split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(
        row.starts_with("Blue key Passkey, on one device only, added "),
        "{row}"
    );
    assert!(row.ends_with(", not used yet"), "{row}");
    let text = tab.text().await;
    assert!(text.contains("10 of 10 left"), "{text}");
    assert!(!text.contains("Nobody has checked yet"), "{text}");
    for address in ["/mfa/passkeys/new", "/mfa/backup-codes", "/mfa"] {
        tab.goto(&world.at(address)).await;
        let source = tab.source().await;
        assert!(codes.iter().all(|code| !source.contains(code)), "{address}");
    }
}

async fn a_passkey_that_is_copied_by_its_maker_is_told_from_one_on_a_device(world: &World) {
    let tab = world.browser.open().await;
    let _phone = Device::phone(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    let row = rows(&tab).await.remove(0);
    assert!(row.contains("Passkey, synced, added "), "{row}");
}

async fn a_passkey_is_called_after_its_provider(world: &World) {
    let tab = world.browser.open().await;
    let _phone = Device::phone(&tab).await;
    Person::arrive(world, &tab).await;
    tab.press("Add a passkey").await;
    tab.evaluate(CLAIM_A_PROVIDER).await;
    tab.click("Add a passkey").await;
    tab.reads("Your passkey is ready.").await;
    tab.goto(&world.at("/mfa")).await;
    let row = rows(&tab).await.remove(0);
    assert!(
        row.starts_with("1Password") && row.contains("Passkey in 1Password, synced, added "),
        "{row}"
    );
}

/// A simulated device has no model. Nobody vouches for one where no attestation is asked for, so it
/// can be written in after `authData`, a head of two or three bytes, the hash, flags and counter.
const CLAIM_A_PROVIDER: &str = "
    const toJSON = PublicKeyCredential.prototype.toJSON;
    PublicKeyCredential.prototype.toJSON = function () {
        const json = toJSON.call(this);
        const bytes = new Uint8Array(this.response.attestationObject);
        const name = [...'authData'].map((letter) => letter.charCodeAt(0));
        const from = bytes.findIndex((_, at) => name.every((byte, n) => bytes[at + n] === byte)) + name.length;
        const model = from + (bytes[from] === 0x58 ? 2 : 3) + 32 + 1 + 4;
        bytes.set([0xba, 0xda, 0x55, 0x66, 0xa7, 0xaa, 0x40, 0x1f, 0xbd, 0x96, 0x45, 0x61, 0x9a, 0x55, 0x12, 0x0d], model);
        json.response.attestationObject = bytes.toBase64({ alphabet: 'base64url', omitPadding: true });
        return json;
    }, 0";

async fn a_second_key_takes_a_fresh_proof_and_both_open_the_account(world: &World) {
    let tab = world.browser.open().await;
    let blue = Device::security_key(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    tab.goto(&world.at("/reauthenticate?return_to=/mfa/passkeys/new"))
        .await;
    assert_eq!(tab.heading().await, "Confirm that it is you");
    let text = tab.text().await;
    assert!(text.contains("You are about to add an authenticator."));
    tab.press(BUTTON).await;
    assert_eq!(tab.path().await, "/mfa/passkeys/new");

    blue.touched(false).await;
    let red = Device::security_key(&tab).await;
    tab.fill("Name for it", "Red").await;
    tab.press("Add a passkey").await;
    assert_eq!(tab.heading().await, "Your account");
    let labels = "[aria-labelledby=authenticators] .row-name";
    assert_eq!(tab.texts(labels).await.len(), 2);
    assert_eq!(red.passkeys().await.len(), 1);

    for key in [&red, &blue] {
        for other in [&red, &blue] {
            other.touched(false).await;
        }
        sign_out(&tab).await;
        enter_password(&tab, "alice").await;
        key.touched(true).await;
        tab.press(BUTTON).await;
        assert_eq!(tab.heading().await, "Your account");
    }
    for row in rows(&tab).await {
        assert!(row.contains("last used "), "{row}");
    }
}

async fn a_device_makes_no_second_passkey(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    tab.press("Add a passkey").await;
    tab.click("Add a passkey").await;
    tab.reads("You already have a passkey here.").await;
    assert!(tab.offers("Add a passkey").await);
    assert_eq!(key.passkeys().await.len(), 1);
    tab.press("Cancel").await;
    assert_eq!(rows(&tab).await.len(), 1);
}
