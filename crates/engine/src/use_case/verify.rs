//! Second factors of any kind, from what was typed to a judgement; shared by every use case that
//! takes one, so that no route has a way of its own.

use countersign_otp::Code;

use crate::assurance::{Amr, Assurance, Level};
use crate::audit::{Event, Reason};
use crate::clock::Timestamp;
use crate::engine::{Engine, mismatch};
use crate::error::Error;
use crate::factor::backup_code;
use crate::port::store::{
    Admit, AdmitBackupCode, AdmitCode, Found, Gate, Purpose, Read, SettleKind,
};
use crate::secret_text::{BackupCode, Presented, Proof};
#[cfg(feature = "passkeys")]
use crate::use_case::assertion;
use crate::use_case::imported_code;
use crate::user::{Subject, UserKey};
use crate::verdict::{Refusal, Verdict};
use crate::verification::{Attempt, Closed, Ended, Judgement, What};
use crate::view::Client;

/// In which use case a proof is presented.
#[derive(Clone, Copy)]
pub(super) struct Presentation {
    pub(super) gate: Gate,
    pub(super) event: Event,
    pub(super) now: Timestamp,
}

/// Why a proof was not judged.
pub(super) enum Unjudged {
    Malformed,
    /// The challenge is none of ours, or too old.
    #[cfg(feature = "passkeys")]
    Expired,
    Closed(SettleKind, Closed),
}

impl Unjudged {
    /// Whether the gate did not stand: a step out of order.
    pub(super) fn is_gone(&self) -> bool {
        matches!(self, Self::Closed(_, Closed::Gone))
    }

    pub(super) fn verdict<T>(self, now: Timestamp, gone: Refusal) -> Verdict<T> {
        match self {
            Self::Malformed => Verdict::Refused(Refusal::MalformedCode),
            #[cfg(feature = "passkeys")]
            Self::Expired => Verdict::Refused(Refusal::ChallengeExpired),
            Self::Closed(kind, closed) => closed.verdict(now, kind, gone),
        }
    }
}

pub(super) type Judged = Result<(Attempt, SettleKind, Judgement), Unjudged>;

/// A proof from its text to a judgement; its settlement is the caller's.
pub(super) async fn judge(
    engine: &Engine,
    presented: Presentation,
    proof: &Proof,
    client: &Client,
) -> Result<Judged, Error> {
    match &proof.0 {
        Presented::Code { code, next } => {
            let next = next.as_ref().map(|next| Code::parse(next)).transpose();
            match (Code::parse(code), next) {
                (Ok(code), Ok(next)) => {
                    judge_code(engine, presented, &code, next.as_ref(), client).await
                }
                _ => Ok(Err(Unjudged::Malformed)),
            }
        }
        #[cfg(feature = "passkeys")]
        Presented::Passkey(response) => assertion::judge(engine, presented, response, client).await,
        Presented::BackupCode(text) => match imported_code::set(engine, presented).await? {
            Some(cost) => imported_code::judge(engine, presented, (text, cost), client).await,
            None => match BackupCode::parse(text) {
                Some(code) => judge_backup_code(engine, presented, &code, client, true).await,
                None => Ok(Err(Unjudged::Malformed)),
            },
        },
    }
}

async fn judge_code(
    engine: &Engine,
    presented: Presentation,
    code: &Code,
    next: Option<&Code>,
    client: &Client,
) -> Result<Judged, Error> {
    let kind = SettleKind::Code(Purpose::Verify);
    Ok(
        match admit_code(engine, presented, Purpose::Verify, next.is_some(), client).await? {
            Ok(attempt) => {
                let judgement = Judgement::of_code(
                    engine,
                    &attempt.open.authenticators,
                    code,
                    next,
                    presented.now,
                );
                Ok((attempt, kind, judgement))
            }
            Err(closed) => Err(Unjudged::Closed(kind, closed)),
        },
    )
}

/// Records an attempt on a code.
pub(super) async fn admit_code(
    engine: &Engine,
    presented: Presentation,
    purpose: Purpose,
    pair: bool,
    client: &Client,
) -> Result<Result<Attempt, Closed>, Error> {
    let Presentation { gate, event, now } = presented;
    let what = What {
        kind: SettleKind::Code(purpose),
        event,
        gate,
        now,
        subject: subject(gate),
    };
    let admit = |attempt| {
        Admit::Code(AdmitCode {
            attempt,
            now,
            gate,
            purpose,
            pair,
            candidates: engine.policy.candidates(),
            known: engine.known_hash(client.known.as_ref()),
            limits: engine.policy.limits,
        })
    };
    Attempt::admit(engine, what, &client.origin, admit).await
}

/// A backup code from admit to judgement; to `consume` it, or only to say whether it is right.
pub(super) async fn judge_backup_code(
    engine: &Engine,
    presented: Presentation,
    code: &BackupCode,
    client: &Client,
    consume: bool,
) -> Result<Judged, Error> {
    let Presentation { gate, event, now } = presented;
    let kind = SettleKind::BackupCode;
    let permit = engine
        .hasher
        .permit(1, engine.known_hash(client.known.as_ref()).is_some())?;
    let what = What {
        kind,
        event,
        gate,
        now,
        subject: subject(gate),
    };
    let (selector, limits) = (Some(code.selector()), engine.policy.limits);
    let known = engine.known_hash(client.known.as_ref());
    let admit = |attempt| {
        Admit::BackupCode(AdmitBackupCode {
            attempt,
            now,
            gate,
            selector,
            known,
            limits,
        })
    };
    let attempt = match Attempt::admit(engine, what, &client.origin, admit).await? {
        Ok(attempt) => attempt,
        Err(closed) => return Ok(Err(Unjudged::Closed(kind, closed))),
    };
    let (right, failure) = backup_code::evaluate(engine, &permit, &attempt.open, code).await?;
    let judgement = Judgement::of_backup_code(&attempt.open, right, failure, consume);
    Ok(Ok((attempt, kind, judgement)))
}

/// An application's user is counted under their key also where there is no row of them.
pub(super) fn subject(gate: Gate) -> Option<Subject> {
    match gate {
        Gate::User(key) => Some(Subject(key.0)),
        Gate::Open | Gate::Pending(_) | Gate::Session(_) => None,
    }
}

/// What a password and a second step of this kind are worth together.
pub(super) fn worth(kind: SettleKind, now: Timestamp) -> Assurance {
    let password = Assurance {
        level: Level::Aal1,
        amr: Amr::PWD,
        auth_time: now,
    };
    match crate::verification::assurance(kind, false, now) {
        Some(second) => Assurance {
            amr: second.amr.with(Amr::PWD).with(Amr::MFA),
            ..second
        },
        None => password,
    }
}

/// The reason of a refusal.
pub(super) fn wrong(kind: SettleKind) -> Reason {
    match kind {
        SettleKind::Password => Reason::WrongPassword,
        SettleKind::Code(_) => Reason::WrongCode,
        SettleKind::BackupCode => Reason::WrongBackupCode,
        SettleKind::Passkey => Reason::WrongPasskey,
    }
}

/// How many backup codes are left, where one was just used.
pub(super) async fn codes_left(
    engine: &Engine,
    kind: SettleKind,
    ended: &Ended,
    user: UserKey,
    now: Timestamp,
) -> Result<Option<u32>, Error> {
    if kind != SettleKind::BackupCode || !matches!(ended, Ended::Accepted(..)) {
        return Ok(None);
    }
    match engine.store.read(Read::Overview { user, now }).await? {
        Found::Overview(overview) => Ok(overview.map(|overview| overview.holdings.backup_codes)),
        _ => Err(mismatch()),
    }
}
