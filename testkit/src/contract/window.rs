//! Windows: five failures in any 300 seconds, exactly, and nothing that starts anew resets them.

use std::sync::Arc;
use std::time::Duration;

use countersign::port::store::{Admit, Effected, Gate, Purpose, Settled, Store};
use countersign::throttle::{Limits, Odds};

use crate::record::codes;
use crate::world::opened;
use crate::{Person, Reply, World, generous};

const REFUSED: Reply = Reply::Settled(Settled::Refused);
const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));

async fn wrong<S: Store>(world: &World<S>, person: &Person) -> Reply {
    let admit = world.code(Gate::User(person.key));
    world.try_code(person, admit, None).await
}

/// To the millisecond, and a throttled one adds nothing.
pub async fn the_sixth_attempt_in_300_seconds_waits<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    world.pass(1000);
    let first = world.now();
    for _ in 0..5 {
        assert_eq!(wrong(&world, &who.person).await, REFUSED);
        world.pass(10);
    }
    let retry_at = first.plus(Duration::from_mins(5));
    for _ in 0..20 {
        assert_eq!(wrong(&world, &who.person).await, Reply::Throttled(retry_at));
    }
    world.clock.set(retry_at.minus(Duration::from_millis(1)));
    assert_eq!(wrong(&world, &who.person).await, Reply::Throttled(retry_at));
    world.clock.set(retry_at);
    assert_eq!(wrong(&world, &who.person).await, REFUSED);
    let next = first.plus(Duration::from_secs(310));
    assert_eq!(wrong(&world, &who.person).await, Reply::Throttled(next));
}

/// A clock that stepped back opens nothing.
pub async fn entries_from_the_future_count_as_now<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let back = world.now();
    world.pass(7200);
    for _ in 0..5 {
        assert_eq!(wrong(&world, &who.person).await, REFUSED);
    }
    world.clock.set(back);
    let retry_at = back.plus(Duration::from_mins(5));
    assert_eq!(wrong(&world, &who.person).await, Reply::Throttled(retry_at));
    // Nor is what was consumed later good again.
    let other = world.enrolled("bob").await;
    let used = (other.authenticator, 5000);
    world.pass(7200);
    let admit = world.code(Gate::User(other.person.key));
    assert_eq!(
        world.try_code(&other.person, admit, Some(used)).await,
        ACCEPTED
    );
    world.clock.set(back);
    let admit = world.code(Gate::User(other.person.key));
    let reply = world.try_code(&other.person, admit, Some(used)).await;
    assert_eq!(reply, Reply::Settled(Settled::AlreadyUsed));
}

/// Four failures and a success leave four failures.
pub async fn a_success_takes_only_itself_out<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for _ in 0..4 {
        assert_eq!(wrong(&world, &who.person).await, REFUSED);
    }
    let admit = world.code(Gate::User(who.person.key));
    let right = Some((who.authenticator, 2000));
    assert_eq!(world.try_code(&who.person, admit, right).await, ACCEPTED);
    assert_eq!(wrong(&world, &who.person).await, REFUSED);
    let reply = wrong(&world, &who.person).await;
    assert!(matches!(reply, Reply::Throttled(_)), "{reply:?}");
}

/// An honest hurry is no attack.
pub async fn ten_successes_in_a_row_are_never_throttled<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for at in 2000..2010 {
        let admit = world.code(Gate::User(who.person.key));
        let right = Some((who.authenticator, at));
        assert_eq!(world.try_code(&who.person, admit, right).await, ACCEPTED);
        let admit = world.password(&who.person);
        assert_eq!(world.try_password(&who.person, admit, true).await, ACCEPTED);
    }
}

/// Counted before judged (rule 2): who never settles has failed.
pub async fn an_attempt_in_flight_counts<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for _ in 0..5 {
        let admit = world.code(Gate::User(who.person.key));
        opened(world.admit(Admit::Code(admit)).await).unwrap();
    }
    let reply = wrong(&world, &who.person).await;
    assert!(matches!(reply, Reply::Throttled(_)), "{reply:?}");
}

/// Neither a new pending login, nor a new session, nor another enrollment.
pub async fn nothing_resets_a_window<S: Store>(world: Arc<World<S>>) {
    let mut who = world.enrolled("alice").await;
    for n in 0..5 {
        let (pending, _) = world.first_step(&who.person).await;
        let gate = if n % 2 == 0 {
            Gate::Pending(pending)
        } else {
            Gate::Session(who.guard.session)
        };
        let admit = world.code(gate);
        assert_eq!(world.try_code(&who.person, admit, None).await, REFUSED);
    }
    let id = world.begin(&who.person, who.guard).await;
    let set = codes(&world.random, world.now(), 99, 0);
    let session = who.guard.session;
    let (reply, guard) = world.confirm(&who.person, session, (id, 1), set).await;
    assert!(matches!(reply, Reply::Throttled(_)), "{reply:?}");
    who.guard = guard;
    let (pending, _) = world.first_step(&who.person).await;
    for gate in [
        Gate::Pending(pending),
        Gate::Session(session),
        Gate::User(who.person.key),
    ] {
        let admit = world.code(gate);
        let right = Some((who.authenticator, 2000));
        let reply = world.try_code(&who.person, admit, right).await;
        assert!(matches!(reply, Reply::Throttled(_)), "{gate:?}: {reply:?}");
    }
}

/// A wrong confirmation costs its place in the window, and neither budget nor a failure in a row.
pub async fn a_confirmation_shares_the_window_and_nothing_else<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    world.begin(&who.person, who.guard).await;
    let limits = Limits {
        consecutive: 30,
        ..generous()
    };
    for _ in 0..40 {
        let mut admit = world.code(Gate::Session(who.guard.session));
        admit.purpose = Purpose::Confirm;
        admit.limits = limits;
        assert_eq!(world.try_code(&who.person, admit, None).await, REFUSED);
    }
    let mut admit = world.code(Gate::User(who.person.key));
    admit.limits = Limits {
        unknown_budget: Odds(3000),
        ..limits
    };
    assert_eq!(world.try_code(&who.person, admit, None).await, REFUSED);
    let reply = wrong(&world, &who.person).await;
    assert!(matches!(reply, Reply::Throttled(_)), "{reply:?}");
}

/// That way out stays open while the codes wait.
pub async fn backup_codes_have_their_own_window<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::User(who.person.key);
    for _ in 0..5 {
        assert_eq!(wrong(&world, &who.person).await, REFUSED);
    }
    for _ in 0..5 {
        let admit = world.backup_code(gate, 31);
        assert_eq!(
            world.try_backup_code(&who.person, admit, None).await,
            REFUSED
        );
    }
    let admit = world.backup_code(gate, 0);
    let reply = world
        .try_backup_code(&who.person, admit, Some((who.backup[0], 1)))
        .await;
    assert!(matches!(reply, Reply::Throttled(_)), "{reply:?}");
    world.pass(300);
    let admit = world.backup_code(gate, 0);
    let reply = world
        .try_backup_code(&who.person, admit, Some((who.backup[0], 1)))
        .await;
    assert_eq!(reply, ACCEPTED);
}
