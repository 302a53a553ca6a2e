//! Attempts, from admit to settle.

use countersign::audit::{Event, Outcome, Reason};
use countersign::authenticator::AuthenticatorRecord;
use countersign::id::{AttemptId, AuthenticatorId, BackupCodeId};
use countersign::port::store::{
    Admission, Admit, AdmitBackupCode, AdmitCode, AdmitPassword, Candidates, Consumption, Effect,
    Exhaustion, Expect, Gate, Judged, Open, Purpose, Settle, SettleKind, Store, Whose,
};
use countersign::throttle::Limits;

use crate::Person;
use crate::record::mac;

use super::{Reply, World};

impl<S: Store> World<S> {
    /// An admission of a password from a stranger's address.
    pub fn password(&self, person: &Person) -> AdmitPassword {
        AdmitPassword {
            attempt: self.attempt(),
            now: self.now(),
            subject: person.subject,
            whose: Whose::Name,
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
            pair: false,
            candidates: Candidates { totp: 3, hotp: 11 },
            known: None,
            limits: Limits::default(),
        }
    }

    /// An admission of a backup code.
    pub fn backup_code(&self, gate: Gate, selector: u8) -> AdmitBackupCode {
        AdmitBackupCode {
            selector: Some(selector),
            ..self.imported_code(gate)
        }
    }

    /// An admission of a code of an imported set.
    pub fn imported_code(&self, gate: Gate) -> AdmitBackupCode {
        AdmitBackupCode {
            attempt: self.attempt(),
            now: self.now(),
            gate,
            selector: None,
            known: None,
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
            SettleKind::Passkey => (Event::SecondStep, Reason::Passkey, Event::SecondStep),
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
            named: None,
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
