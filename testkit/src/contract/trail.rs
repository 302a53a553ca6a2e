//! Nothing happens unrecorded (rule 3): rows, notices, throttle rows; and what a purge leaves.

use std::sync::Arc;
use std::time::Duration;

use countersign::audit::{Event, Outcome, Reason};
use countersign::authenticator::Label;
use countersign::port::store::{
    Admission, Admit, Authority, Change, Changed, Gate, Judged, NoticeKind, Purpose, SettleKind,
    Store,
};
use countersign::user::Subject;

use crate::World;
use crate::world::{opened, step};

/// One row each: accepted, already used, refused, changed; and none for an admission.
pub async fn every_outcome_of_a_settlement_leaves_its_row<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::User(who.person.key);
    let right = |at| Judged::Match(vec![step(who.authenticator, at)]);
    let before = world.events().await.len();
    for (n, (judged, reason)) in [
        (right(2000), Reason::Code),
        (right(2000), Reason::CodeAlreadyUsed),
        (Judged::NoMatch, Reason::WrongCode),
        (Judged::Match(Vec::new()), Reason::StateChanged),
    ]
    .into_iter()
    .enumerate()
    {
        let admit = world.code(gate);
        opened(world.admit(Admit::Code(admit)).await).unwrap();
        assert_eq!(world.events().await.len(), before + n);
        let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
        world.pass(1);
        world
            .settle(world.settlement(&who.person, of, gate, judged))
            .await;
        let rows = world.events().await;
        assert_eq!(rows.len(), before + n + 1);
        assert_eq!(rows.last().unwrap().reason, Some(reason));
    }
    let of = (world.attempt(), SettleKind::Code(Purpose::Verify));
    world
        .settle(world.settlement(&who.person, of, gate, right(3000)))
        .await;
    assert_eq!(
        world.events().await.len(),
        before + 5,
        "a stray is recorded too"
    );
}

/// A row comes back as it was written, field by field.
pub async fn every_change_leaves_its_row_and_a_refused_one_none<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    world.pass(1);
    let rename = |guard| Change::Rename {
        authority: Authority::Fresh(guard),
        user: who.person.key,
        authenticator: who.authenticator,
        label: Label::parse("Telefon").unwrap(),
        audit: world.row(
            &who.person,
            Event::AuthenticatorRenamed,
            Outcome::Success,
            Some(Reason::ByUser),
        ),
    };
    let refused = world.change(rename(world.guard(world.token()))).await;
    assert_eq!(refused, Changed::NotFresh);
    assert_eq!(world.count(Event::AuthenticatorRenamed).await, 0);
    world.done(rename(who.guard)).await;
    assert_eq!(world.count(Event::AuthenticatorRenamed).await, 1);
    let overview = world.overview(&who.person).await;
    assert_eq!(overview.authenticators[0].label, "Telefon");
    let newest = overview.events.first().unwrap();
    assert_eq!(newest.event, Event::AuthenticatorRenamed);

    world.pass(1);
    let mut row = world.row(
        &who.person,
        Event::Started,
        Outcome::Failure,
        Some(Reason::Tampered),
    );
    row.authenticator = Some(who.authenticator);
    row.agent = Some("agent \u{1f511}".to_owned());
    row.request_id = Some("r-1".to_owned());
    let written = format!("{row:?}");
    world.done(Change::Record(row)).await;
    let rows = world.events().await;
    assert_eq!(format!("{:?}", rows.last().unwrap()), written);
}

/// Counted until read; what comes later is new.
pub async fn notices_are_counted_until_read<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    for _ in 0..3 {
        world
            .try_code(&who.person, world.code(Gate::User(who.person.key)), None)
            .await;
    }
    let told = async || {
        let notices = world.overview(&who.person).await.notices;
        let mut told: Vec<_> = notices.iter().map(|one| (one.kind, one.count)).collect();
        told.sort_by_key(|(kind, _)| kind.as_str());
        told
    };
    let added = (NoticeKind::AuthenticatorAdded, 1);
    assert_eq!(told().await, [added, (NoticeKind::SecondStepFailed, 3)]);
    let (user, now) = (who.person.key, world.now());
    world.pass(1);
    world
        .try_code(&who.person, world.code(Gate::User(user)), None)
        .await;
    world.done(Change::DismissNotices { user, now }).await;
    assert_eq!(
        told().await,
        [(NoticeKind::SecondStepFailed, 4)],
        "the newest is unread"
    );
    world
        .done(Change::DismissNotices {
            user,
            now: world.now(),
        })
        .await;
    assert_eq!(told().await, []);
}

/// However often: one row a window and kind, which counts.
pub async fn a_throttled_window_is_one_row_with_a_count<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::User(who.person.key);
    for _ in 0..5 {
        world.try_code(&who.person, world.code(gate), None).await;
    }
    let record = || Change::RecordThrottle {
        subject: Subject(who.person.key.0),
        kind: "code",
        span: Duration::from_mins(5),
        audit: world.row(&who.person, Event::Throttled, Outcome::Failure, None),
    };
    let throttled = async || match world.admit(Admit::Code(world.code(gate))).await {
        Admission::Throttled { recorded, .. } => recorded,
        _ => panic!("not throttled"),
    };
    assert!(!throttled().await);
    world.done(record()).await;
    // Somebody else saw no row at the same time.
    world.done(record()).await;
    for _ in 0..5 {
        assert!(throttled().await);
    }
    let row = async || {
        let rows = world.events().await;
        let of = rows.into_iter().filter(|row| row.event == Event::Throttled);
        of.map(|row| row.repeats).collect::<Vec<_>>()
    };
    assert_eq!(row().await, [6]);
    world.pass(300);
    for _ in 0..5 {
        world.try_code(&who.person, world.code(gate), None).await;
    }
    assert!(!throttled().await, "another window");
    world.done(record()).await;
    assert_eq!(row().await, [6, 0]);
}
