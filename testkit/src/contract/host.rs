//! An application's word: what it is enough for, and what it never is.

use std::sync::Arc;

use countersign::audit::{Event, Outcome};
use countersign::authenticator::{Label, Status};
use countersign::id::AuthenticatorId;
use countersign::port::store::{
    Admit, AdmitCode, Authority, Change, Changed, Consumption, Effect, Effected, Found, Gate,
    Judged, Purpose, Read, SettleKind, Settled, Store,
};
use countersign::session::SessionRecord;
use countersign::throttle::Limits;
use countersign::user::UserRecord;

use crate::record::{codes, mac};
use crate::world::opened;
use crate::{Person, Reply, World, generous};

fn disable<S: Store>(world: &World<S>, person: &Person) -> Change {
    Change::SetEnabled {
        user: person.key,
        enabled: false,
        now: world.now(),
        audit: world.row(person, Event::UserUpdated, Outcome::Success, None),
    }
}

async fn begin<S: Store>(world: &World<S>, person: &Person) -> AuthenticatorId {
    let change = world.beginning_enrollment(person, world.voucher(None));
    let Change::BeginEnrollment { authenticator, .. } = &change else {
        panic!("no beginning")
    };
    let id = authenticator.id;
    world.done(change).await;
    id
}

/// Confirms at the gate of an application's user.
async fn confirm<S: Store>(
    world: &World<S>,
    person: &Person,
    (id, version): (AuthenticatorId, i64),
    session: Option<SessionRecord>,
) -> Reply {
    let gate = Gate::User(person.key);
    let admit = AdmitCode {
        purpose: Purpose::Confirm,
        ..world.code(gate)
    };
    if let Err(reply) = opened(world.admit(Admit::Code(admit)).await) {
        return reply;
    }
    let consumption = Consumption::Step {
        authenticator: id,
        at: 1000,
        status: Status::Pending,
        drift: None,
    };
    let of = (admit.attempt, SettleKind::Code(Purpose::Confirm));
    let mut settle = world.settlement(person, of, gate, Judged::Match(vec![consumption]));
    settle.effect = Effect::Activate {
        authenticator: id,
        mac: mac(&world.random),
        session,
        backup_codes: codes(&world.random, world.now(), version, 10),
    };
    Reply::Settled(world.settle(settle).await)
}

/// The first factor is the application's; so nothing more is asked while there is no second.
pub async fn a_first_enrollment_takes_no_proof<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let id = begin(&world, &person).await;
    let reply = confirm(&world, &person, (id, 1), None).await;
    assert_eq!(
        reply,
        Reply::Settled(Settled::Accepted(Effected::BackupCodesStored))
    );
    let overview = world.overview(&person).await;
    assert_eq!((overview.holdings.totp, overview.sessions.len()), (1, 0));
    let again = world.beginning_enrollment(&person, world.voucher(None));
    assert_eq!(world.change(again).await, Changed::NotFresh);
}

/// A session goes on where there is one; at an application's gate there is none to go on.
pub async fn a_confirmation_has_a_session_where_its_gate_has<S: Store>(world: Arc<World<S>>) {
    let person = world.person("alice").await;
    let guard = world.sign_in(&person, None).await;
    let id = begin(&world, &person).await;
    let session = person.session(
        &world.random,
        world.now(),
        countersign::assurance::Level::Aal2,
    );
    let hash = session.hash;
    let planted = confirm(&world, &person, (id, 1), Some(session)).await;
    assert_eq!(planted, Reply::Settled(Settled::Changed));
    assert!(!world.lives(hash).await && world.lives(guard.session).await);
    assert_eq!(world.overview(&person).await.holdings.totp, 0);
}

/// Suspended ones demand as active ones do: a factor that somebody broke still guards.
pub async fn a_suspended_authenticator_demands_a_proof<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let mut admit = world.code(Gate::User(who.person.key));
    admit.limits = Limits {
        consecutive: 1,
        ..generous()
    };
    world.try_code(&who.person, admit, None).await;
    let holdings = world.overview(&who.person).await.holdings;
    assert_eq!((holdings.totp, holdings.suspended), (0, 1));
    for change in [
        world.beginning_enrollment(&who.person, world.voucher(None)),
        world.beginning_passkey(&who.person, world.voucher(None)).0,
    ] {
        assert_eq!(world.change(change).await, Changed::NotFresh);
    }
}

/// Where an application answers for freshness itself, its word is enough, and no proof is used up.
pub async fn a_word_is_enough_where_no_proof_is_demanded<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let proof = world.proof(&who, 2000).await;
    world
        .done(world.beginning_enrollment(&who.person, world.word()))
        .await;
    let Authority::Host(mut voucher) = world.word() else {
        panic!("no word")
    };
    voucher.proof = Some(proof);
    let spared = world.beginning_enrollment(&who.person, Authority::Host(voucher));
    world.done(spared).await;
    let taken = world.beginning_enrollment(&who.person, world.voucher(Some(proof)));
    world.done(taken).await;
    // Nor is one used up by a user whom nothing demands it of.
    let bare = world.person("bob").await;
    let change = world.beginning_enrollment(&bare, world.voucher(Some(proof)));
    world.done(change).await;
}

/// No row, no right; a row that is disabled neither.
pub async fn a_word_is_for_an_enabled_user<S: Store>(world: Arc<World<S>>) {
    let (nobody, bob) = (Person::named("nobody"), world.person("bob").await);
    world.done(disable(&world, &bob)).await;
    for person in [&nobody, &bob] {
        for authority in [world.voucher(None), world.word()] {
            let enrollment = world.beginning_enrollment(person, authority);
            assert_eq!(world.change(enrollment).await, Changed::NotFresh);
            let (passkey, _) = world.beginning_passkey(person, authority);
            assert_eq!(world.change(passkey).await, Changed::NotFresh);
        }
    }
}

/// An operator removes and requires; what is begun is nobody's right to begin; and a word adds no
/// passkey whose ceremony it did not begin.
pub async fn a_right_is_for_its_own_changes<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let begun = Authority::Begun(who.authenticator, world.now());
    for authority in [Authority::Operator, begun] {
        let enrollment = world.beginning_enrollment(&who.person, authority);
        let (passkey, _) = world.beginning_passkey(&who.person, authority);
        let audit = || world.row(&who.person, Event::Started, Outcome::Success, None);
        let rename = Change::Rename {
            authority,
            user: who.person.key,
            authenticator: who.authenticator,
            label: Label::parse("New").unwrap(),
            audit: audit(),
        };
        let replace = Change::ReplaceBackupCodes {
            authority,
            user: who.person.key,
            codes: codes(&world.random, world.now(), 2, 10),
            now: world.now(),
            audit: audit(),
        };
        for change in [enrollment, passkey, rename, replace] {
            assert_eq!(world.change(change).await, Changed::NotFresh);
        }
    }
    for right in [world.word(), Authority::Operator] {
        let none = codes(&world.random, world.now(), 1, 0);
        let id = world.beginning_passkey(&who.person, right).1;
        let mut add = world.adding_begun(&who.person, id, world.challenge(), none);
        if let Change::AddPasskey { authority, .. } = &mut add {
            *authority = right;
        }
        assert_eq!(world.change(add).await, Changed::NotFresh);
    }
}

fn new<S: Store>(world: &World<S>, person: &Person) -> UserRecord {
    UserRecord {
        password: None,
        password_version: 0,
        ..person.record(&world.random, world.now())
    }
}

/// An application's user arises once, however often they are asked for.
pub async fn a_user_is_made_once<S: Store>(world: Arc<World<S>>) {
    let person = Person::named("alice");
    let ensure = |record: UserRecord| {
        let audit = world.row(&person, Event::UserCreated, Outcome::Success, None);
        Change::EnsureUser(Box::new(record), audit)
    };
    let first = new(&world, &person);
    let handle = first.handle;
    world.done(ensure(first)).await;
    world.pass(1);
    let second = world.change(ensure(new(&world, &person))).await;
    assert_eq!(second, Changed::Conflict);
    let found = world.store.read(Read::User(person.key)).await.unwrap();
    let Found::User(Some(user)) = found else {
        panic!("no user")
    };
    assert_eq!(user.handle, handle);
    assert!(user.enabled && user.password.is_none());
    assert_eq!(world.count(Event::UserCreated).await, 1);
    // A name that is another's is not taken over.
    let mut other = new(&world, &Person::named("bob"));
    other.name_hash = person.name;
    assert_eq!(world.change(ensure(other)).await, Changed::Conflict);
}
