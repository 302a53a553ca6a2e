//! Requests that are done once, whatever the network does.

use countersign::session::Origin;
use countersign::{EnrollmentOptions, Idempotency, Refusal, Verdict};

use super::{Shop, caller, user};
use crate::support::{accepted, told};

const BEGIN: Idempotency<'static> = Idempotency {
    key: "a1",
    route: "POST authenticators",
    request: b"{\"type\":\"totp\"}",
};

async fn begin(shop: &Shop, id: &str, once: Idempotency<'_>) -> Verdict<[u8; 16]> {
    let host = shop.host();
    let options = EnrollmentOptions::default();
    let begun = host.begin_enrollment(user(id), "alice", options, None, Some(once));
    begun.await.unwrap().map(|begun| *begun.id().as_bytes())
}

#[tokio::test]
async fn a_repeated_request_tells_what_it_made_and_gives_no_secret_again() {
    let shop = Shop::new().await;
    let made = accepted(begin(&shop, "c_1", BEGIN).await);
    let Verdict::Refused(Refusal::AlreadyCreated(told_again)) = begin(&shop, "c_1", BEGIN).await
    else {
        panic!("done again")
    };
    assert_eq!(told_again, made);
    let other = Idempotency {
        request: b"{\"type\":\"hotp\"}",
        ..BEGIN
    };
    let reused = begin(&shop, "c_1", other).await;
    assert_eq!(told(&reused), "IdempotencyKeyReused");

    // Of another user, another route, under another name: another request.
    accepted(begin(&shop, "c_2", BEGIN).await);
    let route = Idempotency {
        route: "POST elsewhere",
        ..BEGIN
    };
    accepted(begin(&shop, "c_1", route).await);
    accepted(begin(&shop, "c_1", Idempotency { key: "a2", ..BEGIN }).await);
    shop.world
        .clock
        .advance(std::time::Duration::from_hours(24));
    accepted(begin(&shop, "c_1", BEGIN).await);
}

#[tokio::test]
async fn a_name_is_one_callers() {
    let shop = Shop::new().await;
    accepted(begin(&shop, "c_1", BEGIN).await);
    let other = caller(&shop.world, countersign::api_key::Scopes::ALL).await;
    let host = shop.world.mfa.host_by(&other, Origin::default());
    let options = EnrollmentOptions::default();
    let begun = host.begin_enrollment(user("c_1"), "alice", options, None, Some(BEGIN));
    accepted(begun.await.unwrap());
}

#[tokio::test]
async fn a_refused_request_can_be_repeated_and_a_done_one_uses_no_second_proof() {
    let shop = Shop::new().await;
    let (_, phone, _) = shop.enroll("c_1", None).await;
    let (host, alice) = (shop.host(), user("c_1"));
    let replace = async |proof: &str| {
        let replaced = host.replace_backup_codes(alice, Some(proof), Some(BEGIN));
        replaced.await.unwrap()
    };
    let none = countersign::session::Token::parse("nonsense");
    assert!(none.is_none());
    assert_eq!(told(&replace("nonsense").await), "ProofRequired");
    let used = shop.proof("c_1", &phone).await;
    let bobs = shop.enroll("c_2", None).await.1;
    let theirs = shop.proof("c_2", &bobs).await;
    assert_eq!(told(&replace(&theirs).await), "ProofRequired");
    accepted(replace(&used).await);
    let proof = shop.proof("c_1", &phone).await;
    assert!(told(&replace(&proof).await).starts_with("AlreadyCreated"));
    shop.enroll("c_1", Some(&proof)).await;
}
