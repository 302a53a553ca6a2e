//! The main job on a real store: enroll, sign in, lose the phone, get in with a backup code.

use crate::support::{PASSWORD, World, accepted, client, told};
use countersign::assurance::Level;
use countersign::clock::Timestamp;
use countersign::session::Origin;
use countersign::{EnrollmentOptions, FirstStep, Method, Password, Proof, Refusal, Verdict};

#[tokio::test]
async fn a_person_enrolls_signs_in_and_gets_in_without_the_phone() {
    let world = World::new();
    let (phone, codes, session) = world.enroll("alice").await;
    assert_eq!((codes.len(), session.assurance().level), (10, Level::Aal2));
    assert_eq!(session.assurance().amr.names(), ["pwd", "otp", "mfa"]);

    world.next_step();
    let FirstStep::SecondStep {
        pending, methods, ..
    } = world.first_step("Alice", client()).await
    else {
        panic!()
    };
    assert_eq!(methods, [Method::Totp, Method::BackupCode]);
    let signed_in = accepted(
        world
            .second_step(&pending, &phone.code_at(world.seconds()))
            .await,
    );
    assert_eq!(world.session(&signed_in).await.assurance().acr(), "aal2");

    let pending = world.pending("alice").await;
    let typed = codes[3].to_lowercase().replace('-', " ");
    let signed_in = accepted(
        world
            .mfa
            .second_step(&pending, Proof::backup_code(typed), client())
            .await
            .unwrap(),
    );
    assert_eq!(signed_in.backup_codes_left, Some(9));
    assert_eq!(signed_in.assurance.amr.names(), ["pwd", "mfa"]);

    let pending = world.pending("alice").await;
    let again = world
        .mfa
        .second_step(&pending, Proof::backup_code(codes[3].clone()), client())
        .await
        .unwrap();
    assert_eq!(told(&again), "CodeAlreadyUsed");
}

#[tokio::test]
async fn a_code_is_accepted_once_and_an_older_one_never_after_it() {
    let world = World::new();
    let (phone, _, _) = world.enroll("alice").await;
    let confirming = phone.code_at(world.seconds());
    let pending = world.pending("alice").await;
    assert_eq!(
        told(&world.second_step(&pending, &confirming).await),
        "CodeAlreadyUsed"
    );

    world.next_step();
    let (older, code) = (
        phone.code_at(world.seconds()),
        phone.code_at(world.seconds() + 30),
    );
    accepted(world.second_step(&pending, &code).await);
    let pending = world.pending("alice").await;
    assert_eq!(
        told(&world.second_step(&pending, &older).await),
        "CodeAlreadyUsed"
    );
    assert_eq!(
        told(
            &world
                .second_step(&pending, &format!(" {} {} ", &code[..3], &code[3..]))
                .await
        ),
        "CodeAlreadyUsed"
    );
    world.next_step();
    assert_eq!(
        told(&world.second_step(&pending, &code).await),
        "CodeAlreadyUsed"
    );
}

#[tokio::test]
async fn a_pending_login_makes_one_session() {
    let world = World::new();
    let (phone, codes, _) = world.enroll("alice").await;
    world.next_step();
    let pending = world.pending("alice").await;
    accepted(
        world
            .second_step(&pending, &phone.code_at(world.seconds()))
            .await,
    );
    let again = world
        .mfa
        .second_step(&pending, Proof::backup_code(codes[0].clone()), client())
        .await
        .unwrap();
    assert_eq!(told(&again), "PasswordStepRequired");
    // The code typed too late is still good.
    let pending = world.pending("alice").await;
    accepted(
        world
            .mfa
            .second_step(&pending, Proof::backup_code(codes[0].clone()), client())
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn sixty_four_parallel_logins_with_one_code_make_one_session() {
    let mut policy = countersign::Policy::default();
    policy.limits.code.attempts = 1000;
    policy.limits.password.attempts = 1000;
    policy.limits.password_grace = 1000;
    policy.limits.backup_code.attempts = 1000;
    policy.limits.unknown_budget = countersign::throttle::Odds(u64::MAX);
    let world = World::with_policy(policy);
    let (phone, codes, _) = world.enroll("alice").await;
    let beside = world.beside();
    world.next_step();
    for proof in [phone.code_at(world.seconds()), codes[0].clone()] {
        let mut logins = Vec::new();
        for number in 0..64 {
            let pending = world.pending("alice").await;
            let mfa = if number % 2 == 0 {
                world.mfa.clone()
            } else {
                beside.clone()
            };
            let proof = if proof.len() == 6 {
                Proof::code(proof.clone())
            } else {
                Proof::backup_code(proof.clone())
            };
            logins.push(tokio::spawn(async move {
                told(&mfa.second_step(&pending, proof, client()).await.unwrap())
            }));
        }
        let mut told = Vec::new();
        for login in logins {
            told.push(login.await.unwrap());
        }
        assert_eq!(
            told.iter().filter(|verdict| *verdict == "accepted").count(),
            1,
            "{told:?}"
        );
    }
}

#[tokio::test]
async fn a_new_enrollment_replaces_the_pending_one_and_leaves_the_active_one() {
    let world = World::new();
    let (phone, _, session) = world.enroll("alice").await;
    let begin = || {
        world
            .mfa
            .begin_enrollment(&session, EnrollmentOptions::default(), Origin::default())
    };
    let first = accepted(begin().await.unwrap());
    let second = accepted(begin().await.unwrap());
    assert_ne!(first.secret(), second.secret());
    let first_phone = crate::support::Phone {
        base32: first.secret().to_owned(),
    };
    let wrong = world
        .mfa
        .confirm_enrollment(&session, &first_phone.code_at(world.seconds()), client())
        .await
        .unwrap();
    assert_eq!(told(&wrong), "InvalidCode { clock_offset: None }");
    let second_phone = crate::support::Phone {
        base32: second.secret().to_owned(),
    };
    let confirmed = accepted(
        world
            .mfa
            .confirm_enrollment(&session, &second_phone.code_at(world.seconds()), client())
            .await
            .unwrap(),
    );
    assert!(
        confirmed.backup_codes.is_none(),
        "codes come with the first authenticator only"
    );

    world.next_step();
    for phone in [phone, second_phone] {
        let pending = world.pending("alice").await;
        accepted(
            world
                .second_step(&pending, &phone.code_at(world.seconds()))
                .await,
        );
    }
}

#[tokio::test]
async fn a_failed_confirmation_tells_how_far_the_clock_is_off_and_accepts_nothing() {
    let world = World::new();
    world.add_user("alice").await;
    let session = world.sign_in("alice").await;
    let begun = accepted(
        world
            .mfa
            .begin_enrollment(&session, EnrollmentOptions::default(), Origin::default())
            .await
            .unwrap(),
    );
    let phone = crate::support::Phone {
        base32: begun.secret().to_owned(),
    };
    let slow = world
        .mfa
        .confirm_enrollment(&session, &phone.code_at(world.seconds() - 120), client())
        .await
        .unwrap();
    assert!(matches!(
        slow,
        Verdict::Refused(Refusal::InvalidCode {
            clock_offset: Some(-120)
        })
    ));
    assert_eq!(
        world
            .mfa
            .session(&session_token(&world).await)
            .await
            .unwrap()
            .unwrap()
            .holdings()
            .demanding(),
        0
    );
    let malformed = world
        .mfa
        .confirm_enrollment(&session, "１２３４５６", client())
        .await
        .unwrap();
    assert_eq!(told(&malformed), "MalformedCode");
}

async fn session_token(world: &World) -> countersign::session::Token {
    match world.first_step("alice", client()).await {
        FirstStep::SignedIn(signed_in) => signed_in.session,
        FirstStep::SecondStep { .. } => panic!("enrolled by a refused confirmation"),
    }
}

#[tokio::test]
async fn a_confirmation_without_an_enrollment_is_told_so() {
    let world = World::new();
    world.add_user("alice").await;
    let session = world.sign_in("alice").await;
    assert_eq!(
        told(
            &world
                .mfa
                .confirm_enrollment(&session, "123456", client())
                .await
                .unwrap()
        ),
        "NoPendingSetup"
    );
    accepted(
        world
            .mfa
            .begin_enrollment(&session, EnrollmentOptions::default(), Origin::default())
            .await
            .unwrap(),
    );
    world.clock.advance(world.policy.enrollment);
    assert_eq!(
        told(
            &world
                .mfa
                .confirm_enrollment(&session, "123456", client())
                .await
                .unwrap()
        ),
        "NoPendingSetup"
    );
}

#[tokio::test]
async fn strangers_get_one_answer_at_one_price() {
    let world = World::new();
    world.enroll("with").await;
    world.add_user("without").await;
    world.add_user("disabled").await;
    accepted(
        world
            .mfa
            .operator()
            .set_enabled("disabled", false)
            .await
            .unwrap(),
    );
    for (name, password) in [
        ("with", "wrong wrong wrong wrong"),
        ("without", "wrong wrong wrong wrong"),
        ("nobody", PASSWORD),
        ("\u{7}", PASSWORD),
        ("disabled", PASSWORD),
    ] {
        let before = world.mfa.hashes_performed();
        let verdict = world
            .mfa
            .login(name, Password::new(password.to_owned()), client())
            .await
            .unwrap();
        assert_eq!(told(&verdict), "InvalidCredentials", "{name}");
        assert_eq!(world.mfa.hashes_performed() - before, 1, "{name}");
    }
}

#[tokio::test]
async fn sessions_end_by_idleness_age_sign_out_and_disabling() {
    let world = World::new();
    world.add_user("alice").await;
    let FirstStep::SignedIn(signed_in) = world.first_step("alice", client()).await else {
        panic!()
    };
    let token = &signed_in.session;
    let lives = || async { world.mfa.session(token).await.unwrap().is_some() };
    for _ in 0..23 {
        world.clock.advance(std::time::Duration::from_mins(59));
        assert!(lives().await);
    }
    world.clock.advance(std::time::Duration::from_mins(59));
    assert!(lives().await, "23 h 36 min");
    world.clock.advance(std::time::Duration::from_mins(24));
    assert!(!lives().await, "24 h");

    let FirstStep::SignedIn(signed_in) = world.first_step("alice", client()).await else {
        panic!()
    };
    world.clock.advance(std::time::Duration::from_hours(1));
    assert!(
        world
            .mfa
            .session(&signed_in.session)
            .await
            .unwrap()
            .is_none(),
        "idle for an hour"
    );

    let FirstStep::SignedIn(signed_in) = world.first_step("alice", client()).await else {
        panic!()
    };
    let session = world.session(&signed_in).await;
    world
        .mfa
        .sign_out(&session, Origin::default())
        .await
        .unwrap();
    assert!(
        world
            .mfa
            .session(&signed_in.session)
            .await
            .unwrap()
            .is_none(),
        "signed out"
    );

    let FirstStep::SignedIn(signed_in) = world.first_step("alice", client()).await else {
        panic!()
    };
    accepted(
        world
            .mfa
            .operator()
            .set_enabled("alice", false)
            .await
            .unwrap(),
    );
    assert!(
        world
            .mfa
            .session(&signed_in.session)
            .await
            .unwrap()
            .is_none(),
        "disabled"
    );
}

#[tokio::test]
async fn a_code_whose_digits_repeat_is_consumed_at_the_later_step() {
    let world = World::new();
    let (phone, _, _) = world.enroll("alice").await;
    let repeats = phone.repeating_step(world.seconds() / 30 + 2);
    world.clock.set(Timestamp::from_seconds(
        i64::try_from(repeats * 30).unwrap(),
    ));
    let code = phone.code_at(world.seconds());
    let pending = world.pending("alice").await;
    accepted(world.second_step(&pending, &code).await);
    world.next_step();
    let pending = world.pending("alice").await;
    let again = world.second_step(&pending, &code).await;
    assert_eq!(told(&again), "CodeAlreadyUsed");
}

#[tokio::test]
async fn after_a_clock_stepped_back_a_session_lives_as_long_as_any() {
    let world = World::new();
    world.clock.advance(std::time::Duration::from_hours(1));
    let (phone, codes, _) = world.enroll("alice").await;
    let before = world.mfa.now();
    world
        .clock
        .set(before.minus(std::time::Duration::from_hours(1)));
    let pending = world.pending("alice").await;
    let late = world
        .second_step(&pending, &phone.code_at(world.seconds()))
        .await;
    assert_eq!(told(&late), "CodeAlreadyUsed", "no step is good again");
    let proof = Proof::backup_code(codes[0].clone());
    let signed_in = accepted(
        world
            .mfa
            .second_step(&pending, proof, client())
            .await
            .unwrap(),
    );
    assert!(
        world
            .mfa
            .session(&signed_in.session)
            .await
            .unwrap()
            .is_some()
    );
    world.clock.advance(std::time::Duration::from_mins(59));
    assert!(
        world
            .mfa
            .session(&signed_in.session)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test]
async fn a_phone_whose_clock_is_right_is_let_in_after_codes_that_were_typed_late() {
    let world = World::new();
    let (phone, _, _) = world.enroll("alice").await;
    for _ in 0..3 {
        world.clock.advance(std::time::Duration::from_secs(90));
        let pending = world.pending("alice").await;
        accepted(
            world
                .second_step(&pending, &phone.code_at(world.seconds() - 30))
                .await,
        );
    }
    world.next_step();
    let pending = world.pending("alice").await;
    accepted(
        world
            .second_step(&pending, &phone.code_at(world.seconds()))
            .await,
    );
}
