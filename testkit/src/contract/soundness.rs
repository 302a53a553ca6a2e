//! What is no proof is not accepted, whatever the caller says it is.

use std::sync::Arc;

use countersign::authenticator::Status;
use countersign::port::store::{
    Admit, Consumption, Effect, Effected, Gate, Judged, Purpose, SettleKind, Settled, Store,
};

use crate::world::{opened, step};
use crate::{Reply, World};

const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));

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
