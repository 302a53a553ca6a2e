//! One acceptance (rule 1): whatever comes at once, a one-time thing is accepted once.

use std::future::Future;
use std::sync::Arc;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::authenticator::Status;
use countersign::port::store::{
    Admit, AdmitBackupCode, AdmitCode, Change, Consumption, Effect, Effected, Gate, Judged,
    Purpose, SettleKind, Settled, Store,
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
        world.pass(30);
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
                guard,
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
            world.pass(30);
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

/// An attempt that nobody admitted, that is settled already, that is another kind or another user's.
pub async fn an_attempt_is_settled_once_and_as_what_it_was_admitted<S: Store>(
    world: Arc<World<S>>,
) {
    let who = world.enrolled("alice").await;
    let other = world.enrolled("bob").await;
    let gate = Gate::User(who.person.key);
    let right = |at| Judged::Match(vec![step(who.authenticator, at)]);
    let kind = SettleKind::Code(Purpose::Verify);

    let never = world.settlement(&who.person, (world.attempt(), kind), gate, right(2000));
    assert_eq!(world.settle(never).await, Settled::Changed);

    let theirs = world.code(Gate::User(other.person.key));
    opened(world.admit(Admit::Code(theirs)).await).unwrap();
    let settle = world.settlement(&who.person, (theirs.attempt, kind), gate, right(2000));
    assert_eq!(world.settle(settle).await, Settled::Changed);

    let admit = world.code(gate);
    opened(world.admit(Admit::Code(admit)).await).unwrap();
    let as_another = (admit.attempt, SettleKind::Code(Purpose::Confirm));
    let settle = world.settlement(&who.person, as_another, gate, right(2000));
    assert_eq!(world.settle(settle).await, Settled::Changed);

    let of = (admit.attempt, kind);
    let settle = world.settlement(&who.person, of, gate, Judged::NoMatch);
    assert_eq!(world.settle(settle).await, Settled::Refused);
    let again = world.settlement(&who.person, of, gate, right(2000));
    assert_eq!(world.settle(again).await, Settled::Changed);
}

/// A match without a consumption is no proof but of a password.
pub async fn a_match_that_consumes_nothing_is_not_accepted<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::User(who.person.key);
    let code = world.code(gate);
    opened(world.admit(Admit::Code(code)).await).unwrap();
    let backup = world.backup_code(gate, 0);
    opened(world.admit(Admit::BackupCode(backup)).await).unwrap();
    for of in [
        (code.attempt, SettleKind::Code(Purpose::Verify)),
        (backup.attempt, SettleKind::BackupCode),
    ] {
        let settle = world.settlement(&who.person, of, gate, Judged::Match(Vec::new()));
        assert_eq!(world.settle(settle).await, Settled::Changed, "{:?}", of.1);
    }
    // Nor does one that is pending prove what an active one does.
    let pending = world.begin(&who.person, who.guard).await;
    let admit = world.code(gate);
    opened(world.admit(Admit::Code(admit)).await).unwrap();
    let consumption = Consumption::Step {
        authenticator: pending,
        at: 1,
        status: Status::Pending,
        drift: None,
    };
    let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
    let settle = world.settlement(&who.person, of, gate, Judged::Match(vec![consumption]));
    assert_eq!(world.settle(settle).await, Settled::Changed);
}

/// It is noted, the code stays good, and no count is cleared by it.
pub async fn typing_a_backup_code_back_consumes_nothing<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::Session(who.guard.session);
    let admit = world.backup_code(gate, 3);
    let open = opened(world.admit(Admit::BackupCode(admit)).await).unwrap();
    assert_eq!(open.backup_code.unwrap().selector, 3);
    let of = (admit.attempt, SettleKind::BackupCode);
    let mut settle = world.settlement(&who.person, of, gate, Judged::Match(Vec::new()));
    settle.effect = Effect::AcknowledgeBackupCodes;
    assert_eq!(
        world.settle(settle).await,
        Settled::Accepted(Effected::Done)
    );
    let holdings = world.overview(&who.person).await.holdings;
    assert!(holdings.backup_codes_acknowledged);
    assert_eq!(holdings.backup_codes, 10);
    let admit = world.backup_code(gate, 3);
    let reply = world
        .try_backup_code(&who.person, admit, Some((who.backup[3], 1)))
        .await;
    assert_eq!(reply, ACCEPTED);
}
