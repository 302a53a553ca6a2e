//! `/`, assets, problem pages, and what stands at well-known places.

use countersign_http::problem;

use crate::support::World;

#[tokio::test]
async fn the_root_leads_in() {
    let world = World::new();
    world.client().page("/").await.leads_to("/login");
    let client = world.signed_in("alice").await;
    client.page("/").await.leads_to("/mfa");
}

#[tokio::test]
async fn well_known_places() {
    let world = World::new();
    let client = world.client();
    let change = client.get("/.well-known/change-password").await;
    change.leads_to("/password");
    let robots = client.get("/robots.txt").await;
    assert_eq!(robots.text(), "User-agent: *\nDisallow: /\n");
    assert_eq!(robots.header("content-type"), "text/plain; charset=utf-8");
}

#[tokio::test]
async fn only_what_has_a_hash_in_its_address_is_kept() {
    let world = World::new();
    let client = world.client();
    let page = client.page("/login").await;
    let immutable = "public, max-age=31536000, immutable";
    for kind in ["/assets/app.css?v=", "/assets/app.js?v="] {
        let start = page.text().find(kind).unwrap();
        let path = page.text()[start..].split('"').next().unwrap();
        let asset = client.get(path).await;
        assert_eq!(asset.status, 200);
        assert_eq!(asset.header("cache-control"), immutable);
        let bare = client.get(path.split('?').next().unwrap()).await;
        assert_eq!(bare.header("cache-control"), "no-store");
        let other = client.get(&format!("{path}0")).await;
        assert_eq!(other.header("cache-control"), "no-store");
    }
    let font = client.get("/assets/atkinson-mono-latin.woff2").await;
    assert_eq!(font.header("content-type"), "font/woff2");
    assert_eq!(font.header("cache-control"), immutable);
    assert_eq!(page.header("cache-control"), "no-store");
    for name in ["nothing.css", "../Cargo.toml", "%2e%2e%2fCargo.toml", ""] {
        let answer = client.get(&format!("/assets/{name}")).await;
        answer.problem(404, "not_found");
    }
}

#[tokio::test]
async fn every_problem_type_leads_to_its_page() {
    let world = World::new();
    let client = world.client();
    for row in problem::catalogue() {
        let page = client.page(&row.address()).await;
        page.shows(200, row.code);
        let answer = client.get(&row.address()).await.json();
        assert_eq!(answer["type"], row.address());
        let kinds = answer["kinds"].as_array().unwrap();
        assert!(kinds.iter().any(|kind| kind["status"] == row.status));
    }
    client
        .get("/problems/nothing")
        .await
        .problem(404, "not_found");
}

#[tokio::test]
async fn help_for_the_locked_out_leads_back_into_the_second_step() {
    let world = World::new();
    world.enrolled("alice").await;
    let page = world.client().page("/lost-access").await;
    page.shows(200, "Back to sign-in");
    let client = world.pending("alice").await;
    let page = client.page("/lost-access").await;
    page.shows(200, "Back to the second step");
    client
        .get("/lost-access")
        .await
        .problem(406, "not_acceptable");
}
