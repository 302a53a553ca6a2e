//! Where asking for a passkey comes to nothing, the page says so and every way stays open.

use countersign_e2e::{Device, Person, World};

use super::{BUTTON, enter_password, rows, sign_out};

countersign_e2e::told_with_scripts!(
    a_prompt_that_came_to_nothing_leaves_a_page_that_works,
    an_enrollment_that_came_to_nothing_can_be_tried_again,
    a_prompt_that_waits_leaves_the_other_ways_open,
    suggestions_go_on_after_the_button_came_to_nothing,
    a_step_that_ended_meanwhile_leads_back_to_its_beginning;
    checked:
    a_prompt_that_came_to_nothing_leaves_a_page_that_works,
    a_prompt_that_waits_leaves_the_other_ways_open,
);

async fn a_prompt_that_came_to_nothing_leaves_a_page_that_works(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    let codes = Person::settle_with_passkey(world, &tab).await;
    key.touched(false).await;
    let blue = key.passkeys().await.remove(0);
    sign_out(&tab).await;
    enter_password(&tab, "alice").await;
    key.lose(&blue).await;
    key.touched(true).await;
    for _ in 0..2 {
        tab.click(BUTTON).await;
        tab.reads("No passkey was used.").await;
        assert_eq!(tab.alerts().await.len(), 1);
        tab.wait("document.activeElement.matches('[data-go]')")
            .await;
    }
    key.take_in(blue.clone()).await;
    tab.press(BUTTON).await;
    assert_eq!(tab.heading().await, "Your account");

    key.touched(false).await;
    key.lose(&blue).await;
    sign_out(&tab).await;
    enter_password(&tab, "alice").await;
    key.touched(true).await;
    tab.click(BUTTON).await;
    tab.reads("No passkey was used.").await;
    tab.press("Use a backup code instead").await;
    tab.fill("Backup code", &codes[0]).await;
    tab.press("Continue").await;
    assert_eq!(tab.heading().await, "Your account");
}

async fn an_enrollment_that_came_to_nothing_can_be_tried_again(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    Person::arrive(world, &tab).await;
    tab.press("Add a passkey").await;
    tab.evaluate(
        "navigator.credentials.create = () => Promise.reject(new DOMException('', 'NotAllowedError')), 0",
    )
    .await;
    tab.click("Add a passkey").await;
    tab.reads("No passkey was used.").await;
    tab.evaluate("delete navigator.credentials.create, 0").await;
    tab.fill("Name for it", &"x".repeat(64)).await;
    tab.click("Add a passkey").await;
    tab.reads("Your passkey is ready.").await;
    assert_eq!(key.passkeys().await.len(), 1);
    tab.goto(&world.at("/mfa")).await;
    assert!(rows(&tab).await[0].starts_with(&"x".repeat(64)));
}

async fn a_prompt_that_waits_leaves_the_other_ways_open(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    key.touched(false).await;
    sign_out(&tab).await;
    enter_password(&tab, "alice").await;
    tab.click(BUTTON).await;
    tab.reads("Your browser asks now.").await;
    assert_eq!(tab.alerts().await, Vec::<String>::new());
    let waits = "document.querySelector('[data-go]').disabled";
    assert_eq!(tab.evaluate(waits).await, true);
    tab.press("Use a backup code instead").await;
    tab.press(BUTTON).await;
    assert_eq!(tab.evaluate(waits).await, false);
    key.touched(true).await;
    tab.press(BUTTON).await;
    assert_eq!(tab.heading().await, "Your account");
}

async fn suggestions_go_on_after_the_button_came_to_nothing(world: &World) {
    let tab = world.browser.open().await;
    let phone = Device::phone(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    let blue = phone.passkeys().await.remove(0);
    phone.lose(&blue).await;
    phone.touched(false).await;
    sign_out(&tab).await;
    tab.evaluate(COUNT).await;
    phone.touched(true).await;
    tab.click("Sign in with a passkey").await;
    tab.reads("No passkey was used.").await;
    tab.wait("globalThis.asked.join() === ',conditional'").await;
}

/// Notes the mediation of each request.
const COUNT: &str = "
    globalThis.asked = [];
    const get = navigator.credentials.get.bind(navigator.credentials);
    navigator.credentials.get = (options) => (asked.push(options.mediation), get(options)), 0";

async fn a_step_that_ended_meanwhile_leads_back_to_its_beginning(world: &World) {
    let tab = world.browser.open().await;
    let key = Device::security_key(&tab).await;
    Person::settle_with_passkey(world, &tab).await;
    key.touched(false).await;
    sign_out(&tab).await;
    enter_password(&tab, "alice").await;
    tab.forget_cookies().await;
    tab.press(BUTTON).await;
    let options = world.at("/login/mfa/options");
    world.browser.record.refused(400, &options).await;
    assert_eq!(tab.heading().await, "Sign in again");
}
