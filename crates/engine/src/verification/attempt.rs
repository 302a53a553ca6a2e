//! An attempt from admit to settle. It is made by an admission and used up by its settlement.

use crate::assurance::{Amr, Assurance, Level};
use crate::audit::{Event, Outcome, Reason};
use crate::authenticator::Status;
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::factor::otp_row;
use crate::id::AttemptId;
use crate::metric;
use crate::port::store::{
    Admission, Admit, Effect, Effected, Exhaustion, Expect, Gate, Judged, Named, Open, Purpose,
    Settle, SettleKind, Settled,
};
use crate::session::Origin;
use crate::user::{Subject, UserRecord};
use crate::verdict::{Refusal, Verdict};
use crate::verification::{Acceptance, Elsewhere, Judgement};

/// What is attempted, and in which use case.
#[derive(Clone, Copy)]
pub(crate) struct What {
    pub(crate) kind: SettleKind,
    pub(crate) event: Event,
    pub(crate) gate: Gate,
    pub(crate) now: Timestamp,
    /// What a password's attempts are counted under; codes are counted under the user's key.
    pub(crate) subject: Option<Subject>,
}

/// An admitted attempt.
#[must_use]
pub(crate) struct Attempt {
    id: AttemptId,
    what: What,
    pub(crate) open: Open,
    named: Option<Named>,
}

/// Why an attempt was not admitted.
pub(crate) enum Closed {
    /// The gate does not stand.
    Gone,
    /// Codes are refused to this client, or the backup codes are void.
    Exhausted,
    /// Too many before it.
    Throttled(Timestamp),
}

impl Closed {
    /// As a verdict: `gone` is what a gate that does not stand means here.
    pub(crate) fn verdict<T>(self, now: Timestamp, kind: SettleKind, gone: Refusal) -> Verdict<T> {
        match (self, kind) {
            (Self::Gone, _) => Verdict::Refused(gone),
            (Self::Exhausted, SettleKind::BackupCode) => Verdict::Refused(Refusal::BackupCodesVoid),
            (Self::Exhausted, _) => Verdict::Refused(Refusal::CodesSuspended),
            (Self::Throttled(retry_at), _) => Verdict::throttled(retry_at, now),
        }
    }
}

/// How an admitted attempt ended.
pub(crate) enum Ended {
    Accepted(Option<Acceptance>, Effected),
    AlreadyUsed,
    Refused,
    /// It matched, but the state had moved on.
    Gone,
}

impl Ended {
    /// As a verdict: `gone` is what a state that moved on means here.
    pub(crate) fn verdict<T>(
        self,
        kind: SettleKind,
        gone: Refusal,
        accepted: impl FnOnce(Option<Acceptance>, Effected) -> T,
    ) -> Verdict<T> {
        match (self, kind) {
            (Self::Accepted(acceptance, effected), _) => {
                Verdict::Accepted(accepted(acceptance, effected))
            }
            (Self::AlreadyUsed, SettleKind::Passkey) => Verdict::Refused(Refusal::ChallengeUsed),
            (Self::AlreadyUsed, _) => Verdict::Refused(Refusal::CodeAlreadyUsed),
            (Self::Refused, SettleKind::Passkey) => Verdict::Refused(Refusal::InvalidPasskey),
            (Self::Refused, SettleKind::Password) => Verdict::Refused(Refusal::InvalidCredentials),
            (Self::Refused, _) => Verdict::Refused(Refusal::InvalidCode { clock_offset: None }),
            (Self::Gone, _) => Verdict::Refused(gone),
        }
    }
}

impl Attempt {
    /// Records the attempt, or says how it ended before it began.
    pub(crate) async fn admit(
        engine: &Engine,
        what: What,
        origin: &Origin,
        admit: impl FnOnce(AttemptId) -> Admit + Send,
    ) -> Result<Result<Self, Closed>, Error> {
        let admitted = Self::admitted(engine, what, origin, admit).await?;
        if let Err(closed) = &admitted {
            metric::closed(kind_name(what.kind), closed);
        }
        Ok(admitted)
    }

    async fn admitted(
        engine: &Engine,
        what: What,
        origin: &Origin,
        admit: impl FnOnce(AttemptId) -> Admit + Send,
    ) -> Result<Result<Self, Closed>, Error> {
        let id = AttemptId::generate(what.now, &*engine.random)?;
        Ok(match engine.store.admit(admit(id)).await? {
            Admission::Open(open) => Ok(Self {
                id,
                what,
                open: *open,
                named: None,
            }),
            Admission::Gone => Err(Closed::Gone),
            Admission::Exhausted { user } => {
                let subject = what.subject.unwrap_or(Subject(user.key.0));
                engine
                    .record_throttle(
                        subject,
                        kind_name(what.kind),
                        &engine.draft(Some(&user), origin, what.now),
                    )
                    .await?;
                Err(Closed::Exhausted)
            }
            Admission::Throttled {
                user,
                retry_at,
                recorded,
            } => {
                let subject = what
                    .subject
                    .or(user.as_ref().map(|user| Subject(user.key.0)));
                if let (false, Some(subject)) = (recorded, subject) {
                    let draft = engine.draft(user.as_deref(), origin, what.now);
                    engine
                        .record_throttle(subject, kind_name(what.kind), &draft)
                        .await?;
                }
                Err(Closed::Throttled(retry_at))
            }
        })
    }

    /// The user, where the gate or a directory has one.
    pub(crate) fn user(&self) -> Option<&UserRecord> {
        let named = self.named.as_ref().and_then(|named| named.new.as_deref());
        named.map(|(user, _)| user).or(self.open.user.as_ref())
    }

    /// The same attempt, of whom a directory named: `user`, or whoever is new by that name.
    pub(crate) fn name(mut self, user: Option<UserRecord>, named: Named) -> Self {
        self.open.user = user;
        self.named = Some(named);
        self
    }

    /// Consumes, clears, records and carries out `effect`: all of it or nothing.
    pub(crate) async fn settle(
        self,
        engine: &Engine,
        judgement: Judgement,
        effect: Effect,
        origin: &Origin,
        why: Reason,
    ) -> Result<Ended, Error> {
        let What {
            kind,
            event,
            gate,
            now,
            ..
        } = self.what;
        let draft = engine.draft(self.user(), origin, now);
        let Judgement {
            matched,
            failure,
            elsewhere,
            verified,
        } = judgement;
        let why = match (&failure, &elsewhere) {
            (Some(_), _) => Reason::Tampered,
            (None, Some(Elsewhere::Refused)) => Reason::RefusedByDirectory,
            (None, Some(Elsewhere::Ended)) => Reason::StateChanged,
            (None, Some(Elsewhere::Unavailable(_))) => Reason::DirectoryUnavailable,
            (None, None) => why,
        };
        let authenticator = matched.as_ref().and_then(super::Matched::authenticator);
        let rows = engine.rows(&draft, event, (how(kind), why), authenticator)?;
        let row = |event, outcome| {
            engine.row(&draft, event, outcome, Some(Reason::TooManyFailures), None)
        };
        // Only a failure can be the last one allowed.
        let exhaustion = match kind {
            _ if matched.is_some() => None,
            SettleKind::Password | SettleKind::Passkey | SettleKind::Code(Purpose::Confirm) => None,
            SettleKind::Code(Purpose::Verify) | SettleKind::BackupCode => Some(Exhaustion {
                suspended: self.suspended(engine),
                exhausted: row(exhausted(kind), Outcome::Failure)?,
                half_spent: row(Event::BudgetHalfSpent, Outcome::Failure)?,
                spent: row(Event::BudgetSpent, Outcome::Failure)?,
            }),
        };
        let opened = failure
            .map(|_| {
                let (event, reason) = (Event::OpenFailed, Some(Reason::Tampered));
                engine.row(&draft, event, Outcome::Failure, reason, authenticator)
            })
            .transpose()?;
        let matches = matched.is_some();
        let user = self.user().map(|user| user.key);
        let settle = Settle {
            attempt: self.id,
            kind,
            now,
            user,
            judged: matched.map_or(Judged::NoMatch, |matched| {
                Judged::Match(matched.into_consumptions())
            }),
            expect: Expect {
                gate,
                password_version: self.user().map(|user| user.password_version),
                backup_set: self.open.judged_set(),
            },
            named: self.named.filter(|_| matches),
            effect,
            accepted: rows.accepted,
            already_used: rows.already_used,
            refused: rows.refused,
            changed: rows.changed,
            exhaustion,
            limits: engine.policy.limits,
        };
        let settled = engine.store.settle(settle).await?;
        if let Some(row) = opened {
            engine
                .change(crate::port::store::Change::Record(row))
                .await?;
        }
        if let (Some(failure), false) = (failure, matches) {
            return Err(failure.into());
        }
        if let Some(Elsewhere::Unavailable(unavailable)) = elsewhere {
            return Err(unavailable.into());
        }
        let ended = match settled {
            Settled::Accepted(effected) => {
                let acceptance = user.and_then(|user| {
                    let assurance = assurance(kind, verified, now)?;
                    Some(Acceptance::new(user, self.id, authenticator, assurance))
                });
                Ended::Accepted(acceptance, effected)
            }
            Settled::AlreadyUsed => Ended::AlreadyUsed,
            Settled::Refused => Ended::Refused,
            Settled::Changed => Ended::Gone,
        };
        metric::ended(kind_name(kind), &ended);
        Ok(ended)
    }

    /// Each candidate's MAC as a suspended one. A row that is not what was written gets none.
    fn suspended(
        &self,
        engine: &Engine,
    ) -> Vec<(crate::id::AuthenticatorId, crate::vault::RowMac)> {
        let intact = self
            .open
            .authenticators
            .iter()
            .filter(|row| otp_row::open(engine, row).is_ok());
        intact
            .map(|row| (row.id, otp_row::mac(engine, row, Status::Suspended)))
            .collect()
    }
}

/// What a second step of this kind is worth: the level beside the first step, whoever took that; the
/// methods that took part in the second alone. RFC 8176 has no name for a backup code.
pub(crate) fn assurance(kind: SettleKind, verified: bool, now: Timestamp) -> Option<Assurance> {
    let amr = match kind {
        SettleKind::Password => return None,
        SettleKind::Code(_) => Amr::OTP,
        SettleKind::BackupCode => Amr::default(),
        SettleKind::Passkey if verified => Amr::POP.with(Amr::MFA),
        SettleKind::Passkey => Amr::POP,
    };
    Some(Assurance {
        level: Level::Aal2,
        amr,
        auth_time: now,
    })
}

/// A failure that a settlement is to tell of as the reason, or why an open one is closed.
pub(crate) fn how(kind: SettleKind) -> Reason {
    match kind {
        SettleKind::Password => Reason::Password,
        SettleKind::Code(_) => Reason::Code,
        SettleKind::BackupCode => Reason::BackupCode,
        SettleKind::Passkey => Reason::Passkey,
    }
}

fn exhausted(kind: SettleKind) -> Event {
    match kind {
        SettleKind::BackupCode => Event::BackupCodesVoided,
        SettleKind::Password | SettleKind::Passkey | SettleKind::Code(_) => Event::CodesSuspended,
    }
}

fn kind_name(kind: SettleKind) -> &'static str {
    match kind {
        SettleKind::Password => "password",
        SettleKind::Code(_) => "code",
        SettleKind::BackupCode => "backup_code",
        SettleKind::Passkey => "passkey",
    }
}
