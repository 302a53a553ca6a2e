//! Moving users in: wholly, once, and never beside a factor; their codes drain like any other.

use std::sync::Arc;

use countersign::audit::{Event, Outcome};
use countersign::authenticator::Status;
use countersign::id::BackupCodeId;
use countersign::port::store::{
    Admit, AdmitBackupCode, Authority, Change, Changed, Effected, Found, Gate, Import, Read,
    Revocation, Settled, Store,
};

use crate::record::{codes, mac};
use crate::world::opened;
use crate::{Person, Reply, World, generous};

const ACCEPTED: Reply = Reply::Settled(Settled::Accepted(Effected::Done));

async fn is_imported<S: Store>(world: &World<S>, person: &Person) -> bool {
    let (gate, now) = (Gate::User(person.key), world.now());
    let read = Read::ImportedSet { gate, now };
    match world.store.read(read).await.unwrap() {
        Found::BackupSet(set) => set.is_some_and(|set| set.bcrypt_cost == Some(12)),
        _ => panic!("another answer"),
    }
}

async fn try_code<S: Store>(world: &World<S>, person: &Person, code: BackupCodeId) -> Reply {
    let admit = AdmitBackupCode {
        limits: generous(),
        ..world.imported_code(Gate::User(person.key))
    };
    world.try_backup_code(person, admit, Some((code, 1))).await
}

async fn admitted<S: Store>(world: &World<S>, person: &Person) -> Vec<BackupCodeId> {
    let admit = AdmitBackupCode {
        limits: generous(),
        ..world.imported_code(Gate::User(person.key))
    };
    let open = opened(world.admit(Admit::BackupCode(admit)).await).unwrap();
    open.imported_codes.iter().map(|code| code.id).collect()
}

fn reset<S: Store>(world: &World<S>, person: &Person, import: &Import) -> Change {
    Change::Reset {
        user: person.key,
        revocations: vec![Revocation {
            authenticator: import.authenticator.id,
            mac: mac(&world.random),
        }],
        now: world.now(),
        audit: world.row(person, Event::UserReset, Outcome::Success, None),
    }
}

/// The user, the authenticator, the codes and both rows; of one that cannot be, nothing.
pub async fn a_user_is_imported_wholly_or_not_at_all<S: Store>(world: Arc<World<S>>) {
    let person = Person::named("alice");
    let spoil: [fn(&mut Import); 5] = [
        |import| import.authenticator.status = Status::Pending,
        |import| import.authenticator.user = Person::named("mallory").key,
        |import| import.authenticator.confirmed_at = None,
        |import| import.user.name_hash = Person::named("bob").name,
        |import| import.codes.as_mut().unwrap().codes.clear(),
    ];
    world.person("bob").await;
    let before = world.events().await.len();
    for spoil in spoil {
        let mut import = world.import(&person, 10);
        spoil(&mut import);
        let changed = world.change(world.importing(&person, import)).await;
        assert_eq!(changed, Changed::Conflict);
    }
    let many = world.import(&person, 21);
    let changed = world.change(world.importing(&person, many)).await;
    assert_eq!(changed, Changed::Conflict);
    let found = world.store.read(Read::User(person.key)).await.unwrap();
    assert!(matches!(found, Found::User(None)));
    assert_eq!(world.events().await.len(), before);

    let (person, ids) = world.imported("alice").await;
    let overview = world.overview(&person).await;
    let held = overview.holdings;
    assert_eq!((held.totp, held.backup_codes), (1, 10));
    assert!(held.backup_codes_acknowledged);
    assert_eq!(overview.authenticators.first().unwrap().next, 1001);
    assert_eq!(world.count(Event::UserImported).await, 1);
    assert_eq!(world.count(Event::UserCreated).await, 2);
    assert_eq!(admitted(&world, &person).await, ids);
}

/// All at once: one is done, the others find the user enrolled.
pub async fn a_user_is_imported_once_among_64<S: Store>(world: Arc<World<S>>) {
    let mut tasks = tokio::task::JoinSet::new();
    for _ in 0..64 {
        let world = Arc::clone(&world);
        tasks.spawn(async move {
            let person = Person::named("alice");
            let import = world.import(&person, 10);
            world.change(world.importing(&person, import)).await
        });
    }
    let all = tasks.join_all().await;
    let count = |wanted| all.iter().filter(|changed| **changed == wanted).count();
    assert_eq!(
        (count(Changed::Done), count(Changed::EnrolledBefore)),
        (1, 63)
    );
    let held = world.overview(&Person::named("alice")).await.holdings;
    assert_eq!((held.totp, held.backup_codes), (1, 10));
    assert_eq!(world.count(Event::UserImported).await, 1);
}

/// Each of the ten, 64 times at once; one less is left each time, and none at the end.
pub async fn an_imported_code_is_accepted_once_among_64<S: Store>(world: Arc<World<S>>) {
    let (person, ids) = world.imported("alice").await;
    for (used, code) in (1_u32..).zip(&ids) {
        assert!(is_imported(&world, &person).await);
        world.pass(301);
        let mut tasks = tokio::task::JoinSet::new();
        for _ in 0..64 {
            let (world, person, code) = (Arc::clone(&world), person.clone(), *code);
            tasks.spawn(async move { try_code(&world, &person, code).await });
        }
        let replies = tasks.join_all().await;
        let accepted = replies.iter().filter(|reply| **reply == ACCEPTED);
        assert_eq!(accepted.count(), 1, "{replies:?}");
        let held = world.overview(&person).await.holdings;
        assert_eq!(held.backup_codes, 10 - used);
        world.pass(301);
        assert!(!admitted(&world, &person).await.contains(code), "used up");
    }
    assert!(!is_imported(&world, &person).await);
}

/// Rule 7: whoever has an authenticator keeps it, and whoever signs in here enrolls here.
pub async fn an_import_plants_nothing_beside_a_factor<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let bob = world.person("bob").await;
    let (carol, _) = world.imported("carol").await;
    for (person, expected) in [
        (&who.person, Changed::Conflict),
        (&bob, Changed::Conflict),
        (&carol, Changed::EnrolledBefore),
    ] {
        let before = world.events().await.len();
        let held = world.overview(person).await.holdings;
        let import = world.import(person, 10);
        let changed = world.change(world.importing(person, import)).await;
        assert_eq!(changed, expected);
        assert_eq!(world.overview(person).await.holdings, held);
        assert_eq!(world.events().await.len(), before);
    }
}

/// A phone that was lost stays lost, however often the old table is imported.
pub async fn an_import_brings_back_nothing_that_was_revoked<S: Store>(world: Arc<World<S>>) {
    let person = Person::named("alice");
    let import = world.import(&person, 10);
    let undo = reset(&world, &person, &import);
    world.done(world.importing(&person, import)).await;
    world.done(undo).await;
    let read = Read::EverEnrolled(person.key);
    let found = world.store.read(read).await.unwrap();
    assert!(matches!(found, Found::Flag(true)));
    let again = world.import(&person, 10);
    let changed = world.change(world.importing(&person, again)).await;
    assert_eq!(changed, Changed::EnrolledBefore);
    assert_eq!(world.overview(&person).await.holdings.demanding(), 0);
}

/// By a reset and by a new set: what was judged in between is refused.
pub async fn imported_codes_are_voided_like_any_other<S: Store>(world: Arc<World<S>>) {
    let (person, ids) = world.imported("alice").await;
    let replace = Change::ReplaceBackupCodes {
        authority: world.word(),
        user: person.key,
        codes: codes(&world.random, world.now(), 2, 10),
        now: world.now(),
        audit: world.row(&person, Event::BackupCodesReplaced, Outcome::Success, None),
    };
    let admit = AdmitBackupCode {
        limits: generous(),
        ..world.imported_code(Gate::User(person.key))
    };
    world.done(replace).await;
    assert!(!is_imported(&world, &person).await);
    let reply = world
        .try_backup_code(&person, admit, Some((ids[0], 1)))
        .await;
    assert_eq!(reply, Reply::Settled(Settled::Changed));
    assert!(
        admitted(&world, &person).await.is_empty(),
        "ours are not lent out"
    );

    let bob = Person::named("bob");
    let import = world.import(&bob, 10);
    let undo = reset(&world, &bob, &import);
    world.done(world.importing(&bob, import)).await;
    world.done(undo).await;
    assert!(!is_imported(&world, &bob).await);
    assert_eq!(world.overview(&bob).await.holdings.backup_codes, 0);
}

/// Neither somebody else's, nor by a selector that is typed.
pub async fn imported_codes_are_of_their_set_alone<S: Store>(world: Arc<World<S>>) {
    let (alice, _) = world.imported("alice").await;
    let (bob, of_bob) = world.imported("bob").await;
    assert_eq!(
        try_code(&world, &alice, of_bob[0]).await,
        Reply::Settled(Settled::Changed)
    );
    assert_eq!(world.overview(&bob).await.holdings.backup_codes, 10);
    for selector in b'0'..=b'Z' {
        let admit = AdmitBackupCode {
            limits: generous(),
            ..world.backup_code(Gate::User(alice.key), selector)
        };
        let open = opened(world.admit(Admit::BackupCode(admit)).await).unwrap();
        assert!(open.backup_code.is_none() && open.imported_codes.is_empty());
    }
    let unknown = Person::named("nobody");
    assert!(!is_imported(&world, &unknown).await);
    let other = Authority::Operator;
    let changed = world
        .change(Change::ReplaceBackupCodes {
            authority: other,
            user: alice.key,
            codes: codes(&world.random, world.now(), 2, 10),
            now: world.now(),
            audit: world.row(&alice, Event::BackupCodesReplaced, Outcome::Success, None),
        })
        .await;
    assert_eq!(changed, Changed::NotFresh, "an operator makes no codes");
}
