//! What each host asks for, and the way to it.

use super::{Browser, Proxy, alice, own, world};

#[tokio::test]
async fn one_factor_opens_what_takes_one() {
    let world = world();
    let portal = world.signed_in("bob").await;
    let browser = Browser {
        portal,
        ..Browser::new(&world, Proxy::Forward)
    };
    browser.arrive("https://wiki.example.com/").await;
    // Signed in, and not strongly enough: to the missing authenticator.
    for (host, place) in [("app", "/mfa/setup"), ("vault", "/mfa/passkeys/new")] {
        let away = browser.open(&format!("https://{host}.example.com/")).await;
        assert_eq!(away.status, 302);
        let first = browser.portal.page(own(away.header("location"))).await;
        let second = browser.portal.page(first.header("location")).await;
        second.leads_to(place);
    }
}

#[tokio::test]
async fn an_old_proof_is_renewed_and_leads_back() {
    for proxy in Proxy::BOTH {
        let world = world();
        let (browser, phone) = alice(&world, proxy).await;
        let page = "https://bank.example.com/a?b";
        browser.arrive(page).await;
        world.pass(601);
        let program = proxy.ask(&browser.app, "GET", page, false).await;
        program.problem(401, "assurance_too_low");
        assert_eq!(
            program.header("www-authenticate"),
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"aal2\", max_age=\"600\""
        );
        let away = browser.open(page).await;
        let first = browser.portal.page(own(away.header("location"))).await;
        let second = browser.portal.page(first.header("location")).await;
        let asked = second.header("location").to_owned();
        assert!(
            asked.starts_with("/reauthenticate?return_to=%2Freturn%3Frd%3D"),
            "{asked}"
        );
        let form = browser.portal.page(&asked).await;
        form.shows(
            200,
            "open an application that asks for a stronger or fresher sign-in",
        );
        let policy = form.header("content-security-policy");
        assert!(
            policy.contains("form-action 'self' https://bank.example.com;"),
            "{policy}"
        );
        let (_, rest) = form
            .text()
            .split_once("name=\"return_to\" value=\"")
            .unwrap();
        let back = rest
            .split('"')
            .next()
            .unwrap()
            .replace("&amp;", "&")
            .replace("&#38;", "&");
        let code = phone.code(world.seconds());
        let fields = [
            ("return_to", back.as_str()),
            ("password", crate::support::PASSWORD),
            ("code", &code),
        ];
        let done = browser
            .portal
            .form_of(&form, "/reauthenticate", &fields)
            .await;
        assert_eq!(done.header("location"), back);
        let ticket = browser.portal.page(&back).await;
        let arrived = browser.open(ticket.header("location")).await;
        assert_eq!(arrived.header("location"), page);
        assert_eq!(browser.open(page).await.status, 200);
    }
}

#[tokio::test]
async fn a_code_does_not_open_what_takes_a_passkey() {
    let world = world();
    let (browser, _) = alice(&world, Proxy::Nginx).await;
    let away = browser.open("https://vault.example.com/").await;
    let first = browser.portal.page(own(away.header("location"))).await;
    let second = browser.portal.page(first.header("location")).await;
    second.leads_to("/mfa/passkeys/new");
}
