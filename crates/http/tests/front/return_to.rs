//! Where signing in leads.

use crate::support::World;

#[tokio::test]
async fn both_steps_lead_to_what_was_asked_for() {
    let world = World::new();
    let (_, phone, _) = world.enrolled("alice").await;
    world.pass(30);
    let client = world.client();
    let answer = client.page("/password").await;
    answer.leads_to("/login?return_to=%2Fpassword");
    let page = client.page(answer.header("location")).await;
    let fields = [
        ("username", "alice"),
        ("password", crate::support::PASSWORD),
    ];
    let target = "/login?return_to=%2Fpassword";
    let answer = client.form_of(&page, target, &fields).await;
    answer.leads_to("/login/mfa?return_to=%2Fpassword");
    let page = client.page(answer.header("location")).await;
    page.shows(200, "action=\"/login/mfa?return_to=%2Fpassword\"");
    page.shows(200, "method=backup_code&amp;return_to=%2Fpassword");
    let code = phone.code(world.seconds());
    let target = "/login/mfa?return_to=%2Fpassword";
    let answer = client.form_of(&page, target, &[("code", &code)]).await;
    answer.leads_to("/password");
}
