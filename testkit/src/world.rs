//! A store with people in it, and the steps that rules are told in. A step panics where the store
//! does not do what the step takes for granted.

use std::sync::Arc;
use std::time::Duration;

use countersign::assurance::Level;
use countersign::audit::{AuditRow, Event, Outcome, Reason};
use countersign::authenticator::AuthenticatorRecord;
use countersign::clock::{Clock, Timestamp};
use countersign::id::{AttemptId, AuthenticatorId, BackupCodeId};
use countersign::port::store::{
    Admission, Admit, AdmitBackupCode, AdmitCode, AdmitPassword, BackupCodes, Candidates, Change,
    Changed, Consumption, Effect, EventFilter, Exhaustion, Expect, Found, Gate, Guard, Judged,
    NewUser, Open, Overview, Purpose, Read, Settle, SettleKind, Settled, Store,
};
use countersign::session::{SessionRecord, TokenHash};
use countersign::throttle::Limits;

use crate::record::{browser, codes, mac};
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

    /// An admission of a password from a stranger's address.
    pub fn password(&self, person: &Person) -> AdmitPassword {
        AdmitPassword {
            attempt: self.attempt(),
            now: self.now(),
            subject: person.subject,
            name: person.name,
            bucket: [7; 16],
            known: None,
            gate: Gate::Open,
            limits: Limits::default(),
        }
    }

    /// An admission of a code, six digits, against TOTPs.
    pub fn code(&self, gate: Gate) -> AdmitCode {
        AdmitCode {
            attempt: self.attempt(),
            now: self.now(),
            gate,
            purpose: Purpose::Verify,
            digits: 6,
            pair: false,
            candidates: Candidates { totp: 3, hotp: 11 },
            known: None,
            limits: Limits::default(),
        }
    }

    /// An admission of a backup code.
    pub fn backup_code(&self, gate: Gate, selector: u8) -> AdmitBackupCode {
        AdmitBackupCode {
            attempt: self.attempt(),
            now: self.now(),
            gate,
            selector,
            limits: Limits::default(),
        }
    }

    /// An attempt's id.
    pub fn attempt(&self) -> AttemptId {
        AttemptId::generate(self.now(), &self.random).unwrap()
    }

    /// A settlement with no effect; its rows are of these events.
    pub fn settlement(
        &self,
        person: &Person,
        (attempt, kind): (AttemptId, SettleKind),
        gate: Gate,
        judged: Judged,
    ) -> Settle {
        let (event, reason, exhausted) = match kind {
            SettleKind::Password => (Event::PasswordStep, Reason::Password, Event::PasswordStep),
            SettleKind::Code(_) => (Event::SecondStep, Reason::Code, Event::CodesSuspended),
            SettleKind::BackupCode => (
                Event::SecondStep,
                Reason::BackupCode,
                Event::BackupCodesVoided,
            ),
        };
        let failure = |event, reason| self.row(person, event, Outcome::Failure, Some(reason));
        Settle {
            attempt,
            kind,
            now: self.now(),
            user: Some(person.key),
            judged,
            expect: Expect {
                gate,
                password_version: (kind == SettleKind::Password).then_some(1),
                backup_set: (kind == SettleKind::BackupCode).then_some(1),
            },
            effect: Effect::None,
            accepted: self.row(person, event, Outcome::Success, Some(reason)),
            already_used: failure(event, Reason::CodeAlreadyUsed),
            refused: failure(event, Reason::WrongCode),
            changed: failure(event, Reason::StateChanged),
            exhaustion: Some(Exhaustion {
                suspended: Vec::new(),
                exhausted: failure(exhausted, Reason::TooManyFailures),
                half_spent: failure(Event::BudgetHalfSpent, Reason::TooManyFailures),
                spent: failure(Event::BudgetSpent, Reason::TooManyFailures),
            }),
            limits: Limits::default(),
        }
    }

    /// Tries a password from admit to settle; right ones have no effect.
    pub async fn try_password(&self, person: &Person, admit: AdmitPassword, right: bool) -> Reply {
        let open = match opened(self.admit(Admit::Password(admit)).await) {
            Ok(open) => open,
            Err(reply) => return reply,
        };
        let judged = if right {
            Judged::Match(Vec::new())
        } else {
            Judged::NoMatch
        };
        let of = (admit.attempt, SettleKind::Password);
        let mut settle = self.settlement(person, of, admit.gate, judged);
        settle.user = open.user.map(|user| user.key);
        settle.limits = admit.limits;
        Reply::Settled(self.settle(settle).await)
    }

    /// Tries a code from admit to settle: right, at this step of this authenticator, or wrong.
    pub async fn try_code(
        &self,
        person: &Person,
        admit: AdmitCode,
        right: Option<(AuthenticatorId, u64)>,
    ) -> Reply {
        let open = match opened(self.admit(Admit::Code(admit)).await) {
            Ok(open) => open,
            Err(reply) => return reply,
        };
        let judged = right.map_or(Judged::NoMatch, |(id, at)| {
            Judged::Match(vec![step(id, at)])
        });
        let of = (admit.attempt, SettleKind::Code(admit.purpose));
        let mut settle = self.settlement(person, of, admit.gate, judged);
        settle.limits = admit.limits;
        settle.user = open.user.as_ref().map(|user| user.key);
        if let Some(exhaustion) = &mut settle.exhaustion {
            let mac = |one: &AuthenticatorRecord| (one.id, mac(&self.random));
            exhaustion.suspended = open.authenticators.iter().map(mac).collect();
        }
        Reply::Settled(self.settle(settle).await)
    }

    /// Tries a backup code from admit to settle.
    pub async fn try_backup_code(
        &self,
        person: &Person,
        admit: AdmitBackupCode,
        right: Option<(BackupCodeId, i64)>,
    ) -> Reply {
        if let Err(reply) = opened(self.admit(Admit::BackupCode(admit)).await) {
            return reply;
        }
        let judged = right.map_or(Judged::NoMatch, |(code, version)| {
            Judged::Match(vec![Consumption::BackupCode { code, version }])
        });
        let of = (admit.attempt, SettleKind::BackupCode);
        let mut settle = self.settlement(person, of, admit.gate, judged);
        settle.limits = admit.limits;
        settle.expect.backup_set = Some(right.map_or(1, |(_, version)| version));
        Reply::Settled(self.settle(settle).await)
    }

    /// A first step with the right password: the pending login or the session that it opened.
    pub async fn first_step(&self, person: &Person) -> (TokenHash, Settled) {
        let admit = self.password(person);
        opened(self.admit(Admit::Password(admit)).await).unwrap();
        let of = (admit.attempt, SettleKind::Password);
        let mut settle = self.settlement(person, of, Gate::Open, Judged::Match(Vec::new()));
        let pending = person.pending(&self.random, self.now());
        let session = SessionRecord {
            hash: pending.hash,
            ..person.session(&self.random, self.now(), Level::Aal1)
        };
        let hash = pending.hash;
        settle.effect = Effect::FirstStep {
            pending,
            session,
            known: None,
        };
        (hash, self.settle(settle).await)
    }

    /// A session: by the password alone where that is all there is, else also by a code of this
    /// authenticator at this step.
    pub async fn sign_in(&self, person: &Person, with: Option<(AuthenticatorId, u64)>) -> Guard {
        let (hash, _) = self.first_step(person).await;
        let Some((id, at)) = with else {
            return self.guard(hash);
        };
        let session = person.session(&self.random, self.now(), Level::Aal2);
        let hash_of_session = session.hash;
        let settled = self.second_step(person, hash, (id, at), session).await;
        assert!(
            matches!(settled, Reply::Settled(Settled::Accepted(_))),
            "{settled:?}"
        );
        self.guard(hash_of_session)
    }

    /// The second step of a pending login, which makes this session and remembers the browser.
    pub async fn second_step(
        &self,
        person: &Person,
        pending: TokenHash,
        (id, at): (AuthenticatorId, u64),
        session: SessionRecord,
    ) -> Reply {
        let gate = Gate::Pending(pending);
        let admit = AdmitCode {
            limits: crate::generous(),
            ..self.code(gate)
        };
        if let Err(reply) = opened(self.admit(Admit::Code(admit)).await) {
            return reply;
        }
        let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
        let mut settle = self.settlement(person, of, gate, Judged::Match(vec![step(id, at)]));
        settle.expect.password_version = Some(1);
        settle.limits = admit.limits;
        settle.effect = Effect::OpenSession {
            session,
            known: Some(browser(&self.random, self.now())),
        };
        Reply::Settled(self.settle(settle).await)
    }

    /// A complete login of theirs by the code of this step: the cookie that remembers the browser.
    pub async fn known_browser(&self, who: &Enrolled, at: u64) -> TokenHash {
        let (pending, _) = self.first_step(&who.person).await;
        let gate = Gate::Pending(pending);
        let admit = self.code(gate);
        opened(self.admit(Admit::Code(admit)).await).unwrap();
        let right = Judged::Match(vec![step(who.authenticator, at)]);
        let of = (admit.attempt, SettleKind::Code(Purpose::Verify));
        let mut settle = self.settlement(&who.person, of, gate, right);
        let known = browser(&self.random, self.now());
        settle.effect = Effect::OpenSession {
            session: who.person.session(&self.random, self.now(), Level::Aal2),
            known: Some(known),
        };
        let settled = self.settle(settle).await;
        assert!(matches!(settled, Settled::Accepted(_)), "{settled:?}");
        known.hash
    }

    /// A guard that this session passes if it is fresh.
    pub fn guard(&self, session: TokenHash) -> Guard {
        Guard {
            session,
            now: self.now(),
            max_age: Duration::from_mins(5),
        }
    }

    /// Begins an enrollment.
    pub async fn begin(&self, person: &Person, guard: Guard) -> AuthenticatorId {
        let authenticator = person.authenticator(&self.random, self.now());
        let id = authenticator.id;
        self.done(Change::BeginEnrollment {
            guard,
            authenticator: Box::new(authenticator),
            audit: self.row(person, Event::EnrollmentBegun, Outcome::Success, None),
        })
        .await;
        id
    }

    /// Confirms an enrollment by the code of this step. The codes are stored if they are the first.
    pub async fn confirm(
        &self,
        person: &Person,
        session: TokenHash,
        (id, at): (AuthenticatorId, u64),
        backup_codes: BackupCodes,
    ) -> (Reply, Guard) {
        let gate = Gate::Session(session);
        let admit = AdmitCode {
            purpose: Purpose::Confirm,
            ..self.code(gate)
        };
        if let Err(reply) = opened(self.admit(Admit::Code(admit)).await) {
            return (reply, self.guard(session));
        }
        let consumption = Consumption::Step {
            authenticator: id,
            at,
            status: countersign::authenticator::Status::Pending,
            drift: None,
        };
        let of = (admit.attempt, SettleKind::Code(Purpose::Confirm));
        let mut settle = self.settlement(person, of, gate, Judged::Match(vec![consumption]));
        settle.accepted = self.row(person, Event::EnrollmentConfirmed, Outcome::Success, None);
        let successor = person.session(&self.random, self.now(), Level::Aal2);
        let guard = self.guard(successor.hash);
        settle.effect = Effect::Activate {
            authenticator: id,
            mac: mac(&self.random),
            session: successor,
            backup_codes,
        };
        (Reply::Settled(self.settle(settle).await), guard)
    }

    /// Somebody who signed in and enrolled an authenticator at step 1000, with ten backup codes.
    pub async fn enrolled(&self, name: &str) -> Enrolled {
        let person = self.person(name).await;
        let guard = self.sign_in(&person, None).await;
        let id = self.begin(&person, guard).await;
        let set = codes(&self.random, self.now(), 1, 10);
        let backup = set.codes.iter().map(|(code, _, _)| *code).collect();
        let (reply, guard) = self.confirm(&person, guard.session, (id, 1000), set).await;
        assert!(
            matches!(reply, Reply::Settled(Settled::Accepted(_))),
            "{reply:?}"
        );
        Enrolled {
            person,
            authenticator: id,
            guard,
            backup,
        }
    }

    /// Another authenticator of theirs, confirmed at step 1000.
    pub async fn enroll_another(&self, who: &mut Enrolled) -> AuthenticatorId {
        let id = self.begin(&who.person, who.guard).await;
        let set = codes(&self.random, self.now(), 99, 0);
        let session = who.guard.session;
        let (_, guard) = self.confirm(&who.person, session, (id, 1000), set).await;
        who.guard = guard;
        id
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

/// Somebody with an authenticator.
pub struct Enrolled {
    /// Who.
    pub person: Person,
    /// The authenticator, active, consumed up to step 1000.
    pub authenticator: AuthenticatorId,
    /// What their session passes.
    pub guard: Guard,
    /// Their backup codes, by selector.
    pub backup: Vec<BackupCodeId>,
}

/// The consumption of an active authenticator's step.
pub(crate) fn step(authenticator: AuthenticatorId, at: u64) -> Consumption {
    Consumption::Step {
        authenticator,
        at,
        status: countersign::authenticator::Status::Active,
        drift: None,
    }
}

/// What an admission opened, or the reply that it is.
pub(crate) fn opened(admission: Admission) -> Result<Box<Open>, Reply> {
    match admission {
        Admission::Open(open) => Ok(open),
        Admission::Throttled { retry_at, .. } => Err(Reply::Throttled(retry_at)),
        Admission::Exhausted { .. } => Err(Reply::Exhausted),
        Admission::Gone => Err(Reply::Gone),
    }
}
