//! A settlement repeats what could have changed since its admission: nothing is accepted on what was.

use std::sync::Arc;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::port::store::{
    Admit, Authority, Change, Consumption, Effect, Effected, Gate, Judged, Purpose, Revocation,
    Settle, SettleKind, Settled, Store,
};

use crate::record::{codes, mac, sealed};
use crate::world::{Enrolled, opened, step};
use crate::{Person, Reply, World};

/// A right code, admitted at this gate and not yet settled.
async fn in_flight<S: Store>(world: &World<S>, who: &Enrolled, gate: Gate) -> Settle {
    let admit = world.code(gate);
    opened(world.admit(Admit::Code(admit)).await).unwrap();
    let right = Judged::Match(vec![step(who.authenticator, 2000)]);
    let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
    world.settlement(&who.person, of, gate, right)
}

async fn next_of<S: Store>(world: &World<S>, person: &Person) -> Option<u64> {
    let overview = world.overview(person).await;
    overview.authenticators.first().map(|one| one.next)
}

/// A password that was right at its admission, and is no longer.
pub async fn a_password_changed_in_between_refuses<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let admit = world.password(&person);
    opened(world.admit(Admit::Password(admit)).await).unwrap();
    world
        .done(Change::SetPassword {
            user: person.key,
            hash: sealed(&world.random),
            version: 2,
            now: world.now(),
            audit: world.row(&person, Event::PasswordChanged, Outcome::Success, None),
        })
        .await;
    let of = (admit.attempt, SettleKind::Password);
    let settle = world.settlement(&person, of, Gate::Open, Judged::Match(Vec::new()));
    assert_eq!(world.settle(settle).await, Settled::Changed);
}

/// Disabled is disabled, also for who was half in.
pub async fn a_user_disabled_in_between_is_refused<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let settle = in_flight(&world, &who, Gate::User(who.person.key)).await;
    let password = world.password(&who.person);
    opened(world.admit(Admit::Password(password)).await).unwrap();
    world
        .done(Change::SetEnabled {
            user: who.person.key,
            enabled: false,
            now: world.now(),
            audit: world.row(&who.person, Event::UserUpdated, Outcome::Success, None),
        })
        .await;
    assert_eq!(world.settle(settle).await, Settled::Changed);
    let of = (password.attempt, SettleKind::Password);
    let settle = world.settlement(&who.person, of, Gate::Open, Judged::Match(Vec::new()));
    assert_eq!(world.settle(settle).await, Settled::Changed);
    assert_eq!(next_of(&world, &who.person).await, Some(1001));
}

/// The candidate it was judged by is over.
pub async fn an_authenticator_revoked_in_between_refuses<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let settle = in_flight(&world, &who, Gate::User(who.person.key)).await;
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
    assert_eq!(world.settle(settle).await, Settled::Changed);
}

/// The set it was judged by is void.
pub async fn backup_codes_replaced_in_between_refuse<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::User(who.person.key);
    let admit = world.backup_code(gate, 0);
    opened(world.admit(Admit::BackupCode(admit)).await).unwrap();
    world
        .done(Change::ReplaceBackupCodes {
            authority: Authority::Fresh(who.guard),
            user: who.person.key,
            codes: codes(&world.random, world.now(), 2, 10),
            now: world.now(),
            audit: world.row(
                &who.person,
                Event::BackupCodesReplaced,
                Outcome::Success,
                None,
            ),
        })
        .await;
    let right = Judged::Match(vec![Consumption::BackupCode {
        code: who.backup[0],
        version: 1,
    }]);
    let of = (admit.attempt, SettleKind::BackupCode);
    let settle = world.settlement(&who.person, of, gate, right);
    assert_eq!(world.settle(settle).await, Settled::Changed);
    let left = world.overview(&who.person).await.holdings.backup_codes;
    assert_eq!(left, 10);
}

/// The session that asked has signed out.
pub async fn a_session_ended_in_between_refuses<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let mut settle = in_flight(&world, &who, Gate::Session(who.guard.session)).await;
    settle.effect = Effect::RaiseSession {
        session: who.person.session(&world.random, world.now(), Level::Aal2),
        only_without_mfa: false,
    };
    world
        .done(Change::SignOut {
            session: who.guard.session,
            now: world.now(),
            audit: world.row(&who.person, Event::SessionEnded, Outcome::Success, None),
        })
        .await;
    assert_eq!(world.settle(settle).await, Settled::Changed);
    assert_eq!(next_of(&world, &who.person).await, Some(1001));
}

/// A pending login has its ten minutes, to the millisecond.
pub async fn a_pending_login_expired_in_between_refuses<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for (seconds, stands) in [(599, true), (600, false)] {
        let (pending, _) = world.first_step(&who.person).await;
        let mut settle = in_flight(&world, &who, Gate::Pending(pending)).await;
        world.pass(seconds);
        settle.now = world.now();
        settle.judged = Judged::Match(vec![step(who.authenticator, 3000 + seconds)]);
        settle.effect = Effect::OpenSession {
            session: who.person.session(&world.random, world.now(), Level::Aal2),
            known: None,
        };
        let settled = world.settle(settle).await;
        let accepted = matches!(settled, Settled::Accepted(_));
        assert_eq!(accepted, stands, "{seconds} s: {settled:?}");
    }
}

/// Whether a second step is demanded is a matter of the commit, not of the admission.
pub async fn a_first_step_decides_at_its_commit<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let guard = world.sign_in(&person, None).await;
    let admit = world.password(&person);
    let open = opened(world.admit(Admit::Password(admit)).await).unwrap();
    assert_eq!(open.demanding, 0);

    let id = world.begin(&person, guard).await;
    let set = codes(&world.random, world.now(), 1, 10);
    world.confirm(&person, guard.session, (id, 1000), set).await;

    let session = person.session(&world.random, world.now(), Level::Aal1);
    let hash = session.hash;
    let of = (admit.attempt, SettleKind::Password);
    let mut settle = world.settlement(&person, of, Gate::Open, Judged::Match(Vec::new()));
    settle.effect = Effect::FirstStep {
        pending: person.pending(&world.random, world.now()),
        session,
        known: None,
    };
    let settled = world.settle(settle).await;
    assert_eq!(settled, Settled::Accepted(Effected::SecondStepDemanded));
    assert!(!world.lives(hash).await);
}

/// The password is no fresh proof for who has a second factor, whatever the caller says.
pub async fn a_password_alone_raises_nobody_with_a_second_factor<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::Session(who.guard.session);
    for only_without_mfa in [true, false] {
        let mut admit = world.password(&who.person);
        admit.gate = gate;
        opened(world.admit(Admit::Password(admit)).await).unwrap();
        let of = (admit.attempt, SettleKind::Password);
        let mut settle = world.settlement(&who.person, of, gate, Judged::Match(Vec::new()));
        settle.effect = Effect::RaiseSession {
            session: who.person.session(&world.random, world.now(), Level::Aal2),
            only_without_mfa,
        };
        assert_eq!(world.settle(settle).await, Settled::Changed);
    }
    assert!(world.lives(who.guard.session).await);
}

/// No gate, no attempt.
pub async fn a_gate_admits_only_what_stands<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let bob = world.person("bob").await;
    for gate in [
        Gate::Open,
        Gate::Pending(world.token()),
        Gate::Session(world.token()),
    ] {
        let admit = world.code(gate);
        let reply = world
            .try_code(&who.person, admit, Some((who.authenticator, 2000)))
            .await;
        assert_eq!(reply, Reply::Gone, "{gate:?}");
    }
    let mut admit = world.password(&bob);
    admit.gate = Gate::Session(who.guard.session);
    assert_eq!(world.try_password(&bob, admit, true).await, Reply::Gone);
    let mut confirm = world.code(Gate::Session(who.guard.session));
    confirm.purpose = Purpose::Confirm;
    let reply = world.try_code(&who.person, confirm, None).await;
    assert_eq!(reply, Reply::Gone, "there is nothing to confirm");
}
