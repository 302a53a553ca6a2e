//! Nothing happens unrecorded (rule 3): rows, notices, throttle rows; and what a purge leaves.

use std::sync::Arc;
use std::time::Duration;

use countersign::audit::{Event, Outcome, Reason};
use countersign::authenticator::Label;
use countersign::id::EventId;
use countersign::port::store::{
    Admission, Admit, Change, Changed, EventFilter, Found, Gate, Judged, NoticeKind, Purpose, Read,
    SettleKind, Settled, Store,
};
use countersign::user::Subject;

use crate::world::{opened, step};
use crate::{Reply, World};

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
        guard,
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

/// From the oldest on, from one on, of one user, or the newest.
pub async fn events_are_paged_by_id<S: Store>(world: Arc<World<S>>) {
    let (alice, bob) = (world.person("alice").await, world.person("bob").await);
    for n in 0..10 {
        world.pass(1);
        let person = if n % 2 == 0 { &alice } else { &bob };
        let row = world.row(person, Event::Started, Outcome::Success, None);
        world.done(Change::Record(row)).await;
    }
    let read = async |filter| -> Vec<EventId> {
        match world.store.read(Read::Events(filter)).await.unwrap() {
            Found::Events(rows) => rows.iter().map(|row| row.id).collect(),
            _ => panic!("no events"),
        }
    };
    let all = EventFilter {
        after: None,
        user: None,
        newest: false,
        limit: 1000,
    };
    let ids = read(all).await;
    assert_eq!(ids.len(), 12);
    let mut after = EventFilter { limit: 5, ..all };
    let mut paged = Vec::new();
    loop {
        let page = read(after).await;
        after.after = page.last().copied();
        if page.is_empty() {
            break;
        }
        paged.extend(page);
    }
    assert_eq!(paged, ids);
    let newest = EventFilter {
        newest: true,
        limit: 3,
        ..all
    };
    assert_eq!(read(newest).await, ids[9..]);
    let user = Some(bob.key);
    assert_eq!(read(EventFilter { user, ..all }).await.len(), 6);
    let filter = EventFilter {
        user,
        newest: true,
        limit: 1,
        after: None,
    };
    assert_eq!(read(filter).await, ids[11..]);
}

/// What an operator asks.
pub async fn the_state_tells_keys_and_counts<S: Store>(world: Arc<World<S>>) {
    let state = async || match world.store.read(Read::State).await.unwrap() {
        Found::State(state) => state,
        _ => panic!("no state"),
    };
    let empty = state().await;
    assert_eq!((empty.users, empty.newest), (0, None));
    world.enrolled("alice").await;
    let filled = state().await;
    assert!(filled.intact);
    assert_eq!((filled.users, filled.newest), (1, Some(world.now())));
    assert_eq!(filled.seal_keys, [1]);
}

/// Not a count that still limits, not a session that lives, not a mark of use, not an audit row.
pub async fn a_purge_removes_only_what_cannot_matter<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let gate = Gate::User(who.person.key);
    for _ in 0..5 {
        world.try_code(&who.person, world.code(gate), None).await;
        world
            .try_password(&who.person, world.password(&who.person), false)
            .await;
    }
    world.begin(&who.person, who.guard).await;
    let purge = async |most| match world
        .change(Change::Purge {
            now: world.now(),
            most,
        })
        .await
    {
        Changed::Purged(rows) => rows,
        other => panic!("{other:?}"),
    };
    let events = world.events().await.len();
    world.pass(299);
    assert_eq!(purge(1000).await, 0);
    let reply = world.try_code(&who.person, world.code(gate), None).await;
    assert!(matches!(reply, Reply::Throttled(_)), "{reply:?}");
    world.pass(1);
    assert_eq!(purge(2).await, 2, "no more than asked");
    assert_eq!(purge(1000).await, 3, "five codes out of their window");
    world.pass(299);
    assert_eq!(purge(1000).await, 0);
    world.pass(1);
    assert_eq!(purge(1000).await, 1, "the enrollment");
    world.pass(3000);
    assert!(purge(1000).await > 5, "passwords, sessions");
    assert_eq!(world.events().await.len(), events);
    let used = world
        .try_code(
            &who.person,
            world.code(gate),
            Some((who.authenticator, 1000)),
        )
        .await;
    assert_eq!(used, Reply::Settled(Settled::AlreadyUsed));
}
