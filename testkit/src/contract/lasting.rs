//! Lasting limits: failures in a row, and odds budgets that success does not refill.

use std::sync::Arc;

use countersign::audit::{Event, Outcome};
use countersign::authenticator::Status;
use countersign::port::store::{
    AdmitCode, Authority, Change, Effected, Gate, Revocation, Settled, Store,
};
use countersign::session::TokenHash;
use countersign::throttle::{Limits, Odds};

use crate::record::mac;
use crate::world::Enrolled;
use crate::{Reply, World, generous};

const REFUSED: Reply = Reply::Settled(Settled::Refused);
const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));
const USED: Reply = Reply::Settled(Settled::AlreadyUsed);

/// No limit but those on failures in a row.
fn in_a_row() -> Limits {
    Limits {
        consecutive: 100,
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

pub(super) async fn backup_code<S: Store>(
    world: &World<S>,
    who: &Enrolled,
    right: Option<usize>,
) -> Reply {
    let mut admit = world.backup_code(Gate::User(who.person.key), 0);
    admit.limits = in_a_row();
    let right = right.map(|index| (who.backup[index], 1));
    world.try_backup_code(&who.person, admit, right).await
}

/// SP 800-63B-4 §3.2.2: at most a hundred. Then the codes are refused, right ones too, and the second
/// step is still demanded.
pub async fn the_hundredth_failure_in_a_row_suspends_the_codes<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let limits = (in_a_row(), None);
    for n in 1..=100 {
        let overview = world.overview(&who.person).await;
        assert_eq!(overview.authenticators[0].status, Status::Active, "{n}");
        assert_eq!(code(&world, &who, limits, None).await, REFUSED, "{n}");
    }
    let overview = world.overview(&who.person).await;
    assert_eq!(overview.authenticators[0].status, Status::Suspended);
    assert_eq!(overview.holdings.suspended, 1);
    assert_eq!(overview.holdings.demanding(), 1);
    assert_eq!(world.count(Event::CodesSuspended).await, 1);
    assert_eq!(
        code(&world, &who, limits, Some(2000)).await,
        Reply::Exhausted
    );
    let (_, settled) = world.first_step(&who.person).await;
    assert_eq!(settled, Settled::Accepted(Effected::SecondStepDemanded));
    assert_eq!(backup_code(&world, &who, Some(0)).await, ACCEPTED);
}

/// The same of backup codes, and the codes stay as they are.
pub async fn the_hundredth_failure_in_a_row_voids_the_backup_codes<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for n in 1..=100 {
        assert_eq!(backup_code(&world, &who, None).await, REFUSED, "{n}");
    }
    assert_eq!(world.count(Event::BackupCodesVoided).await, 1);
    let overview = world.overview(&who.person).await;
    assert!(overview.backup_set.unwrap().voided_at.is_some());
    assert_eq!(overview.holdings.backup_codes, 0);
    assert_eq!(backup_code(&world, &who, Some(0)).await, Reply::Exhausted);
    let limits = (in_a_row(), None);
    assert_eq!(code(&world, &who, limits, Some(2000)).await, ACCEPTED);
}

/// Of its own kind: a right code does nothing for wrong backup codes, nor the other way round.
pub async fn a_success_ends_the_row_of_its_own_kind<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let limits = (in_a_row(), None);
    for _ in 0..99 {
        assert_eq!(code(&world, &who, limits, None).await, REFUSED);
        assert_eq!(backup_code(&world, &who, None).await, REFUSED);
    }
    assert_eq!(code(&world, &who, limits, Some(2000)).await, ACCEPTED);
    // Used before: right, but no success; it neither counts nor clears.
    assert_eq!(code(&world, &who, limits, Some(2000)).await, USED);
    for _ in 0..99 {
        assert_eq!(code(&world, &who, limits, None).await, REFUSED);
    }
    assert_eq!(code(&world, &who, limits, Some(2000)).await, USED);
    assert_eq!(code(&world, &who, limits, Some(2001)).await, ACCEPTED);
    assert_eq!(backup_code(&world, &who, None).await, REFUSED);
    assert_eq!(backup_code(&world, &who, Some(0)).await, Reply::Exhausted);
}

/// A user without code authenticators looks like one with; one whose are suspended is told.
pub async fn suspended_codes_are_exhausted_and_nothing_at_all_is_not<S: Store>(
    world: Arc<World<S>>,
) {
    let who = world.enrolled("alice").await;
    let limits = Limits {
        consecutive: 1,
        unknown_budget: Odds(u64::MAX >> 1),
        ..generous()
    };
    assert_eq!(code(&world, &who, (limits, None), None).await, REFUSED);
    let after = code(&world, &who, (generous(), None), Some(2000)).await;
    assert_eq!(
        after,
        Reply::Exhausted,
        "suspended, whatever the limits say later"
    );
    let revocation = Revocation {
        authenticator: who.authenticator,
        mac: mac(&world.random),
    };
    world
        .done(Change::Revoke {
            keep_last: false,
            authority: Authority::Operator,
            user: who.person.key,
            revocation,
            now: world.now(),
            audit: world.row(
                &who.person,
                Event::AuthenticatorRevoked,
                Outcome::Success,
                None,
            ),
        })
        .await;
    assert_eq!(code(&world, &who, (generous(), None), None).await, REFUSED);
}
