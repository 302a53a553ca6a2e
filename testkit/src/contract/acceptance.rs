//! One acceptance (rule 1): whatever comes at once, a one-time thing is accepted once.

use std::future::Future;
use std::sync::Arc;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::port::store::{
    Admit, AdmitBackupCode, AdmitCode, Authority, Change, Effected, Gate, Judged, Purpose,
    SettleKind, Settled, Store,
};

use crate::record::codes;
use crate::world::{opened, step};
use crate::{Reply, World, generous};

/// How many try at once.
const AT_ONCE: usize = 64;
/// How many times.
const ROUNDS: u64 = 1000;

const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));
const USED: Reply = Reply::Settled(Settled::AlreadyUsed);

/// All of them at once, each in a task of its own.
async fn at_once<F>(attempts: impl Iterator<Item = F>) -> Vec<Reply>
where
    F: Future<Output = Reply> + Send + 'static,
{
    let mut tasks = tokio::task::JoinSet::new();
    for attempt in attempts {
        tasks.spawn(attempt);
    }
    tasks.join_all().await
}

fn accepted(replies: &[Reply]) -> usize {
    let accepted = |reply: &&Reply| matches!(reply, Reply::Settled(Settled::Accepted(_)));
    replies.iter().filter(accepted).count()
}

/// A thousand times, 64 submissions of one right code: one is accepted, the others are told so.
pub async fn a_code_is_accepted_once_among_64<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for round in 0..ROUNDS {
        world.pass(301);
        let (key, id, at) = (who.person.key, who.authenticator, 2000 + round);
        let replies = at_once((0..AT_ONCE).map(|_| {
            let (world, person) = (Arc::clone(&world), who.person.clone());
            async move {
                let admit = AdmitCode {
                    limits: generous(),
                    ..world.code(Gate::User(key))
                };
                world.try_code(&person, admit, Some((id, at))).await
            }
        }))
        .await;
        assert_eq!(accepted(&replies), 1, "round {round}");
        let used = replies.iter().filter(|reply| **reply == USED).count();
        assert_eq!(used, AT_ONCE - 1, "round {round}: {replies:?}");
    }
}

/// The same of a backup code.
pub async fn a_backup_code_is_accepted_once_among_64<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for version in 2..6_i64 {
        let step = (who.authenticator, 2000 + version.unsigned_abs());
        let guard = world.sign_in(&who.person, Some(step)).await;
        let set = codes(&world.random, world.now(), version, 250);
        let ids: Vec<_> = set
            .codes
            .iter()
            .map(|(id, selector, _)| (*id, *selector))
            .collect();
        world
            .done(Change::ReplaceBackupCodes {
                authority: Authority::Fresh(guard),
                user: who.person.key,
                codes: set,
                now: world.now(),
                audit: world.row(
                    &who.person,
                    Event::BackupCodesReplaced,
                    Outcome::Success,
                    None,
                ),
            })
            .await;
        for (id, selector) in ids {
            world.pass(301);
            let key = who.person.key;
            let replies = at_once((0..AT_ONCE).map(|_| {
                let (world, person) = (Arc::clone(&world), who.person.clone());
                async move {
                    let admit = AdmitBackupCode {
                        limits: generous(),
                        ..world.backup_code(Gate::User(key), selector)
                    };
                    world
                        .try_backup_code(&person, admit, Some((id, version)))
                        .await
                }
            }))
            .await;
            assert_eq!(accepted(&replies), 1, "code {selector} of set {version}");
        }
    }
}

/// 64 second steps of one pending login, each with a code of its own: one session.
pub async fn a_pending_login_is_used_once_among_64<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let before = world.overview(&who.person).await.sessions.len();
    let (pending, settled) = world.first_step(&who.person).await;
    assert_eq!(settled, Settled::Accepted(Effected::SecondStepDemanded));
    let replies = at_once((0..64_u64).map(|n| {
        let (world, person, id) = (Arc::clone(&world), who.person.clone(), who.authenticator);
        async move {
            let session = person.session(&world.random, world.now(), Level::Aal2);
            world
                .second_step(&person, pending, (id, 2000 + n), session)
                .await
        }
    }))
    .await;
    assert_eq!(accepted(&replies), 1, "{replies:?}");
    assert_eq!(world.overview(&who.person).await.sessions.len(), before + 1);
}

/// Neither the same code in the next step, nor an older one after a newer one.
pub async fn a_code_is_refused_once_a_later_one_was_used<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let mut tries = Vec::new();
    for at in [2000, 2000, 1999, 1000, 2001, 2000] {
        world.pass(61);
        let admit = world.code(Gate::User(who.person.key));
        tries.push(
            world
                .try_code(&who.person, admit, Some((who.authenticator, at)))
                .await,
        );
    }
    assert_eq!(tries, [ACCEPTED, USED, USED, USED, ACCEPTED, USED]);
    let overview = world.overview(&who.person).await;
    assert_eq!(overview.authenticators.first().unwrap().next, 2002);
}

/// Two authenticators match: both are consumed; if one was before, neither is.
pub async fn all_that_matched_is_consumed_or_nothing<S: Store>(world: Arc<World<S>>) {
    let mut who = world.enrolled("alice").await;
    let first = who.authenticator;
    let second = world.enroll_another(&mut who).await;
    let gate = Gate::User(who.person.key);
    for (at, expected) in [
        ((2000, 3000), Settled::Accepted(Effected::Done)),
        ((2500, 3000), Settled::AlreadyUsed),
        ((2500, 3001), Settled::Accepted(Effected::Done)),
    ] {
        let admit = world.code(gate);
        opened(world.admit(Admit::Code(admit)).await).unwrap();
        let both = Judged::Match(vec![step(first, at.0), step(second, at.1)]);
        let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
        let settle = world.settlement(&who.person, of, gate, both);
        assert_eq!(world.settle(settle).await, expected);
        if expected == Settled::AlreadyUsed {
            let kept = world.overview(&who.person).await.authenticators;
            let next = kept.iter().find(|one| one.id == first).unwrap().next;
            assert_eq!(
                next, 2001,
                "the first was consumed though the second could not be"
            );
        }
    }
}

/// The code that confirms an enrollment opens nothing afterwards.
pub async fn a_confirmation_consumes_its_code<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let admit = world.code(Gate::User(who.person.key));
    let reply = world
        .try_code(&who.person, admit, Some((who.authenticator, 1000)))
        .await;
    assert_eq!(reply, USED);
}
