//! Logins and enrollments, each in one step.

use std::time::Duration;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::id::{AuthenticatorId, BackupCodeId};
use countersign::port::store::{
    Admit, AdmitCode, Authority, BackupCodes, Change, Consumption, Effect, Gate, Guard, Judged,
    Purpose, SettleKind, Settled, Store,
};
use countersign::session::{SessionRecord, TokenHash};

use crate::Person;
use crate::record::{browser, codes, mac};

use super::{Reply, World, opened, step};

impl<S: Store> World<S> {
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
            authority: Authority::Fresh(guard),
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
            session: Some(successor),
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
