//! The throttle on a real store: who is limited, who is not, and what never resets a count.

use std::time::Duration;

use crate::support::{PASSWORD, World, accepted, client, client_at, told};
use countersign::port::store::NoticeKind;
use countersign::session::{Origin, Token};
use countersign::{Client, EnrollmentOptions, FirstStep, Password, Policy, Proof, Verdict};

const INVALID: &str = "InvalidCode { clock_offset: None }";

#[tokio::test]
async fn five_wrong_codes_are_told_and_the_sixth_attempt_waits_even_with_the_right_code() {
    let world = World::new();
    let (phone, _, _) = world.enroll("alice").await;
    world.next_step();
    let wrong = phone.wrong_code(world.seconds());
    let pending = world.pending("alice").await;
    let started = world.mfa.now();
    for _ in 0..5 {
        assert_eq!(told(&world.second_step(&pending, &wrong).await), INVALID);
        world.clock.advance(Duration::from_secs(10));
    }
    for code in [wrong, phone.code_at(world.seconds())] {
        let Verdict::Throttled {
            retry_at,
            retry_after,
        } = world.second_step(&pending, &code).await
        else {
            panic!()
        };
        assert_eq!(retry_at, started.plus(Duration::from_mins(5)));
        assert_eq!(retry_after, Duration::from_secs(250));
    }
    world.clock.set(started.plus(Duration::from_mins(5)));
    accepted(
        world
            .second_step(&pending, &phone.code_at(world.seconds()))
            .await,
    );
}

#[tokio::test]
async fn nothing_resets_a_count() {
    let world = World::new();
    let (phone, _, session) = world.enroll("alice").await;
    world.next_step();
    let wrong = phone.wrong_code(world.seconds());
    for _ in 0..5 {
        let pending = world.pending("alice").await;
        assert_eq!(
            told(&world.second_step(&pending, &wrong).await),
            INVALID,
            "a new login each"
        );
    }
    let pending = world.pending("alice").await;
    let right = phone.code_at(world.seconds());
    assert_eq!(
        told(&world.second_step(&pending, &right).await),
        "throttled"
    );
    let origin = Origin::default();
    accepted(
        world
            .mfa
            .begin_enrollment(&session, EnrollmentOptions::default(), origin)
            .await
            .unwrap(),
    );
    assert_eq!(
        told(&world.second_step(&pending, &right).await),
        "throttled",
        "a new enrollment"
    );
    let world = world.reopened();
    assert_eq!(
        told(&world.second_step(&pending, &right).await),
        "throttled",
        "a restart"
    );
    world.mfa.purge().await.unwrap();
    assert_eq!(
        told(&world.second_step(&pending, &right).await),
        "throttled",
        "housekeeping"
    );
    let stepped = world.mfa.reauthenticate(
        &session,
        Some(Password::new(PASSWORD.to_owned())),
        Some(Proof::code(right)),
        client(),
    );
    assert_eq!(told(&stepped.await.unwrap()), "throttled", "another route");
}

#[tokio::test]
async fn backup_codes_have_a_window_of_their_own() {
    let world = World::new();
    let (phone, codes, _) = world.enroll("alice").await;
    world.next_step();
    let wrong = phone.wrong_code(world.seconds());
    let pending = world.pending("alice").await;
    for _ in 0..5 {
        assert_eq!(told(&world.second_step(&pending, &wrong).await), INVALID);
    }
    assert_eq!(
        told(&world.second_step(&pending, &wrong).await),
        "throttled"
    );
    accepted(
        world
            .mfa
            .second_step(&pending, Proof::backup_code(codes[0].clone()), client())
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn ten_right_logins_in_a_row_are_never_throttled() {
    let world = World::new();
    let (phone, _, _) = world.enroll("alice").await;
    for _ in 0..10 {
        world.next_step();
        let pending = world.pending("alice").await;
        accepted(
            world
                .second_step(&pending, &phone.code_at(world.seconds()))
                .await,
        );
    }
}

#[tokio::test]
async fn malformed_codes_are_not_counted() {
    let world = World::new();
    let (phone, _, _) = world.enroll("alice").await;
    world.next_step();
    let pending = world.pending("alice").await;
    for malformed in [
        "",
        "12345",
        "123456789",
        "１２３４５６",
        "12345a",
        &"1".repeat(1000),
    ] {
        assert_eq!(
            told(&world.second_step(&pending, malformed).await),
            "MalformedCode"
        );
    }
    accepted(
        world
            .second_step(&pending, &phone.code_at(world.seconds()))
            .await,
    );
}

#[tokio::test]
async fn of_256_parallel_guesses_five_are_evaluated() {
    let mut policy = Policy::default();
    policy.limits.password.attempts = 1000;
    policy.limits.password_grace = 1000;
    let world = World::with_policy(policy);
    let (phone, _, _) = world.enroll("alice").await;
    world.next_step();
    let wrong = phone.wrong_code(world.seconds());
    let (beside, pending) = (
        world.beside(),
        world.pending("alice").await.reveal().to_string(),
    );
    let mut guesses = Vec::new();
    for number in 0..=255_u8 {
        let mfa = if number % 2 == 0 {
            world.mfa.clone()
        } else {
            beside.clone()
        };
        let (pending, wrong) = (Token::parse(&pending).unwrap(), wrong.clone());
        guesses.push(tokio::spawn(async move {
            told(
                &mfa.second_step(&pending, Proof::code(wrong), client_at(number))
                    .await
                    .unwrap(),
            )
        }));
    }
    let mut evaluated = 0;
    for guess in guesses {
        evaluated += u32::from(guess.await.unwrap() == INVALID);
    }
    assert_eq!(evaluated, 5);
}

#[tokio::test]
async fn a_stranger_cannot_keep_the_owners_browser_out() {
    let world = World::new();
    world.add_user("alice").await;
    let FirstStep::SignedIn(first) = world.first_step("alice", client()).await else {
        panic!()
    };
    let known = first.known.unwrap().reveal().to_string();
    let attack = |address| {
        world.mfa.login(
            "alice",
            Password::new("wrong".to_owned()),
            client_at(address),
        )
    };
    for address in 10..60 {
        for _ in 0..6 {
            let _ = attack(address).await.unwrap();
        }
    }
    assert_eq!(told(&attack(10).await.unwrap()), "throttled");
    let owner = Client {
        known: Token::parse(&known),
        ..client_at(10)
    };
    accepted(
        world
            .mfa
            .login("alice", Password::new(PASSWORD.to_owned()), owner)
            .await
            .unwrap(),
    );

    // A stranger's own cookie is not the owner's.
    world.add_user("mallory").await;
    let FirstStep::SignedIn(mallory) = world.first_step("mallory", client_at(99)).await else {
        panic!()
    };
    let forged = Client {
        known: mallory.known,
        ..client_at(10)
    };
    let verdict = world
        .mfa
        .login("alice", Password::new("wrong".to_owned()), forged)
        .await
        .unwrap();
    assert_eq!(told(&verdict), "throttled");
    world.clock.advance(Duration::from_mins(5));
    accepted(
        world
            .mfa
            .login("alice", Password::new(PASSWORD.to_owned()), client_at(200))
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn who_knows_the_password_gets_thirty_guesses_a_year_and_no_further() {
    let world = World::new();
    let (phone, codes, _) = world.enroll("alice").await;
    world.next_step();
    let pending = world.pending("alice").await;
    let owner = accepted(
        world
            .second_step(&pending, &phone.code_at(world.seconds()))
            .await,
    );
    let known = owner.known.unwrap().reveal().to_string();
    let mut evaluated = 0;
    for _ in 0..40 {
        world.clock.advance(Duration::from_hours(24));
        let wrong = phone.wrong_code(world.seconds());
        let pending = world.pending("alice").await;
        evaluated += u32::from(told(&world.second_step(&pending, &wrong).await) == INVALID);
        // The owner signs in every day, which gives the stranger nothing back.
        let owner = Client {
            known: Token::parse(&known),
            ..client_at(7)
        };
        let FirstStep::SecondStep { pending, .. } = world.first_step("alice", owner).await else {
            panic!()
        };
        let owner = Client {
            known: Token::parse(&known),
            ..client_at(7)
        };
        let code = Proof::code(phone.code_at(world.seconds()));
        accepted(world.mfa.second_step(&pending, code, owner).await.unwrap());
    }
    assert_eq!(evaluated, 30);

    let pending = world.pending("alice").await;
    let right = phone.code_at(world.seconds() + 30);
    world.next_step();
    assert_eq!(
        told(&world.second_step(&pending, &right).await),
        "CodesSuspended",
        "the right one neither"
    );
    let in_by_backup = world
        .mfa
        .second_step(&pending, Proof::backup_code(codes[0].clone()), client())
        .await
        .unwrap();
    let session = world.session(&accepted(in_by_backup)).await;
    let notices: Vec<NoticeKind> = world
        .mfa
        .overview(&session)
        .await
        .unwrap()
        .notices
        .iter()
        .map(|notice| notice.kind)
        .collect();
    for kind in [
        NoticeKind::BudgetHalfSpent,
        NoticeKind::BudgetSpent,
        NoticeKind::SecondStepFailed,
    ] {
        assert!(notices.contains(&kind), "{kind:?} of {notices:?}");
    }
}

#[tokio::test]
async fn a_hundred_failures_in_a_row_suspend_the_codes_and_never_the_second_step() {
    let mut policy = Policy::default();
    policy.limits.unknown_budget = countersign::throttle::Odds(u64::MAX);
    let world = World::with_policy(policy);
    let (phone, codes, _) = world.enroll("alice").await;
    for _ in 0..20 {
        world.clock.advance(Duration::from_mins(5));
        let pending = world.pending("alice").await;
        for _ in 0..5 {
            let wrong = phone.wrong_code(world.seconds());
            assert_eq!(told(&world.second_step(&pending, &wrong).await), INVALID);
        }
    }
    let world = world.reopened();
    world.clock.advance(Duration::from_mins(5));
    let FirstStep::SecondStep {
        pending, methods, ..
    } = world.first_step("alice", client()).await
    else {
        panic!("the account became password-only");
    };
    assert_eq!(methods, [countersign::Method::BackupCode]);
    assert_eq!(
        told(
            &world
                .second_step(&pending, &phone.code_at(world.seconds()))
                .await
        ),
        "CodesSuspended"
    );
    // A backup code leads to a new authenticator, and that one works; the old one stays suspended.
    let proof = Proof::backup_code(codes[0].clone());
    let signed_in = world.mfa.second_step(&pending, proof, client()).await;
    let session = world.session(&accepted(signed_in.unwrap())).await;
    let (new, _, _) = world.enroll_with(&session).await;
    world.next_step();
    let pending = world.pending("alice").await;
    let old = world
        .second_step(&pending, &phone.code_at(world.seconds()))
        .await;
    assert_eq!(told(&old), INVALID);
    accepted(
        world
            .second_step(&pending, &new.code_at(world.seconds()))
            .await,
    );
}

#[tokio::test]
async fn guesses_of_another_length_cost_what_guesses_cost() {
    let world = World::new();
    let (phone, _, _) = world.enroll("alice").await;
    world.next_step();
    let pending = world.pending("alice").await;
    let code = phone.code_at(world.seconds());
    let owner = accepted(world.second_step(&pending, &code).await);
    let known = owner.known.unwrap().reveal().to_string();
    let mut evaluated = 0;
    for _ in 0..20 {
        world.clock.advance(Duration::from_mins(5));
        let pending = world.pending("alice").await;
        for _ in 0..5 {
            evaluated += u32::from(told(&world.second_step(&pending, "12345678").await) == INVALID);
        }
    }
    assert_eq!(evaluated, 30);
    world.clock.advance(Duration::from_mins(5));
    let owner = || Client {
        known: Token::parse(&known),
        ..client_at(7)
    };
    let FirstStep::SecondStep { pending, .. } = world.first_step("alice", owner()).await else {
        panic!("no second step")
    };
    let code = Proof::code(phone.code_at(world.seconds()));
    accepted(
        world
            .mfa
            .second_step(&pending, code, owner())
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn a_session_worth_a_password_confirms_no_enrollment_that_another_began() {
    let world = World::new();
    world.add_user("alice").await;
    let FirstStep::SignedIn(weak) = world.first_step("alice", client()).await else {
        panic!("a second step")
    };
    let strong = world.sign_in("alice").await;
    let (_, _, strong) = world.enroll_with(&strong).await;
    let asking =
        world
            .mfa
            .begin_enrollment(&strong, EnrollmentOptions::default(), Origin::default());
    let begun = accepted(asking.await.unwrap());
    let phone = crate::support::Phone {
        base32: begun.secret().to_owned(),
    };
    let code = phone.code_at(world.seconds());
    let weak = world.session(&weak).await;
    let confirmed = world
        .mfa
        .confirm_enrollment(&weak, &code, client())
        .await
        .unwrap();
    assert_eq!(told(&confirmed), "NoPendingSetup");
    accepted(
        world
            .mfa
            .confirm_enrollment(&strong, &code, client())
            .await
            .unwrap(),
    );
}

#[tokio::test]
async fn who_knows_the_password_enrolls_nothing_and_removes_nothing() {
    let world = World::new();
    let (_, _, owner) = world.enroll("alice").await;
    // A session from before the enrollment is worth a password, and stays that.
    world.add_user("bob").await;
    let FirstStep::SignedIn(old) = world.first_step("bob", client()).await else {
        panic!("a second step")
    };
    let (old_token, old) = (&old.session, world.session(&old).await);
    let fresh = world.sign_in("bob").await;
    let (_, _, _) = world.enroll_with(&fresh).await;
    let id = world.mfa.overview(&old).await.unwrap().authenticators[0].id;
    let stale = "ReauthenticationRequired { second_factor: false }";
    let origin = Origin::default;
    assert_eq!(
        told(&world.mfa.revoke(&old, id, origin()).await.unwrap()),
        stale
    );
    assert_eq!(
        told(&world.mfa.rename(&old, id, "mine", origin()).await.unwrap()),
        stale
    );
    assert_eq!(
        told(
            &world
                .mfa
                .replace_backup_codes(&old, origin())
                .await
                .unwrap()
        ),
        stale
    );
    assert_eq!(
        told(&world.mfa.end_other_sessions(&old, origin()).await.unwrap()),
        stale
    );
    let seen = world.mfa.session(old_token).await.unwrap().unwrap();
    let dismissed = world.mfa.dismiss_notices(&seen).await.unwrap();
    assert_eq!(
        told(&dismissed),
        "ReauthenticationRequired { second_factor: true }"
    );
    let begun = world
        .mfa
        .begin_enrollment(&old, EnrollmentOptions::default(), origin())
        .await
        .unwrap();
    assert_eq!(told(&begun), stale);
    // And the password again makes it no better.
    let raised = world
        .mfa
        .reauthenticate(
            &old,
            Some(Password::new(PASSWORD.to_owned())),
            None,
            client(),
        )
        .await
        .unwrap();
    assert_eq!(
        told(&raised),
        "SessionRequired",
        "decided by what the user has at the commit"
    );
    // Another user's authenticator is nobody's here.
    assert_eq!(
        told(&world.mfa.revoke(&owner, id, origin()).await.unwrap()),
        "NotFound"
    );
}
