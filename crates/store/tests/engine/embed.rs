//! The engine inside a program that has its own users: named after what is enrolled.

use std::net::IpAddr;

use countersign::clock::{Randomness as _, Timestamp};
use countersign::otp::Digits;
use countersign::port::Work;
use countersign::session::Origin;
use countersign::user::UserId;
use countersign::{Client, Countersign, NotAccepted, Proof, Refusal, Verdict};
use countersign_store::{Options, SqliteStore};

use crate::host::Key;
use crate::support::{Phone, World, accepted, told};

fn alice() -> &'static UserId {
    Box::leak(Box::new(UserId::parse("42").unwrap()))
}

/// A phone and the backup codes of the first enrollment.
async fn enroll(world: &World) -> (Phone, Vec<String>) {
    let setup = world.mfa.totp().begin_enrollment(alice(), "alice").await;
    let setup = accepted(setup.unwrap());
    let phone = Phone {
        base32: setup.secret().to_owned(),
    };
    let code = phone.code_at(world.seconds());
    let confirmed = world.mfa.totp().confirm(alice(), setup.id(), &code);
    let codes = accepted(confirmed.await.unwrap()).backup_codes.unwrap();
    (phone, codes.reveal().map(str::to_owned).collect())
}

#[tokio::test]
async fn a_setup_is_shown_in_each_form_and_confirmed_once() {
    let world = World::new();
    let beginning = world.mfa.totp().label("Phone").digits(Digits::EIGHT);
    let setup = accepted(beginning.begin_enrollment(alice(), "alice").await.unwrap());
    assert_eq!((setup.label(), setup.digits()), ("Phone", Digits::EIGHT));
    assert!(setup.uri().contains(setup.secret()), "{}", setup.account());
    assert!(setup.qr_svg().unwrap().starts_with("<svg"));
    assert!(setup.qr_png().unwrap().starts_with(b"\x89PNG"));
    let (_, codes) = enroll(&world).await;
    assert_eq!(codes.len(), 10);
    assert_eq!(world.mfa.backup_codes().left(alice()).await.unwrap(), 10);
}

#[tokio::test]
async fn a_second_authenticator_takes_the_proof_of_the_first() {
    let world = World::new();
    let (phone, _) = enroll(&world).await;
    let bare = world.mfa.hotp().begin_enrollment(alice(), "alice").await;
    assert_eq!(told(&bare.unwrap()), "ProofRequired");
    let bare = world.mfa.passkeys().begin(alice(), "alice").await;
    assert_eq!(told(&bare.unwrap()), "ProofRequired");
    let bare = world.mfa.backup_codes().replace(alice()).await;
    assert_eq!(told(&bare.unwrap()), "ProofRequired");
    world.next_step();
    let code = Proof::code(phone.code_at(world.seconds()));
    let context = Client::default();
    let verified = world.mfa.verify(alice(), code, &context);
    let proof = accepted(verified.await.unwrap()).proof;
    let begun = world.mfa.passkeys().proof(&proof).label("Key");
    let begun = accepted(begun.begin(alice(), "alice").await.unwrap());
    let response = Key::new().create(&begun.options).await;
    let finished = world.mfa.passkeys().finish(alice(), begun.id, response);
    let finished = accepted(finished.await.unwrap());
    assert_eq!(finished.label, "Key");
    assert!(finished.backup_codes.is_none());
    // The proof is used up.
    let again = world.mfa.backup_codes().proof(&proof).replace(alice());
    assert_eq!(told(&again.await.unwrap()), "ProofRequired");
}

#[tokio::test]
async fn a_passkey_answers_the_challenge_of_a_verification() {
    let world = World::new();
    let mut key = Key::new();
    let begun = world.mfa.passkeys().begin(alice(), "alice").await;
    let begun = accepted(begun.unwrap());
    let response = key.create(&begun.options).await;
    let finished = world.mfa.passkeys().finish(alice(), begun.id, response);
    assert!(accepted(finished.await.unwrap()).backup_codes.is_some());
    let challenge = accepted(world.mfa.challenge(alice()).await.unwrap());
    let answer = key.sign(&challenge.options.unwrap()).await;
    let verify = async || {
        let proof = Proof::passkey(answer.clone());
        let context = Client::default();
        let verified = world.mfa.verify(alice(), proof, &context);
        verified.await.unwrap()
    };
    let verified = accepted(verify().await);
    assert_eq!(verified.acceptance.authenticator(), Some(begun.id));
    assert_eq!(told(&verify().await), "ChallengeUsed");
}

#[tokio::test]
async fn a_known_device_keeps_its_budget_and_the_context_can_be_used_again() {
    let world = World::new();
    let (phone, _) = enroll(&world).await;
    world.next_step();
    let code = phone.code_at(world.seconds());
    let address: IpAddr = "192.0.2.7".parse().unwrap();
    let origin = Origin {
        address: Some(address),
        ..Origin::default()
    };
    let mut context = Client {
        origin,
        known: None,
    };
    let first = world.mfa.verify(alice(), Proof::code(&*code), &context);
    let device = accepted(first.await.unwrap()).device;
    let text = device.reveal();
    context.known = Some(device);
    world.next_step();
    let code = phone.code_at(world.seconds());
    let second = world.mfa.verify(alice(), Proof::code(&*code), &context);
    // It is known: no other is made.
    assert_eq!(accepted(second.await.unwrap()).device.reveal(), text);
    let again = world.mfa.verify(alice(), Proof::code(code), &context);
    let again = again.await.unwrap().into_result();
    assert!(matches!(
        again.err(),
        Some(NotAccepted::Refused(Refusal::CodeAlreadyUsed))
    ));
}

#[tokio::test]
async fn the_machine_is_wired_by_closures() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::new();
    let random = world.random.clone();
    let store = SqliteStore::open(&folder.path().join("app.db"), Options::default()).unwrap();
    let mfa = Countersign::builder(store, &world.keyring)
        .issuer("MyApp")
        .relying_party("example.com", ["https://www.example.com"])
        .clock(|| Timestamp::from_seconds(1_767_225_600))
        .randomness(move |buffer: &mut [u8]| random.fill(buffer))
        .spawn(|work: Work| {
            tokio::spawn(work);
        })
        .build()
        .unwrap();
    assert_eq!(mfa.realm().audience, "https://www.example.com");
    let setup = mfa.totp().begin_enrollment(alice(), "alice").await;
    let setup = accepted(setup.unwrap());
    assert!(setup.uri().contains("issuer=MyApp"), "{}", setup.issuer());
    let verdict = mfa.totp().confirm(alice(), setup.id(), "12345x").await;
    assert!(matches!(
        verdict.unwrap(),
        Verdict::Refused(Refusal::MalformedCode)
    ));
}
