//! Changes: what each does, and what it leaves alone.

use std::sync::Arc;
use std::time::Duration;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::authenticator::Status;
use countersign::id::AuthenticatorId;
use countersign::port::store::{
    Admit, Authority, Change, Changed, Effect, Effected, Gate, Judged, Purpose, Revocation,
    SettleKind, Settled, Store,
};
use countersign::session::{SessionRecord, TokenHash};
use countersign::throttle::Limits;

use crate::record::{codes, mac, sealed};
use crate::world::{Enrolled, opened, step};
use crate::{Reply, World, generous};

const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));

async fn revoke<S: Store>(world: &World<S>, who: &Enrolled, id: AuthenticatorId) -> Changed {
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
            guard: who.guard,
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
            guard: who.guard,
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
}

/// The session id is new at every change of privilege, and the old one is over.
pub async fn a_raised_session_ends_the_old_one<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::Session(who.guard.session);
    let successor = who.person.session(&world.random, world.now(), Level::Aal2);
    let hash = successor.hash;
    let mut settles = Vec::new();
    for at in [2000, 2001] {
        let admit = world.code(gate);
        opened(world.admit(Admit::Code(admit)).await).unwrap();
        let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
        let right = Judged::Match(vec![step(who.authenticator, at)]);
        let mut settle = world.settlement(&who.person, of, gate, right);
        settle.effect = Effect::RaiseSession {
            session: successor.clone(),
            only_without_mfa: false,
        };
        settles.push(settle);
    }
    let second = settles.pop().unwrap();
    let first = settles.pop().unwrap();
    assert_eq!(world.settle(first).await, Settled::Accepted(Effected::Done));
    assert!(!world.lives(who.guard.session).await);
    assert!(world.lives(hash).await);
    assert_eq!(
        world.settle(second).await,
        Settled::Changed,
        "its session went on already"
    );
}

/// A child neither outlives its parent nor is left behind when that goes on.
pub async fn a_session_ends_with_its_children<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let other = world
        .sign_in(&who.person, Some((who.authenticator, 2000)))
        .await;
    let (pending, _) = world.first_step(&who.person).await;
    let child = SessionRecord {
        parent: Some(other.session),
        ..who.person.session(&world.random, world.now(), Level::Aal2)
    };
    let hash = child.hash;
    let right = (who.authenticator, 2001);
    assert_eq!(
        world.second_step(&who.person, pending, right, child).await,
        ACCEPTED
    );
    assert!(world.lives(hash).await);
    let session = other.session;
    let audit = world.row(&who.person, Event::SessionEnded, Outcome::Success, None);
    let now = world.now();
    world
        .done(Change::SignOut {
            session,
            now,
            audit,
        })
        .await;
    assert!(!world.lives(hash).await);
    assert!(world.lives(who.guard.session).await);
}

/// All sessions, pending logins and known browsers but the one that asked, which is new.
pub async fn ending_the_others_leaves_one<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let cookie = world.known_browser(&who, 2000).await;
    let (pending, _) = world.first_step(&who.person).await;
    let session = who.person.session(&world.random, world.now(), Level::Aal2);
    let hash = session.hash;
    world
        .done(Change::EndOtherSessions {
            guard: who.guard,
            user: who.person.key,
            session,
            audit: world.row(&who.person, Event::SessionsEnded, Outcome::Success, None),
        })
        .await;
    assert_eq!(world.overview(&who.person).await.sessions.len(), 1);
    assert!(world.lives(hash).await);
    assert_over(&world, &who, pending, cookie).await;
}

/// An operator's new password.
pub async fn a_new_password_ends_what_was_open<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let cookie = world.known_browser(&who, 2000).await;
    let (pending, _) = world.first_step(&who.person).await;
    let new = |version| Change::SetPassword {
        user: who.person.key,
        hash: sealed(&world.random),
        version,
        now: world.now(),
        audit: world.row(&who.person, Event::PasswordChanged, Outcome::Success, None),
    };
    assert_eq!(world.change(new(3)).await, Changed::Conflict);
    assert!(world.lives(who.guard.session).await);
    world.done(new(2)).await;
    assert_eq!(world.change(new(2)).await, Changed::Conflict);
    assert!(world.overview(&who.person).await.sessions.is_empty());
    assert_over(&world, &who, pending, cookie).await;
}

/// And enabling brings nothing back.
pub async fn disabling_ends_what_was_open<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let (pending, _) = world.first_step(&who.person).await;
    for enabled in [false, true] {
        world
            .done(Change::SetEnabled {
                user: who.person.key,
                enabled,
                now: world.now(),
                audit: world.row(&who.person, Event::UserUpdated, Outcome::Success, None),
            })
            .await;
        assert!(!world.lives(who.guard.session).await);
        let reply = world
            .try_code(&who.person, world.code(Gate::Pending(pending)), None)
            .await;
        assert_eq!(reply, Reply::Gone);
        let reply = world
            .try_code(
                &who.person,
                world.code(Gate::User(who.person.key)),
                Some((who.authenticator, 2000)),
            )
            .await;
        assert_eq!(reply == ACCEPTED, enabled, "{reply:?}");
    }
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
    let admit = world.code(Gate::User(who.person.key));
    assert_eq!(
        world.try_code(&who.person, admit, Some((id, 2))).await,
        ACCEPTED
    );
}

/// Seen earlier is not seen; an end is never brought forward, and what is over stays over.
pub async fn a_session_is_never_seen_backwards<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let session = who.guard.session;
    let touch = |now, minutes: u64| Change::TouchSession {
        session,
        now,
        idle_expires_at: world.now().plus(Duration::from_mins(minutes)),
    };
    let later = world.now().plus(Duration::from_mins(10));
    world.done(touch(later, 120)).await;
    world.done(touch(world.now(), 1)).await;
    let sessions = world.overview(&who.person).await.sessions;
    let seen = sessions.iter().find(|one| one.hash == session).unwrap();
    assert_eq!(seen.last_seen_at, later);
    assert_eq!(
        seen.idle_expires_at,
        world.now().plus(Duration::from_hours(2))
    );
    world.pass(7200);
    world.done(touch(world.now(), 60)).await;
    assert!(!world.lives(session).await);
}

/// The old session, the pending login and the cookie do nothing any more.
async fn assert_over<S: Store>(
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
