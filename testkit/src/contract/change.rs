//! Changes: what each does, and what it leaves alone.

use std::sync::Arc;

use countersign::audit::{Event, Outcome};
use countersign::authenticator::Status;
use countersign::id::AuthenticatorId;
use countersign::port::store::{
    Admission, Admit, Authority, Change, Changed, Effected, Gate, Revocation, Settled, Store,
};
use countersign::session::TokenHash;
use countersign::throttle::Limits;

use crate::record::{codes, mac};
use crate::world::{Enrolled, opened};
use crate::{Reply, World, generous};

const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));

async fn revoke<S: Store>(world: &World<S>, who: &Enrolled, id: AuthenticatorId) -> Changed {
    revoke_or_keep(world, who, id, false).await
}

async fn revoke_or_keep<S: Store>(
    world: &World<S>,
    who: &Enrolled,
    id: AuthenticatorId,
    keep_last: bool,
) -> Changed {
    let revocation = Revocation {
        authenticator: id,
        mac: mac(&world.random),
    };
    let audit = world.row(
        &who.person,
        Event::AuthenticatorRevoked,
        Outcome::Success,
        None,
    );
    world
        .change(Change::Revoke {
            keep_last,
            authority: Authority::Fresh(world.guard(who.guard.session)),
            user: who.person.key,
            revocation,
            now: world.now(),
            audit,
        })
        .await
}

/// An unconfirmed secret is replaced; one that works stays until it is revoked.
pub async fn an_enrollment_replaces_the_pending_one_only<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let first = world.begin(&who.person, who.guard).await;
    let second = world.begin(&who.person, who.guard).await;
    let overview = world.overview(&who.person).await;
    let statuses: Vec<_> = overview
        .authenticators
        .iter()
        .map(|one| (one.id, one.status))
        .collect();
    assert!(statuses.contains(&(who.authenticator, Status::Active)));
    assert!(statuses.contains(&(second, Status::Pending)));
    assert!(!statuses.iter().any(|(id, _)| *id == first));
    let admit = world.code(Gate::User(who.person.key));
    let right = Some((who.authenticator, 2000));
    assert_eq!(world.try_code(&who.person, admit, right).await, ACCEPTED);
    world.pass(600);
    let left = world.overview(&who.person).await.authenticators;
    assert_eq!(left.len(), 1, "ten minutes are over");
}

/// No change makes an authenticator that verifies.
pub async fn nothing_is_planted_active<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let mut planted = who.person.authenticator(&world.random, world.now());
    planted.status = Status::Active;
    let changed = world
        .change(Change::BeginEnrollment {
            authority: Authority::Fresh(who.guard),
            authenticator: Box::new(planted),
            audit: world.row(&who.person, Event::EnrollmentBegun, Outcome::Success, None),
        })
        .await;
    assert_ne!(changed, Changed::Done);
    assert_eq!(world.overview(&who.person).await.holdings.totp, 1);
}

/// Twenty that count.
pub async fn a_user_has_at_most_twenty<S: Store>(world: Arc<World<S>>) {
    let mut who = world.enrolled("alice").await;
    for _ in 1..20 {
        world.enroll_another(&mut who).await;
    }
    let next = who.person.authenticator(&world.random, world.now());
    let changed = world
        .change(Change::BeginEnrollment {
            authority: Authority::Fresh(who.guard),
            authenticator: Box::new(next),
            audit: world.row(&who.person, Event::EnrollmentBegun, Outcome::Success, None),
        })
        .await;
    assert_eq!(changed, Changed::TooMany);
}

/// Not before.
pub async fn the_last_revocation_voids_the_backup_codes<S: Store>(world: Arc<World<S>>) {
    let mut who = world.enrolled("alice").await;
    let second = world.enroll_another(&mut who).await;
    assert_eq!(revoke(&world, &who, who.authenticator).await, Changed::Done);
    assert_eq!(
        revoke(&world, &who, who.authenticator).await,
        Changed::NotFound
    );
    assert_eq!(world.overview(&who.person).await.holdings.backup_codes, 10);
    assert_eq!(revoke(&world, &who, second).await, Changed::Done);
    let holdings = world.overview(&who.person).await.holdings;
    assert_eq!((holdings.backup_codes, holdings.demanding()), (0, 0));
    let (_, settled) = world.first_step(&who.person).await;
    assert_eq!(settled, Settled::Accepted(Effected::Done));
    // What it had is worth nothing, and told of like what never was.
    let admit = world.backup_code(Gate::User(who.person.key), 0);
    let Admission::Open(open) = world.admit(Admit::BackupCode(admit)).await else {
        panic!("a set that is gone is told of");
    };
    assert!(open.backup_code.is_none() && open.backup_set.is_none());
}

/// Exactly what was listed, and the counts with it.
pub async fn a_reset_takes_everything_but_the_password<S: Store>(world: Arc<World<S>>) {
    let mut who = world.enrolled("alice").await;
    let second = world.enroll_another(&mut who).await;
    let cookie = world.known_browser(&who, 2000).await;
    let (pending, _) = world.first_step(&who.person).await;
    let mut admit = world.code(Gate::User(who.person.key));
    admit.limits = Limits {
        consecutive: 1,
        ..generous()
    };
    world.try_code(&who.person, admit, None).await;
    world.begin(&who.person, who.guard).await;
    world.pass(600);
    let reset = |ids: &[AuthenticatorId]| Change::Reset {
        user: who.person.key,
        revocations: ids
            .iter()
            .map(|id| Revocation {
                authenticator: *id,
                mac: mac(&world.random),
            })
            .collect(),
        now: world.now(),
        audit: world.row(&who.person, Event::UserReset, Outcome::Success, None),
    };
    let partly = world.change(reset(&[second])).await;
    assert_eq!(partly, Changed::Conflict);
    world.done(reset(&[second, who.authenticator])).await;
    let overview = world.overview(&who.person).await;
    assert_eq!(overview.holdings.demanding(), 0);
    assert!(overview.authenticators.is_empty() && overview.sessions.is_empty());
    assert_eq!(overview.user.password_version, 1);
    assert_over(&world, &who, pending, cookie).await;
    // The counts are gone: a new authenticator is not refused for the old one's failures.
    let guard = world.sign_in(&who.person, None).await;
    let id = world.begin(&who.person, guard).await;
    let set = codes(&world.random, world.now(), 2, 10);
    let (reply, _) = world
        .confirm(&who.person, guard.session, (id, 1), set)
        .await;
    assert_eq!(
        reply,
        Reply::Settled(Settled::Accepted(Effected::BackupCodesStored))
    );
    let mut admit = world.code(Gate::User(who.person.key));
    admit.limits.consecutive = 1;
    assert_eq!(
        world.try_code(&who.person, admit, Some((id, 2))).await,
        ACCEPTED
    );
}

/// The old session, the pending login and the cookie do nothing any more.
pub(super) async fn assert_over<S: Store>(
    world: &World<S>,
    who: &Enrolled,
    pending: TokenHash,
    cookie: TokenHash,
) {
    assert!(!world.lives(who.guard.session).await);
    let reply = world
        .try_code(&who.person, world.code(Gate::Pending(pending)), None)
        .await;
    assert_eq!(reply, Reply::Gone);
    let mut admit = world.password(&who.person);
    admit.known = Some(cookie);
    let open = opened(world.admit(Admit::Password(admit)).await);
    assert!(!open.unwrap().known, "the browser is forgotten");
}

/// The last authenticator that demands the second step stays where it is to be kept, a suspended one
/// counting like an active one; any other goes.
pub async fn the_last_one_is_kept_where_it_has_to_be<S: Store>(world: Arc<World<S>>) {
    let mut who = world.enrolled("alice").await;
    let first = who.authenticator;
    let kept = revoke_or_keep(&world, &who, first, true).await;
    assert_eq!(kept, Changed::LastOne);
    let second = world.enroll_another(&mut who).await;
    assert_eq!(
        revoke_or_keep(&world, &who, first, true).await,
        Changed::Done
    );
    let kept = revoke_or_keep(&world, &who, second, true).await;
    assert_eq!(kept, Changed::LastOne);
    let unknown = revoke_or_keep(&world, &who, first, true).await;
    assert_eq!(unknown, Changed::NotFound);
}
