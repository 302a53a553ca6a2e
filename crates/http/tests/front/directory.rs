//! The routes inside an application that keeps the names and passwords.

use std::sync::Arc;

use axum::Router;
use axum::routing::get;
use countersign::Countersign;
use countersign::port::directory::{DirectoryFailed, DirectoryUser, UserDirectory};
use countersign::user::{UserId, UserName};
use countersign::vault::Keyring;
use countersign_http::router;
use countersign_store::{Options, SqliteStore};
use countersign_testkit::TestRandom;

use crate::support::{Client, PASSWORD, Runtime, World};

/// Its table: alice, whose id is 42. Of `broken` it cannot say anything.
struct Table;

fn alice() -> DirectoryUser {
    DirectoryUser {
        id: UserId::parse("42").unwrap(),
        name: UserName::parse("alice").unwrap(),
    }
}

impl UserDirectory for Table {
    async fn authenticate(
        &self,
        name: &str,
        password: &str,
    ) -> Result<Option<DirectoryUser>, DirectoryFailed> {
        match name {
            "broken" => Err(DirectoryFailed),
            name => Ok((name == "alice" && password == PASSWORD).then(alice)),
        }
    }

    async fn find(&self, user: &UserId) -> Result<Option<DirectoryUser>, DirectoryFailed> {
        Ok((user.as_str() == "42").then(alice))
    }
}

/// The application, and a world for its clock.
fn application() -> (World, Client, Countersign, tempfile::TempDir) {
    let (world, folder) = (World::new(), tempfile::tempdir().unwrap());
    let random = Arc::new(TestRandom::seeded(9));
    let keyring = Keyring::generate(world.mfa.now(), &*random).unwrap();
    let store = SqliteStore::open(&folder.path().join("store.db"), Options::default()).unwrap();
    let mfa = Countersign::builder(store, &keyring)
        .realm(world.mfa.realm().clone())
        .clock(Arc::clone(&world.clock))
        .randomness(random)
        .spawn(Runtime)
        .timer(tokio::time::sleep)
        .directory(Table)
        .build()
        .unwrap();
    let app = Router::new()
        .route("/", get(async || "the application"))
        .merge(router(mfa.clone(), world.site.clone()));
    let client = world.client().before(app);
    (world, client, mfa, folder)
}

#[tokio::test]
async fn its_users_sign_in_on_our_pages_in_two_steps() {
    let (world, client, _, _folder) = application();
    assert_eq!(client.get("/").await.text(), "the application");
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let answer = client.form("/login", "/login", &fields).await;
    assert_eq!(answer.status, 303);
    let session = client.get("/session").await;
    assert_eq!(session.json()["user"]["id"], "42");
    let (phone, _) = world.enroll(&client).await;

    world.pass(30);
    let again = client.twin();
    again.cookies.lock().unwrap().clear();
    assert_eq!(again.login("alice").await.json()["requires_mfa"], true);
    again.get("/session").await.problem(401, "session_required");
    let done = again.second_step(&phone.code(world.seconds())).await;
    assert_eq!(done.status, 200, "{}", done.text());

    world.pass(600);
    let proof = |password: &str| {
        let code = phone.code(world.seconds());
        serde_json::json!({ "password": password, "code": code }).to_string()
    };
    let wrong = again.post("/reauthenticate", proof("wrong")).await;
    wrong.problem(401, "invalid_credentials");
    let fresh = again.post("/reauthenticate", proof(PASSWORD)).await;
    assert_eq!(fresh.status, 200, "{}", fresh.text());
}

#[tokio::test]
async fn refusals_look_alike_and_no_answer_is_none() {
    let (_world, client, mfa, _folder) = application();
    client.login("alice").await;
    let stranger = || {
        let stranger = client.twin();
        stranger.cookies.lock().unwrap().clear();
        stranger
    };
    let mut answers = vec![
        stranger().login_with("alice", "wrong").await,
        stranger().login_with("nobody", PASSWORD).await,
        stranger().login_with("alice", "").await,
    ];
    let off = mfa.operator().set_enabled("alice", false).await.unwrap();
    assert!(matches!(off, countersign::Verdict::Accepted(())));
    answers.push(stranger().login("alice").await);
    let told: Vec<_> = answers
        .iter()
        .map(|answer| {
            let id = answer.header("x-request-id").to_owned();
            assert!(answer.set_cookies().is_empty());
            (answer.status, answer.text().replace(&id, "ID"))
        })
        .collect();
    assert_eq!(told[0].0, 401);
    assert!(told.iter().all(|one| *one == told[0]), "{told:#?}");
    let undecided = stranger().login("broken").await;
    undecided.problem(503, "directory_unavailable");
    assert!(undecided.set_cookies().is_empty());
}

#[tokio::test]
async fn no_page_leads_to_a_password_that_is_not_here() {
    let (_world, client, _, _folder) = application();
    client.login("alice").await;
    let account = client.page("/mfa").await;
    account.shows(200, "Recent activity");
    assert!(!account.text().contains("/password"));
    assert_eq!(client.page("/password").await.status, 409);
    let body = serde_json::json!({ "current": PASSWORD, "new": "another horse battery" });
    let refused = client.post("/password", body.to_string()).await;
    refused.problem(409, "password_elsewhere");
    let link = format!("/setup/{}", "A".repeat(54));
    let body = serde_json::json!({ "username": "bob", "password": PASSWORD });
    let refused = client.post(&link, body.to_string()).await;
    refused.problem(409, "password_elsewhere");
}
