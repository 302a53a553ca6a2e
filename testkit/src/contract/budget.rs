//! Odds budgets: what guessing may cost in a year, by class of clients; no success refills them.

use std::sync::Arc;

use countersign::audit::Event;
use countersign::port::store::{AdmitCode, Change, Effected, Gate, Settled, Store};
use countersign::session::TokenHash;
use countersign::throttle::Limits;

use super::lasting::backup_code;
use crate::world::Enrolled;
use crate::{Reply, World, generous};

const REFUSED: Reply = Reply::Settled(Settled::Refused);
const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));
const USED: Reply = Reply::Settled(Settled::AlreadyUsed);

/// No limit but the budgets.
fn budgets() -> Limits {
    let promised = Limits::default();
    Limits {
        unknown_budget: promised.unknown_budget,
        known_budget: promised.known_budget,
        ..generous()
    }
}

async fn code<S: Store>(
    world: &World<S>,
    who: &Enrolled,
    (limits, known): (Limits, Option<TokenHash>),
    at: Option<u64>,
) -> Reply {
    let admit = AdmitCode {
        limits,
        known,
        ..world.code(Gate::User(who.person.key))
    };
    let right = at.map(|at| (who.authenticator, at));
    world.try_code(&who.person, admit, right).await
}

/// Thirty guesses of three steps a year for strangers, a hundred for browsers that the user used.
pub async fn classes_of_clients_have_their_own_budgets<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let cookie = Some(world.known_browser(&who, 2000).await);
    for n in 0..30 {
        assert_eq!(
            code(&world, &who, (budgets(), None), None).await,
            REFUSED,
            "{n}"
        );
    }
    let stranger = code(&world, &who, (budgets(), None), Some(2100)).await;
    assert_eq!(stranger, Reply::Exhausted);
    for n in 0..100 {
        assert_eq!(
            code(&world, &who, (budgets(), cookie), None).await,
            REFUSED,
            "{n}"
        );
    }
    let owner = code(&world, &who, (budgets(), cookie), Some(2100)).await;
    assert_eq!(owner, Reply::Exhausted);
    assert_eq!(backup_code(&world, &who, Some(0)).await, ACCEPTED);
}

/// It gives back its own cost and no other.
pub async fn a_success_does_not_spend_and_does_not_refill<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for n in 0..29 {
        assert_eq!(code(&world, &who, (budgets(), None), None).await, REFUSED);
        let right = code(&world, &who, (budgets(), None), Some(2000 + n)).await;
        assert_eq!(right, ACCEPTED);
    }
    assert_eq!(
        code(&world, &who, (budgets(), None), Some(3000)).await,
        ACCEPTED
    );
    assert_eq!(code(&world, &who, (budgets(), None), None).await, REFUSED);
    let last = code(&world, &who, (budgets(), None), Some(4000)).await;
    assert_eq!(last, Reply::Exhausted);
}

/// Who has the code does not guess.
pub async fn a_used_code_spends_nothing<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for _ in 0..40 {
        assert_eq!(
            code(&world, &who, (budgets(), None), Some(1000)).await,
            USED
        );
    }
    assert_eq!(
        code(&world, &who, (budgets(), None), Some(2000)).await,
        ACCEPTED
    );
}

/// Each class tells its own, once.
pub async fn a_budget_is_told_at_half_and_at_its_end_once<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let cookie = Some(world.known_browser(&who, 2000).await);
    let told = async || {
        let half = world.count(Event::BudgetHalfSpent).await;
        (half, world.count(Event::BudgetSpent).await)
    };
    for n in 1..=30 {
        assert_eq!(code(&world, &who, (budgets(), None), None).await, REFUSED);
        let right = code(&world, &who, (budgets(), None), Some(3000 + n)).await;
        assert_eq!(right == ACCEPTED, n < 30);
        let expected = (usize::from(n >= 15), usize::from(n >= 30));
        assert_eq!(told().await, expected, "after {n} failures");
    }
    for n in 1..=100 {
        assert_eq!(code(&world, &who, (budgets(), cookie), None).await, REFUSED);
        let expected = (1 + usize::from(n >= 50), 1 + usize::from(n >= 100));
        assert_eq!(
            told().await,
            expected,
            "after {n} failures of a known browser"
        );
    }
}

/// Day by day, and no day too early.
pub async fn a_budget_comes_back_after_a_year<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for _ in 0..30 {
        assert_eq!(code(&world, &who, (budgets(), None), None).await, REFUSED);
    }
    for day in 1..=365 {
        world.pass(86_400);
        let reply = code(&world, &who, (budgets(), None), None).await;
        assert_eq!(reply, Reply::Exhausted, "day {day}");
    }
    world
        .change(Change::Purge {
            now: world.now(),
            most: 1000,
        })
        .await;
    let reply = code(&world, &who, (budgets(), None), None).await;
    assert_eq!(reply, Reply::Exhausted, "a purge gives nothing back");
    world.pass(86_400);
    assert_eq!(code(&world, &who, (budgets(), None), None).await, REFUSED);
}
