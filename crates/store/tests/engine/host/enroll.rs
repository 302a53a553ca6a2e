//! Enrolling and managing: the application's word, and the user's proof beside it.

use countersign::audit::{Actor, Event, Reason};
use countersign::{EnrollmentOptions, Policy, Proof};

use super::{INVALID, Shop, user};
use crate::support::{accepted, told};

#[tokio::test]
async fn a_second_authenticator_takes_a_proof_of_the_first_which_works_once() {
    let shop = Shop::new().await;
    let nobody = shop.host().user(user("c_1")).await.unwrap();
    assert!(!nobody.enrolled && nobody.methods.is_empty());

    let (_, phone, codes) = shop.enroll("c_1", None).await;
    assert_eq!(codes.len(), 10);
    let held = shop.host().user(user("c_1")).await.unwrap();
    assert!(held.enrolled && !held.suspended && held.backup_codes_left == 10);

    assert_eq!(told(&shop.begin("c_1", None).await), "ProofRequired");
    for none in ["", "nonsense", phone.base32.as_str()] {
        assert_eq!(told(&shop.begin("c_1", Some(none)).await), "ProofRequired");
    }
    let proof = shop.proof("c_1", &phone).await;
    let (_, second, none) = shop.enroll("c_1", Some(&proof)).await;
    assert!(none.is_empty(), "there is a set");
    assert_eq!(
        told(&shop.begin("c_1", Some(&proof)).await),
        "ProofRequired"
    );
    shop.world.next_step();
    for phone in [&phone, &second] {
        accepted(shop.verify("c_1", Proof::code(shop.code(phone))).await);
    }
}

#[tokio::test]
async fn a_proof_is_one_users_and_good_for_five_minutes() {
    let shop = Shop::new().await;
    let (_, alices, _) = shop.enroll("c_1", None).await;
    let (_, bobs, _) = shop.enroll("c_2", None).await;
    let alice = shop.proof("c_1", &alices).await;
    let bob = shop.proof("c_2", &bobs).await;
    assert_eq!(told(&shop.begin("c_1", Some(&bob)).await), "ProofRequired");
    accepted(shop.begin("c_2", Some(&bob)).await);
    shop.world.clock.advance(std::time::Duration::from_mins(5));
    assert_eq!(
        told(&shop.begin("c_1", Some(&alice)).await),
        "ProofRequired"
    );
}

#[tokio::test]
async fn the_code_that_confirms_is_used_by_it_and_a_wrong_one_confirms_nothing() {
    let shop = Shop::new().await;
    let (id, phone) = accepted(shop.begin("c_1", None).await);
    let wrong = phone.wrong_code(shop.world.seconds());
    let (host, alice) = (shop.host(), user("c_1"));
    let confirm = async |code: &str| host.confirm_enrollment(alice, id, code).await.unwrap();
    assert_eq!(told(&confirm(&wrong).await), INVALID);
    assert_eq!(told(&confirm("letters").await), "MalformedCode");
    let other = host.confirm_enrollment(user("c_2"), id, &wrong).await;
    assert_eq!(told(&other.unwrap()), "NoPendingSetup");
    let code = shop.code(&phone);
    // What is not there to confirm is not judged, and counts for nothing.
    let unknown = countersign::id::AuthenticatorId::from_bytes([7; 16]);
    for _ in 0..5 {
        let confirmed = host.confirm_enrollment(alice, unknown, &code).await;
        assert_eq!(told(&confirmed.unwrap()), "NoPendingSetup");
    }
    accepted(confirm(&code).await);
    assert_eq!(told(&confirm(&code).await), "NoPendingSetup");
    let again = shop.verify("c_1", Proof::code(code)).await;
    assert_eq!(told(&again), "CodeAlreadyUsed");
}

#[tokio::test]
async fn revoking_and_new_backup_codes_take_a_proof_and_renaming_does_not() {
    let shop = Shop::new().await;
    let (id, phone, old) = shop.enroll("c_1", None).await;
    let (host, alice) = (shop.host(), user("c_1"));
    accepted(host.rename(alice, id, "Telefon").await.unwrap());
    let listed = accepted(host.authenticators(alice).await.unwrap());
    assert_eq!(listed[0].label, "Telefon");
    let revoked = host.revoke(alice, id, None).await.unwrap();
    assert_eq!(told(&revoked), "ProofRequired");
    let replaced = host.replace_backup_codes(alice, None, None).await;
    assert_eq!(told(&replaced.unwrap()), "ProofRequired");
    let proof = shop.proof("c_1", &phone).await;
    let replaced = host.replace_backup_codes(alice, Some(&proof), None).await;
    let new: Vec<String> = accepted(replaced.unwrap())
        .reveal()
        .map(str::to_owned)
        .collect();
    let void = shop.verify("c_1", Proof::backup_code(&*old[0])).await;
    assert_eq!(told(&void), INVALID);
    // A backup code is a proof as well.
    let verified = accepted(shop.verify("c_1", Proof::backup_code(&*new[0])).await);
    assert_eq!(verified.backup_codes_left, Some(9));
    let proof = verified.proof.reveal();
    accepted(host.revoke(alice, id, Some(&proof)).await.unwrap());
    assert!(!host.user(alice).await.unwrap().enrolled);
    // Nothing is left to prove.
    shop.enroll("c_1", None).await;
}

#[tokio::test]
async fn a_reset_ends_proofs_and_takes_none() {
    let shop = Shop::new().await;
    let (_, phone, _) = shop.enroll("c_1", None).await;
    let proof = shop.proof("c_1", &phone).await;
    assert_eq!(accepted(shop.host().reset(user("c_1")).await.unwrap()), 1);
    shop.enroll("c_1", None).await;
    assert_eq!(
        told(&shop.begin("c_1", Some(&proof)).await),
        "ProofRequired"
    );
    let unknown = shop.host().reset(user("c_2")).await.unwrap();
    assert_eq!(told(&unknown), "NotFound");
}

#[tokio::test]
async fn an_application_that_answers_for_freshness_itself_needs_no_proof() {
    let policy = Policy {
        host_proof: false,
        ..Policy::default()
    };
    let shop = Shop::with_policy(policy).await;
    shop.enroll("c_1", None).await;
    shop.world.next_step();
    shop.enroll("c_1", None).await;
    assert_eq!(
        shop.host().user(user("c_1")).await.unwrap().methods.len(),
        2
    );
}

#[tokio::test]
async fn every_row_says_which_key_acted() {
    let shop = Shop::new().await;
    let (_, phone, _) = shop.enroll("c_1", None).await;
    shop.proof("c_1", &phone).await;
    let rows = shop.events().await;
    let by_key = Actor::Host(Some(shop.caller.id()));
    assert_eq!(by_key.text(), format!("key:{}", shop.caller.id()));
    for (event, reason) in [
        (Event::UserCreated, Some(Reason::ByHost)),
        (Event::EnrollmentBegun, None),
        (Event::EnrollmentConfirmed, Some(Reason::Code)),
        (Event::Verification, Some(Reason::Code)),
    ] {
        let row = rows.iter().find(|row| row.event == event).unwrap();
        assert_eq!((row.actor, row.reason), (by_key, reason), "{event:?}");
        assert_eq!(row.user_id.as_ref(), Some(user("c_1")), "{event:?}");
    }
    // The program around the engine has no key.
    shop.world.next_step();
    let host = shop.world.mfa.host(countersign::session::Origin::default());
    let options = EnrollmentOptions::default();
    let begun = host.begin_enrollment(user("c_2"), "bob", options, None, None);
    accepted(begun.await.unwrap());
    let rows = shop.events().await;
    assert_eq!(rows.last().unwrap().actor, Actor::Host(None));
}

#[tokio::test]
async fn what_cannot_be_an_account_makes_no_user() {
    let shop = Shop::new().await;
    for account in ["", "a:b", "a\u{7}b", &"x".repeat(65)] {
        let options = EnrollmentOptions::default();
        let host = shop.host();
        let begun = host.begin_enrollment(user("c_1"), account, options, None, None);
        assert_eq!(told(&begun.await.unwrap()), "AccountNameInvalid");
    }
    let users = accepted(shop.host().users(None, 10).await.unwrap());
    assert!(users.is_empty());
    // Two users of the application may show the same, and neither can sign in by it.
    shop.enroll("c_1", None).await;
    shop.enroll("c_2", None).await;
    let users = accepted(shop.host().users(None, 10).await.unwrap());
    assert_eq!(users.len(), 2);
    shop.world.add_user("alice").await;
    shop.world.sign_in("alice").await;
}
