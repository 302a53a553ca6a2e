//! When something that the product stands on fails: an error status, never a session (rule 6).

use std::sync::Arc;
use std::time::Duration;

use axum::http::Method;
use countersign::Countersign;
use countersign::error::{Error, Inconsistent, StoreFailure, Unavailable, VaultFailure};
use countersign::port::store::{
    Admission, Admit, Change, Changed, Found, Read, Settle, Settled, Store,
};
use countersign::vault::Keyring;
use countersign_http::{PublicUrl, Site, standalone};
use countersign_testkit::{TestClock, TestRandom};

use crate::support::{Client, World};

type How = fn() -> Error;

/// A store that fails in one way, whatever it is asked.
struct Broken(How);

impl Store for Broken {
    async fn admit(&self, _: Admit) -> Result<Admission, Error> {
        Err(self.0())
    }

    async fn settle(&self, _: Settle) -> Result<Settled, Error> {
        Err(self.0())
    }

    async fn change(&self, _: Change) -> Result<Changed, Error> {
        Err(self.0())
    }

    async fn read(&self, _: Read) -> Result<Found, Error> {
        Err(self.0())
    }
}

fn broken(how: How) -> Client {
    let world = World::new();
    let (clock, random) = (
        Arc::new(TestClock::default()),
        Arc::new(TestRandom::default()),
    );
    let keyring = Keyring::generate(world.mfa.now(), &*random).unwrap();
    let mfa = Countersign::builder(Broken(how), &keyring)
        .clock(clock)
        .randomness(random)
        .spawn(crate::support::Runtime)
        .build()
        .unwrap();
    let mut client = world.client();
    let mut site = Site::new(PublicUrl::parse("https://login.example.com").unwrap());
    site.address_limit = 0;
    client.router = standalone(mfa, site);
    for name in ["session", "login"] {
        client.keep(&format!("__Host-countersign-{name}"), &"A".repeat(54));
    }
    client
}

#[tokio::test]
async fn each_failure_has_its_status_and_lets_nobody_in() {
    let failures: [(How, u16, &str); 7] = [
        (|| StoreFailure::Closed.into(), 503, "store_unavailable"),
        (|| StoreFailure::Full.into(), 503, "store_unavailable"),
        (|| Unavailable::Clock.into(), 503, "clock_wrong"),
        (|| VaultFailure::Tampered.into(), 503, "secret_unavailable"),
        (|| Unavailable::Interrupted.into(), 503, "unavailable"),
        (|| Unavailable::Randomness.into(), 503, "unavailable"),
        (
            || {
                let (table, column) = ("session", "level");
                Inconsistent { table, column }.into()
            },
            500,
            "internal",
        ),
    ];
    for (how, status, code) in failures {
        let client = broken(how);
        for answer in [
            client.get("/session").await,
            client.login("alice").await,
            client.second_step("123456").await,
            client.post("/mfa/setup", "").await,
        ] {
            answer.problem(status, code);
            assert!(answer.set_cookies().is_empty());
            assert!(!answer.text().contains("level"));
        }
        let page = client.page("/mfa").await;
        assert_eq!(page.status, status);
        assert!(page.is_page());
    }
}

#[tokio::test]
async fn too_busy_says_when_to_come_back() {
    let client = broken(|| {
        let retry_after = Duration::from_millis(1200);
        Unavailable::Busy { retry_after }.into()
    });
    let answer = client.login("alice").await;
    answer.problem(503, "busy");
    assert_eq!(answer.header("retry-after"), "2");
}

#[tokio::test]
async fn a_bug_is_an_answer_too() {
    let client = broken(|| panic!("a bug that tells a secret"));
    let answer = client.get("/session").await;
    answer.problem(500, "internal");
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert!(!answer.text().contains("secret"));
    let page = client.page("/mfa").await;
    page.shows(500, "Something went wrong");
    client.login("alice").await.problem(503, "unavailable");
}

#[tokio::test]
async fn what_cannot_be_recorded_is_refused_all_the_same() {
    let client = broken(|| StoreFailure::Closed.into());
    let request = client.request(Method::POST, "/logout");
    let request = request.header("origin", "https://evil.example");
    let answer = request.json("").send().await;
    answer.problem(503, "store_unavailable");
}
