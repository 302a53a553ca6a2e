//! Verifying: counted as every proof is, and nothing told of who is unknown.

use std::time::Duration;

use countersign::api_key::{Scope, Scopes};
use countersign::audit::{Actor, Event, Outcome, Reason};
use countersign::port::store::EventFilter;
use countersign::session::Origin;
use countersign::user::UserId;
use countersign::{Client, EnrollmentOptions, Policy, Proof, Verdict};

use super::{INVALID, Shop, caller, user};
use crate::support::{Phone, World, accepted, client, told};

#[tokio::test]
async fn five_wrong_codes_are_told_and_the_sixth_attempt_waits() {
    let shop = Shop::new().await;
    let (_, phone, _) = shop.enroll("c_1", None).await;
    shop.world.next_step();
    let wrong = phone.wrong_code(shop.world.seconds());
    let started = shop.world.mfa.now();
    for _ in 0..5 {
        let verdict = shop.verify("c_1", Proof::code(&*wrong)).await;
        assert_eq!(told(&verdict), INVALID);
    }
    let right = Proof::code(shop.code(&phone));
    let Verdict::Throttled { retry_at, .. } = shop.verify("c_1", right).await else {
        panic!("judged")
    };
    assert_eq!(retry_at, started.plus(Duration::from_mins(5)));
    let rows = shop.events().await;
    let throttled = rows.iter().find(|row| row.event == Event::Throttled);
    assert_eq!(
        throttled.unwrap().actor,
        Actor::Host(Some(shop.caller.id()))
    );
    shop.world.clock.set(retry_at);
    accepted(shop.verify("c_1", Proof::code(shop.code(&phone))).await);
}

async fn id_of(world: &World, name: &str) -> UserId {
    let users = world.mfa.operator().users(None, 10).await.unwrap();
    let found = users.into_iter().find(|(user, _)| user.name == name);
    found.unwrap().0.id
}

#[tokio::test]
async fn attempts_by_an_application_and_at_sign_in_are_counted_together() {
    let shop = Shop::new().await;
    let (phone, _, _) = shop.world.enroll("alice").await;
    shop.world.next_step();
    let id = id_of(&shop.world, "alice").await;
    let wrong = phone.wrong_code(shop.world.seconds());
    let pending = shop.world.pending("alice").await;
    for turn in 0..5 {
        let told = if turn % 2 == 0 {
            told(&shop.verify(id.as_str(), Proof::code(&*wrong)).await)
        } else {
            told(&shop.world.second_step(&pending, &wrong).await)
        };
        assert_eq!(told, INVALID);
    }
    let right = shop.code(&phone);
    let by_shop = shop.verify(id.as_str(), Proof::code(&*right)).await;
    assert_eq!(told(&by_shop), "throttled");
    let at_sign_in = shop.world.second_step(&pending, &right).await;
    assert_eq!(told(&at_sign_in), "throttled");
}

#[tokio::test]
async fn a_code_is_accepted_once_whichever_way_it_comes() {
    let shop = Shop::new().await;
    let (phone, codes, _) = shop.world.enroll("alice").await;
    let id = id_of(&shop.world, "alice").await;
    shop.world.next_step();
    let code = shop.code(&phone);
    let pending = shop.world.pending("alice").await;
    accepted(shop.verify(id.as_str(), Proof::code(&*code)).await);
    let again = shop.verify(id.as_str(), Proof::code(&*code)).await;
    assert_eq!(told(&again), "CodeAlreadyUsed");
    let again = shop.world.second_step(&pending, &code).await;
    assert_eq!(told(&again), "CodeAlreadyUsed");
    let backup = || Proof::backup_code(&*codes[0]);
    accepted(shop.verify(id.as_str(), backup()).await);
    let again = shop.verify(id.as_str(), backup()).await;
    assert_eq!(told(&again), "CodeAlreadyUsed");
}

#[tokio::test]
async fn an_unknown_user_is_a_wrong_code_and_counted_like_one() {
    let shop = Shop::new().await;
    let backup = || Proof::backup_code("7K3M-9QXD-T2WH-4RZC");
    for _ in 0..5 {
        assert_eq!(
            told(&shop.verify("nobody", Proof::code("123456")).await),
            INVALID
        );
        assert_eq!(told(&shop.verify("nobody", backup()).await), INVALID);
    }
    for _ in 0..3 {
        for proof in [Proof::code("123456"), backup()] {
            assert_eq!(told(&shop.verify("nobody", proof).await), "throttled");
        }
    }
    let rows = shop.events().await;
    let count = |event| rows.iter().filter(|row| row.event == event).count();
    assert_eq!(
        (count(Event::Verification), count(Event::Throttled)),
        (10, 2)
    );
    let challenge = accepted(shop.host().challenge(user("nobody")).await.unwrap());
    assert!(challenge.methods.is_empty() && challenge.options.is_none());
    assert_eq!(
        shop.host()
            .users(None, 10)
            .await
            .map(accepted)
            .unwrap()
            .len(),
        0
    );
}

#[tokio::test]
async fn a_disabled_user_is_a_wrong_code_and_recorded() {
    let shop = Shop::new().await;
    let (phone, codes, _) = shop.world.enroll("alice").await;
    let id = id_of(&shop.world, "alice").await;
    let off = shop.world.mfa.operator().set_enabled("alice", false).await;
    accepted(off.unwrap());
    shop.world.next_step();
    for proof in [
        Proof::code(shop.code(&phone)),
        Proof::backup_code(&*codes[0]),
    ] {
        shop.world.next_step();
        assert_eq!(told(&shop.verify(id.as_str(), proof).await), INVALID);
        let rows = shop.events().await;
        let row = rows.last().unwrap();
        assert_eq!(row.event, Event::Verification);
        assert_eq!(row.reason, Some(Reason::UserDisabled));
        assert_eq!(row.user_id.as_ref(), Some(&id));
    }
    assert_eq!(told(&shop.begin(id.as_str(), None).await), "ProofRequired");
}

#[tokio::test]
async fn a_key_does_what_its_scopes_hold_and_a_refusal_is_recorded() {
    let world = World::new();
    let alice = user("c_1");
    for scope in Scope::ALL {
        let held = caller(&world, Scopes::of([scope]).unwrap()).await;
        let host = world.mfa.host_by(&held, Origin::default());
        let missing = |wanted: Scope| format!("ScopeMissing({wanted:?})");
        let mut outcomes = Vec::new();
        let verified = host.verify(alice, Proof::code("123456"), None, Client::default());
        outcomes.push((Scope::Verify, told(&verified.await.unwrap())));
        outcomes.push((Scope::Verify, told(&host.challenge(alice).await.unwrap())));
        let options = EnrollmentOptions::default();
        let begun = host.begin_enrollment(alice, "alice", options, None, None);
        outcomes.push((Scope::Enroll, told(&begun.await.unwrap())));
        let begun = host.begin_passkey(alice, ("alice", None), None, None, None);
        outcomes.push((Scope::Enroll, told(&begun.await.unwrap())));
        let id = countersign::id::AuthenticatorId::from_bytes([7; 16]);
        let confirmed = host.confirm_enrollment(alice, id, "123456").await.unwrap();
        outcomes.push((Scope::Enroll, told(&confirmed)));
        outcomes.push((
            Scope::Enroll,
            told(&host.authenticators(alice).await.unwrap()),
        ));
        outcomes.push((
            Scope::Enroll,
            told(&host.rename(alice, id, "x").await.unwrap()),
        ));
        outcomes.push((
            Scope::Enroll,
            told(&host.revoke(alice, id, None).await.unwrap()),
        ));
        let replaced = host.replace_backup_codes(alice, None, None).await.unwrap();
        outcomes.push((Scope::Enroll, told(&replaced)));
        outcomes.push((Scope::Admin, told(&host.reset(alice).await.unwrap())));
        outcomes.push((Scope::Admin, told(&host.users(None, 10).await.unwrap())));
        outcomes.push((Scope::Admin, told(&host.events(None, 10).await.unwrap())));
        let mut refused = 0;
        for (wanted, outcome) in outcomes {
            assert_eq!(
                outcome == missing(wanted),
                wanted != scope,
                "{scope:?}: {outcome}"
            );
            refused += usize::from(wanted != scope);
        }
        host.user(alice).await.unwrap();
        let filter = EventFilter {
            after: None,
            user: None,
            newest: false,
            limit: 1000,
        };
        let by_key = Actor::Host(Some(held.id()));
        let rows = world.mfa.operator().events(filter).await.unwrap();
        let of_key = rows.iter().filter(|(row, _)| {
            row.event == Event::ScopeMissing
                && row.actor == by_key
                && row.outcome == Outcome::Failure
                && row.reason == Some(Reason::ScopeMissing)
        });
        assert_eq!(of_key.count(), refused);
        let revoked = world.mfa.operator().revoke_api_key(held.id()).await;
        accepted(revoked.unwrap());
    }
}

#[tokio::test]
async fn a_remembered_device_has_a_budget_of_its_own() {
    let policy = Policy::default();
    let shop = Shop::with_policy(policy).await;
    let (_, phone, _) = shop.enroll("c_1", None).await;
    shop.world.next_step();
    let (host, alice) = (shop.host(), user("c_1"));
    let proof = Proof::code(shop.code(&phone));
    let verified = accepted(host.verify(alice, proof, None, client()).await.unwrap());
    let device = verified.device;
    shop.world.next_step();
    let text = device.reveal();
    let mut shown = client();
    shown.known = Some(device);
    let proof = Proof::code(shop.code(&phone));
    let verified = accepted(host.verify(alice, proof, None, shown).await.unwrap());
    assert_eq!(verified.device.reveal(), text, "it is known");
    shop.world.next_step();
    let unasked = shop.verify("c_1", Proof::code(shop.code(&phone))).await;
    assert_ne!(accepted(unasked).device.reveal(), text);
}

#[tokio::test]
async fn of_64_parallel_verifications_by_one_code_one_is_accepted() {
    let shop = Shop::new().await;
    let (_, phone, _) = shop.enroll("c_1", None).await;
    shop.world.next_step();
    let code = shop.code(&phone);
    let both = async |phone: &Phone| {
        let again = Proof::code(shop.code(phone));
        shop.verify("c_1", again).await
    };
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let mfa = shop.world.mfa.clone();
        let (caller, code) = (shop.caller.clone(), code.clone());
        tasks.push(tokio::spawn(async move {
            let host = mfa.host_by(&caller, Origin::default());
            let proof = Proof::code(code);
            let context = Client::default();
            told(
                &host
                    .verify(user("c_1"), proof, None, context)
                    .await
                    .unwrap(),
            )
        }));
    }
    let mut accepted = 0;
    for task in tasks {
        let told = task.await.unwrap();
        accepted += usize::from(told == "accepted");
    }
    assert_eq!(accepted, 1);
    assert_ne!(told(&both(&phone).await), "accepted");
}
