//! HOTP on a real store: the counter only grows, and two codes bring a phone back in step.

use countersign::authenticator::Kind;
use countersign::otp::{Algorithm, Digits, Hotp, Secret};
use countersign::session::Origin;
use countersign::{EnrollmentOptions, Method, Proof, Session};

use crate::support::{World, accepted, client, told};

const INVALID: &str = "InvalidCode { clock_offset: None }";

struct Key(Hotp);

impl Key {
    fn code(&self, counter: u64) -> String {
        self.0.code(counter).text().to_string()
    }
}

/// A user whose one authenticator is a HOTP, confirmed by its code of counter 0.
async fn enroll(world: &World) -> (Key, Session) {
    world.add_user("alice").await;
    let session = world.sign_in("alice").await;
    let options = EnrollmentOptions {
        kind: Kind::Hotp,
        ..EnrollmentOptions::default()
    };
    let begun = accepted(
        world
            .mfa
            .begin_enrollment(&session, options, Origin::default())
            .await
            .unwrap(),
    );
    assert!(
        begun.uri().starts_with("otpauth://hotp/") && begun.uri().contains("counter=0"),
        "{}",
        begun.uri()
    );
    let secret = Secret::from_base32(begun.secret()).unwrap();
    let key = Key(Hotp::new(&secret, Algorithm::Sha1, Digits::SIX));
    let confirmed = accepted(
        world
            .mfa
            .confirm_enrollment(&session, &key.code(0), client())
            .await
            .unwrap(),
    );
    let session = world
        .mfa
        .session(&confirmed.session)
        .await
        .unwrap()
        .unwrap();
    (key, session)
}

async fn attempt(world: &World, proof: Proof) -> String {
    let pending = world.pending("alice").await;
    told(
        &world
            .mfa
            .second_step(&pending, proof, client())
            .await
            .unwrap(),
    )
}

#[tokio::test]
async fn a_counter_is_consumed_with_all_before_it() {
    let world = World::new();
    let (key, _) = enroll(&world).await;
    assert_eq!(
        attempt(&world, Proof::code(key.code(0))).await,
        INVALID,
        "the confirming one"
    );
    assert_eq!(attempt(&world, Proof::code(key.code(4))).await, "accepted");
    for used in 1..=4 {
        assert_eq!(
            attempt(&world, Proof::code(key.code(used))).await,
            INVALID,
            "{used}"
        );
        world.clock.advance(world.policy.limits.code.span);
    }
    assert_eq!(attempt(&world, Proof::code(key.code(5))).await, "accepted");
}

#[tokio::test]
async fn the_look_ahead_ends_where_it_says() {
    let world = World::new();
    let (key, _) = enroll(&world).await;
    assert_eq!(attempt(&world, Proof::code(key.code(12))).await, INVALID);
    assert_eq!(attempt(&world, Proof::code(key.code(11))).await, "accepted");
}

#[tokio::test]
async fn two_consecutive_codes_resynchronize_in_one_attempt() {
    let world = World::new();
    let (key, _) = enroll(&world).await;
    assert_eq!(attempt(&world, Proof::code(key.code(80))).await, INVALID);
    assert_eq!(
        attempt(&world, Proof::codes(key.code(80), key.code(82))).await,
        INVALID,
        "not consecutive"
    );
    assert_eq!(
        attempt(&world, Proof::codes(key.code(80), key.code(81))).await,
        "accepted"
    );
    assert_eq!(
        attempt(&world, Proof::codes(key.code(80), key.code(81))).await,
        INVALID,
        "again"
    );
    assert_eq!(attempt(&world, Proof::code(key.code(82))).await, "accepted");
}

#[tokio::test]
async fn of_two_authenticators_a_code_of_either_passes_and_the_last_used_is_offered_first() {
    let world = World::new();
    let (key, session) = enroll(&world).await;
    let (phone, _, _) = world.enroll_with(&session).await;
    world.next_step();
    assert_eq!(attempt(&world, Proof::code(key.code(1))).await, "accepted");
    let countersign::FirstStep::SecondStep { methods, .. } =
        world.first_step("alice", client()).await
    else {
        panic!()
    };
    assert_eq!(methods, [Method::Hotp, Method::Totp, Method::BackupCode]);
    world.next_step();
    assert_eq!(
        attempt(&world, Proof::code(phone.code_at(world.seconds()))).await,
        "accepted"
    );
    let countersign::FirstStep::SecondStep { methods, .. } =
        world.first_step("alice", client()).await
    else {
        panic!()
    };
    assert_eq!(methods, [Method::Totp, Method::Hotp, Method::BackupCode]);
}
