//! A store with people in it, and the steps that rules are told in. A step panics where the store
//! does not do what the step takes for granted.

mod attempt;
mod host;
mod import;
mod login;
mod passkey;

use std::sync::Arc;
use std::time::Duration;

use countersign::audit::{AuditRow, Event, Outcome, Reason};
use countersign::clock::{Clock, Timestamp};
use countersign::port::store::{
    Admission, Admit, Change, Changed, EventFilter, Found, NewUser, Overview, Read, Settle,
    Settled, Store,
};
use countersign::session::TokenHash;

pub(crate) use attempt::{opened, step};
pub use login::Enrolled;
pub use passkey::Keyed;

use crate::{Person, TestClock, TestRandom};

/// What came of an attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reply {
    /// It was admitted and settled so.
    Settled(Settled),
    /// It was throttled until then.
    Throttled(Timestamp),
    /// Its class is refused.
    Exhausted,
    /// Its gate does not stand.
    Gone,
}

/// A store, a clock, a generator.
pub struct World<S> {
    /// The store.
    pub store: Arc<S>,
    /// The clock.
    pub clock: TestClock,
    /// The generator.
    pub random: TestRandom,
}

impl<S: Store> World<S> {
    /// Around an empty store.
    pub fn new(store: Arc<S>) -> Arc<Self> {
        Arc::new(Self {
            store,
            clock: TestClock::default(),
            random: TestRandom::default(),
        })
    }

    /// Around a store that another world has used: its ids are its own.
    pub fn again(store: Arc<S>, now: Timestamp) -> Arc<Self> {
        Arc::new(Self {
            store,
            clock: TestClock::at(now),
            random: TestRandom::seeded(0x5eed ^ now.as_millis().unsigned_abs()),
        })
    }

    /// Now.
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Lets so many seconds pass.
    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    /// A token's hash.
    pub fn token(&self) -> TokenHash {
        TokenHash(self.random.bytes())
    }

    /// A user, made as at the command line.
    pub async fn person(&self, name: &str) -> Person {
        let person = Person::named(name);
        let new = NewUser {
            record: person.record(&self.random, self.now()),
            setup_link: None,
            session: None,
            known: None,
        };
        let audit = self.row(&person, Event::UserCreated, Outcome::Success, None);
        self.done(Change::CreateUser(Box::new(new), audit)).await;
        person
    }

    /// An audit row.
    pub fn row(
        &self,
        person: &Person,
        event: Event,
        outcome: Outcome,
        reason: Option<Reason>,
    ) -> AuditRow {
        person.row(&self.random, self.now(), event, outcome, reason)
    }

    /// A change.
    pub async fn change(&self, change: Change) -> Changed {
        self.store.change(change).await.unwrap()
    }

    /// A change that is done.
    pub async fn done(&self, change: Change) {
        assert_eq!(self.change(change).await, Changed::Done);
    }

    /// An admission.
    pub async fn admit(&self, admit: Admit) -> Admission {
        self.store.admit(admit).await.unwrap()
    }

    /// A settlement.
    pub async fn settle(&self, settle: Settle) -> Settled {
        self.store.settle(settle).await.unwrap()
    }

    /// Everything of a user.
    pub async fn overview(&self, person: &Person) -> Overview {
        let read = Read::Overview {
            user: person.key,
            now: self.now(),
        };
        match self.store.read(read).await.unwrap() {
            Found::Overview(Some(overview)) => *overview,
            _ => panic!("no overview"),
        }
    }

    /// Whether a session lives.
    pub async fn lives(&self, session: TokenHash) -> bool {
        let now = self.now();
        let read = Read::Session { session, now };
        matches!(
            self.store.read(read).await.unwrap(),
            Found::Session(Some(_))
        )
    }

    /// The newest thousand audit rows.
    pub async fn events(&self) -> Vec<AuditRow> {
        let filter = EventFilter {
            after: None,
            user: None,
            newest: true,
            limit: 1000,
        };
        match self.store.read(Read::Events(filter)).await.unwrap() {
            Found::Events(rows) => rows,
            _ => panic!("no events"),
        }
    }

    /// How many of those are of this event.
    pub async fn count(&self, event: Event) -> usize {
        let rows = self.events().await;
        rows.iter().filter(|row| row.event == event).count()
    }
}
