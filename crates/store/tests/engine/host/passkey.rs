//! Passkeys of an application's users, by an authenticator that others wrote.

use std::time::Duration;

use countersign::audit::{Actor, Event, Outcome, Reason};
use countersign::id::AuthenticatorId;
use countersign::session::Origin;
use countersign::webauthn::AuthenticationResponse;
use countersign::{
    AttestationPolicy, BegunPasskey, Client, Method, Proof, TrustedModels, Verdict, Verified,
};

use super::key::Key;
use super::{Shop, user};
use crate::support::{accepted, told};

async fn begin(shop: &Shop, id: &str, proof: Option<&str>) -> Verdict<BegunPasskey> {
    let host = shop.host();
    let shown = ("alice", Some("Alice Liddell"));
    let begun = host.begin_passkey(user(id), shown, None, proof, None);
    begun.await.unwrap()
}

/// A user with a passkey.
async fn enroll(shop: &Shop, id: &str, proof: Option<&str>) -> (AuthenticatorId, Key) {
    let mut key = Key::new();
    let begun = accepted(begin(shop, id, proof).await);
    let response = key.create(&begun.options).await;
    let host = shop.host();
    let enrolled = host
        .confirm_passkey(user(id), begun.id, response.clone())
        .await;
    let enrolled = accepted(enrolled.unwrap());
    assert_eq!(enrolled.authenticator, begun.id);
    (begun.id, key)
}

/// The id of a challenge, and the answer to it.
async fn answer(shop: &Shop, id: &str, key: &mut Key) -> (String, AuthenticationResponse) {
    let challenge = accepted(shop.host().challenge(user(id)).await.unwrap());
    let response = key.sign(&challenge.options.unwrap()).await;
    (challenge.id, response)
}

async fn verify(
    shop: &Shop,
    id: &str,
    challenge: Option<&str>,
    response: AuthenticationResponse,
) -> Verdict<Verified> {
    let (host, context) = (shop.host(), Client::default());
    let verified = host.verify(user(id), Proof::passkey(response), challenge, context);
    verified.await.unwrap()
}

#[tokio::test]
async fn it_is_enrolled_and_verifies_and_proves() {
    let shop = Shop::new().await;
    let mut key = Key::new();
    let begun = accepted(begin(&shop, "c_1", None).await);
    let response = key.create(&begun.options).await;
    let (host, alice) = (shop.host(), user("c_1"));
    let confirm = async |id| {
        host.confirm_passkey(alice, id, response.clone())
            .await
            .unwrap()
    };
    let other = AuthenticatorId::from_bytes([7; 16]);
    assert_eq!(told(&confirm(other).await), "NoPendingSetup");
    let enrolled = accepted(confirm(begun.id).await);
    assert_eq!(
        (enrolled.authenticator, &*enrolled.label),
        (begun.id, "Passkey")
    );
    assert_eq!(enrolled.backup_codes.unwrap().reveal().count(), 10);
    assert_eq!(told(&confirm(begun.id).await), "NoPendingSetup");
    let methods = host.user(alice).await.unwrap().methods;
    assert_eq!(methods[0], Method::Passkey);

    let (challenge, response) = answer(&shop, "c_1", &mut key).await;
    let verified = accepted(verify(&shop, "c_1", Some(&challenge), response.clone()).await);
    assert_eq!(verified.acceptance.authenticator(), Some(begun.id));
    let again = verify(&shop, "c_1", Some(&challenge), response).await;
    assert_eq!(told(&again), "ChallengeUsed");

    assert_eq!(told(&begin(&shop, "c_1", None).await), "ProofRequired");
    let proof = verified.proof.reveal();
    enroll(&shop, "c_1", Some(&proof)).await;
    assert_eq!(
        told(&begin(&shop, "c_1", Some(&proof)).await),
        "ProofRequired"
    );

    let rows = shop.events().await;
    let by_key = Actor::Host(Some(shop.caller.id()));
    for event in [
        Event::EnrollmentBegun,
        Event::EnrollmentConfirmed,
        Event::Verification,
    ] {
        let found = rows.iter().find(|row| {
            row.event == event
                && row.outcome == Outcome::Success
                && row.authenticator == Some(begun.id)
        });
        let row = found.unwrap();
        assert_eq!((row.actor, row.reason), (by_key, Some(Reason::Passkey)));
    }
}

#[tokio::test]
async fn a_challenge_is_one_users_and_named_by_its_id() {
    let shop = Shop::new().await;
    let (_, mut alices) = enroll(&shop, "c_1", None).await;
    let (_, mut bobs) = enroll(&shop, "c_2", None).await;
    let (alice, response) = answer(&shop, "c_1", &mut alices).await;
    let (bob, bobs_response) = answer(&shop, "c_2", &mut bobs).await;

    // The answer of one at the other's door, under either name or none.
    for challenge in [Some(&*alice), Some(&*bob), None] {
        let foreign = verify(&shop, "c_2", challenge, response.clone()).await;
        assert_eq!(told(&foreign), "ChallengeExpired");
    }
    for wrong in [&*bob, "", "chl_", "nonsense"] {
        let named = verify(&shop, "c_1", Some(wrong), response.clone()).await;
        assert_eq!(told(&named), "ChallengeExpired", "{wrong}");
    }
    accepted(verify(&shop, "c_1", Some(&alice), response).await);

    shop.world.clock.advance(Duration::from_mins(5));
    let over = verify(&shop, "c_2", Some(&bob), bobs_response).await;
    assert_eq!(told(&over), "ChallengeExpired");
}

#[tokio::test]
async fn the_passkey_of_another_user_is_none() {
    let shop = Shop::new().await;
    let (_, mut alices) = enroll(&shop, "c_1", None).await;
    enroll(&shop, "c_2", None).await;
    // Signed by alice's key, over the challenge that was made for bob.
    let challenge = accepted(shop.host().challenge(user("c_2")).await.unwrap());
    let mine = accepted(shop.host().challenge(user("c_1")).await.unwrap());
    let mut options = serde_json::json!(mine.options.unwrap());
    options["challenge"] = serde_json::json!(challenge.options.unwrap())["challenge"].clone();
    let response = alices.sign_any(&options).await;
    let foreign = verify(&shop, "c_2", Some(&challenge.id), response).await;
    assert_eq!(told(&foreign), "InvalidPasskey");
}

#[tokio::test]
async fn an_enrollments_answer_is_to_its_own_beginning() {
    let shop = Shop::new().await;
    let old = accepted(begin(&shop, "c_1", None).await);
    let new = accepted(begin(&shop, "c_1", None).await);
    let bobs = accepted(begin(&shop, "c_2", None).await);
    let (host, alice) = (shop.host(), user("c_1"));
    let mut key = Key::new();
    let response = key.create(&old.options).await;
    for (id, refusal) in [
        (old.id, "NoPendingSetup"),
        (new.id, "ChallengeExpired"),
        (bobs.id, "NoPendingSetup"),
    ] {
        let refused = host
            .confirm_passkey(alice, id, response.clone())
            .await
            .unwrap();
        assert_eq!(told(&refused), refusal);
    }
    let response = Key::new().create(&new.options).await;
    let theirs = host
        .confirm_passkey(user("c_2"), new.id, response.clone())
        .await;
    assert_eq!(told(&theirs.unwrap()), "NoPendingSetup");
    shop.world.clock.advance(Duration::from_mins(5));
    let over = host.confirm_passkey(alice, new.id, response.clone()).await;
    assert_eq!(told(&over.unwrap()), "NoPendingSetup");
    assert!(!host.user(alice).await.unwrap().enrolled);
}

#[tokio::test]
async fn who_has_the_first_factor_only_cannot_finish_beside_a_passkey() {
    let shop = Shop::new().await;
    let (id, phone) = accepted(shop.begin("c_1", None).await);
    enroll(&shop, "c_1", None).await;
    let code = shop.code(&phone);
    let planted = shop.host();
    let planted = planted.confirm_enrollment(user("c_1"), id, &code).await;
    assert_eq!(told(&planted.unwrap()), "NoPendingSetup");
}

/// The same policy as at an enrollment by a session.
#[tokio::test]
async fn what_is_trusted_is_asked_of_an_applications_users_too() {
    let shop = Shop::new().await;
    let none = AttestationPolicy::Required(TrustedModels::default());
    let mfa = shop.world.beside_attested(none);
    let shown = ("alice", None);
    let host = mfa.host(Origin::default());
    let begun = host.begin_passkey(user("c_1"), shown, None, None, None);
    let begun = accepted(begun.await.unwrap());
    let options = serde_json::to_value(&begun.options).unwrap();
    assert_eq!(options["attestation"], "direct");
    let response = Key::new().create(&begun.options).await;
    let refused = host.confirm_passkey(user("c_1"), begun.id, response.clone());
    assert_eq!(told(&refused.await.unwrap()), "AuthenticatorNotAllowed");
    let failed = shop.events().await.into_iter().any(|row| {
        (row.event, row.outcome, row.reason)
            == (
                Event::EnrollmentConfirmed,
                Outcome::Failure,
                Some(Reason::NoAttestation),
            )
    });
    assert!(failed, "it is recorded");
    // Nothing was used up.
    let host = shop.host();
    let enrolled = host.confirm_passkey(user("c_1"), begun.id, response).await;
    accepted(enrolled.unwrap());
}
