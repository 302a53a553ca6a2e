//! The gate before an application's own routes.

use std::time::Duration;

use axum::http::Method as Verb;
use axum::routing::get;
use axum::{Extension, Router};
use countersign::assurance::Level;
use countersign::{Method, Session};
use countersign_http::{PublicUrl, RequireMfa, Site, router};

use crate::support::{Answer, Client, World};

const PATH: &str = "/transfer";

async fn transfer(Extension(session): Extension<Session>) -> String {
    format!("{} {}", session.user_name(), session.assurance().acr())
}

/// The client before a route that this gate guards.
fn behind(world: &World, client: &Client, gate: RequireMfa) -> Client {
    let own = Router::new()
        .route(PATH, get(transfer).post(transfer))
        .layer(gate);
    client.before(own.merge(router(world.mfa.clone(), world.site.clone())))
}

fn gate(world: &World) -> RequireMfa {
    RequireMfa::new(world.mfa.clone(), world.site.clone())
}

/// Refused, with this challenge.
#[track_caller]
fn challenged(answer: &Answer, challenge: &str) {
    answer.problem(401, "insufficient_user_authentication");
    let expected = format!("Bearer error=\"insufficient_user_authentication\", {challenge}");
    assert_eq!(answer.header("www-authenticate"), expected);
    assert_eq!(answer.header("cache-control"), "no-store");
}

#[tokio::test]
async fn strangers_and_pending_logins_are_led_to_sign_in() {
    let world = World::new();
    let (_, _, _) = world.enrolled("alice").await;
    let pending = world.client();
    pending.login("alice").await;
    for client in [world.client(), pending] {
        let client = behind(&world, &client, gate(&world).level(Level::Aal1));
        client.get(PATH).await.problem(401, "session_required");
        client.page(PATH).await.leads_to("/login");
    }
}

#[tokio::test]
async fn one_factor_is_not_two() {
    let world = World::new();
    let client = world.signed_in("alice").await;
    let weak = behind(&world, &client, gate(&world).level(Level::Aal1));
    assert_eq!(weak.get(PATH).await.text(), "alice aal1");
    let strong = behind(&world, &client, gate(&world));
    challenged(&strong.get(PATH).await, "acr_values=\"aal2\"");
    // There is no second factor yet that a fresh proof could take.
    strong.page(PATH).await.leads_to("/mfa");
    let (_, _) = world.enroll(&client).await;
    let strong = behind(&world, &client, gate(&world));
    assert_eq!(strong.get(PATH).await.text(), "alice aal2");
    let highest = behind(&world, &client, gate(&world).level(Level::Aal3));
    challenged(&highest.get(PATH).await, "acr_values=\"aal3\"");
}

#[tokio::test]
async fn an_old_proof_is_asked_for_again() {
    let world = World::new();
    let (client, phone, _) = world.enrolled("alice").await;
    let gate = gate(&world).max_age(Duration::from_mins(5));
    world.pass(300);
    let guarded = behind(&world, &client, gate.clone());
    assert_eq!(guarded.get(PATH).await.status, 200);
    world.pass(1);
    let refused = guarded.get(PATH).await;
    challenged(&refused, "acr_values=\"aal2\", max_age=\"300\"");
    let page = guarded.page(PATH).await;
    page.leads_to("/reauthenticate?return_to=%2Fmfa&method=code");
    world.pass(30);
    let proof = serde_json::json!({
        "password": crate::support::PASSWORD,
        "code": phone.code(world.seconds()),
    });
    let proved = guarded.post("/reauthenticate", proof.to_string()).await;
    assert_eq!(proved.status, 200, "{}", proved.text());
    assert_eq!(guarded.get(PATH).await.status, 200);
}

#[tokio::test]
async fn a_method_is_told_from_another() {
    let world = World::new();
    let (client, _, codes) = world.enrolled("alice").await;
    let by_code = gate(&world).methods([Method::Totp, Method::Hotp]);
    let by_backup = gate(&world).methods([Method::BackupCode]);
    let by_passkey = gate(&world).methods([Method::Passkey]);
    let guarded = behind(&world, &client, by_passkey.clone());
    challenged(&guarded.get(PATH).await, "acr_values=\"phr\"");
    guarded.page(PATH).await.leads_to("/mfa");
    let guarded = behind(&world, &client, by_code.clone());
    assert_eq!(guarded.get(PATH).await.status, 200);
    let guarded = behind(&world, &client, by_backup.clone());
    challenged(&guarded.get(PATH).await, "acr_values=\"aal2\"");
    let page = guarded.page(PATH).await;
    page.leads_to("/reauthenticate?return_to=%2Fmfa&method=backup_code");
    let recovered = world.client();
    recovered.login("alice").await;
    let body = serde_json::json!({ "backup_code": codes[0] });
    let answer = recovered.post("/login/mfa", body.to_string()).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let guarded = behind(&world, &recovered, by_backup);
    assert_eq!(guarded.get(PATH).await.status, 200);
    for other in [by_code, by_passkey] {
        let guarded = behind(&world, &recovered, other);
        assert_eq!(guarded.get(PATH).await.status, 401);
    }
}

#[tokio::test]
async fn another_sites_request_and_another_name_do_not_pass() {
    let world = World::new();
    let (client, _, _) = world.enrolled("alice").await;
    let guarded = behind(&world, &client, gate(&world));
    let forged = guarded.request(Verb::POST, PATH);
    let forged = forged.header("origin", "https://evil.example");
    forged.send().await.problem(403, "cross_site");
    let own = guarded.request(Verb::POST, PATH);
    let own = own.header("origin", "https://login.example.com");
    assert_eq!(own.send().await.status, 200);
    let elsewhere = guarded.request(Verb::GET, PATH).host("evil.example");
    elsewhere.send().await.problem(421, "misdirected");
}

#[tokio::test]
async fn only_other_sites_requests_are_counted() {
    let mut site = Site::new(PublicUrl::parse("https://login.example.com").unwrap());
    site.address_limit = 20;
    let world = World::with(site);
    let (client, _, _) = world.enrolled("alice").await;
    let guarded = behind(&world, &client, gate(&world));
    let send = |origin| {
        let request = guarded.request(Verb::POST, PATH);
        request.header("origin", origin).send()
    };
    for _ in 0..30 {
        assert_eq!(send("https://login.example.com").await.status, 200);
    }
    let mut refused = 0;
    while send("https://evil.example").await.status == 403 {
        refused += 1;
        assert!(refused <= 20);
    }
    assert!(refused > 0);
}
