//! Enrolling a TOTP or HOTP authenticator: pending → active. The secret is given once, at the beginning.

use countersign_otp::{Code, KeyUri, Period, Secret};

use crate::audit::{Draft, Event, Outcome, Reason};
use crate::authenticator::{AuthenticatorRecord, Kind, Label, Status};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::{Engine, mismatch};
use crate::enrollment::Enrollment;
use crate::error::{Error, Misuse};
use crate::factor::{backup_code, otp_row, totp};
use crate::id::AuthenticatorId;
use crate::port::store::{
    Authority, Change, Changed, Effect, Effected, Found, Gate, Holdings, Purpose, Read, SettleKind,
};
use crate::secret_text::BackupCodeList;
use crate::session::{Origin, Token};
use crate::use_case::host::Named;
use crate::use_case::verify::{self, Presentation};
use crate::user::UserKey;
use crate::verdict::{Refusal, Verdict};
use crate::verification::Judgement;
use crate::view::{Client, Confirmed, EnrollmentOptions, PendingEnrollment, Session};

impl Countersign {
    /// Begins an enrollment, with a fresh proof. A pending one before it is replaced, active
    /// authenticators are untouched.
    pub async fn begin_enrollment(
        &self,
        session: &Session,
        options: EnrollmentOptions,
        origin: Origin,
    ) -> Result<Verdict<Enrollment>, Error> {
        if let Some(refusal) = self.stale(session) {
            return Ok(Verdict::Refused(refusal));
        }
        let engine = &*self.0;
        let now = engine.now()?;
        let user = engine.user(session.user).await?;
        let begin = Begin {
            user: session.user,
            account: session.user_name(),
            authority: Authority::Fresh(engine.guard(session.hash, now)),
            draft: engine.draft(user.as_deref(), &origin, now),
            once: None,
        };
        Ok(match begin.enroll(engine, options).await? {
            Ok(enrollment) => Verdict::Accepted(enrollment),
            Err(refused) => Verdict::Refused(refused.refusal(session.holdings())),
        })
    }

    /// The pending enrollment, without its secret.
    pub async fn pending_enrollment(
        &self,
        session: &Session,
    ) -> Result<Option<PendingEnrollment>, Error> {
        let read = Read::Authenticators {
            user: session.user,
            now: self.0.now()?,
        };
        let Found::Authenticators(rows) = self.0.store.read(read).await? else {
            return Err(mismatch());
        };
        let pending = rows.into_iter().rfind(|row| row.status == Status::Pending);
        Ok(pending.and_then(|row| {
            Some(PendingEnrollment {
                id: row.id,
                label: row.label,
                expires_at: row.expires_at?,
            })
        }))
    }

    /// Confirms the pending enrollment by a code, which is consumed by it. The session goes on at
    /// AAL2 under a new token; the first authenticator brings the backup codes.
    pub async fn confirm_enrollment(
        &self,
        session: &Session,
        code: &str,
        client: Client,
    ) -> Result<Verdict<Confirmed>, Error> {
        let Ok(code) = Code::parse(code) else {
            return Ok(Verdict::Refused(Refusal::MalformedCode));
        };
        let session = session.clone();
        let work = |engine: std::sync::Arc<Engine>| async move {
            let confirming = Confirming {
                gate: Gate::Session(session.hash),
                user: session.user,
                wanted: None,
            };
            let confirmed = confirm(&engine, confirming, &code, &client).await?;
            Ok(confirmed.flatten(|confirmed| match confirmed.session {
                Some(token) => Verdict::Accepted(Confirmed {
                    session: token,
                    authenticator: confirmed.authenticator,
                    backup_codes: confirmed.backup_codes,
                }),
                None => Verdict::Refused(Refusal::Conflict),
            }))
        };
        self.0.detached(work).await
    }
}

/// Whose enrollment begins, and by what right.
pub(super) struct Begin<'a> {
    pub(super) user: UserKey,
    /// What the authenticator shows.
    pub(super) account: &'a str,
    pub(super) authority: Authority,
    pub(super) draft: Draft<'a>,
    pub(super) once: Option<Named>,
}

impl Begin<'_> {
    pub(super) async fn enroll(
        self,
        engine: &Engine,
        options: EnrollmentOptions,
    ) -> Result<Result<Enrollment, NotBegun>, Error> {
        let Ok(label) = Label::parse(options.label.as_deref().unwrap_or("Authenticator app"))
        else {
            return Ok(Err(NotBegun::Refused(Refusal::LabelInvalid)));
        };
        let now = self.draft.at;
        let algorithm = options.algorithm.unwrap_or_default();
        let secret = Secret::generate(algorithm, |bytes| engine.random.fill(bytes))?;
        let id = AuthenticatorId::generate(now, &*engine.random)?;
        let expires_at = now.plus(engine.policy.enrollment);
        let mut record = AuthenticatorRecord {
            id,
            user: self.user,
            kind: options.kind,
            status: Status::Pending,
            label: label.as_str().to_owned(),
            algorithm,
            digits: options.digits.unwrap_or_default(),
            period: Period::default(),
            secret: otp_row::seal(engine, &self.user, &id, &secret)?,
            next: 0,
            drift: 0,
            mac: crate::vault::RowMac::empty(),
            created_at: now,
            confirmed_at: None,
            last_used_at: None,
            expires_at: Some(expires_at),
        };
        record.mac = otp_row::mac(engine, &record, Status::Pending);
        let enrollment = describe(engine, self.account, &record, secret, expires_at)?;
        let event = Event::EnrollmentBegun;
        let audit = engine.row(&self.draft, event, Outcome::Success, None, Some(id))?;
        let change = Change::BeginEnrollment {
            authority: self.authority,
            authenticator: Box::new(record),
            audit,
        };
        let change = match self.once {
            Some(named) => named.once(*id.as_bytes(), change),
            None => change,
        };
        Ok(match engine.change(change).await? {
            Changed::Done => Ok(enrollment),
            other => Err(NotBegun::Changed(other)),
        })
    }
}

/// Why an enrollment did not begin.
pub(super) enum NotBegun {
    Refused(Refusal),
    Changed(Changed),
}

impl NotBegun {
    pub(super) fn refusal(self, holdings: Holdings) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Changed(changed) => super::account::refusal(holdings, changed),
        }
    }
}

fn describe(
    engine: &Engine,
    account: &str,
    record: &AuthenticatorRecord,
    secret: Secret,
    expires_at: Timestamp,
) -> Result<Enrollment, Error> {
    let base32 = secret.to_base32();
    let issuer = &engine.realm.issuer;
    let uri = match record.kind {
        Kind::Totp => KeyUri::totp(issuer, account, secret),
        Kind::Hotp => KeyUri::hotp(issuer, account, secret, record.next),
        // Passkeys have ceremonies of their own.
        Kind::Passkey => return Err(Misuse::Kind.into()),
    };
    let uri = uri
        .map_err(|_| Misuse::Issuer)?
        .with_algorithm(record.algorithm)
        .with_digits(record.digits)
        .with_period(record.period);
    Ok(Enrollment {
        id: record.id,
        secret: base32,
        uri: uri.text(),
        issuer: engine.realm.issuer.clone(),
        account: account.to_owned(),
        label: record.label.clone(),
        algorithm: record.algorithm,
        digits: record.digits,
        period: record.period,
        expires_at,
    })
}

/// Which pending enrollment is confirmed: the user's, and by a host the one it names.
pub(super) struct Confirming {
    pub(super) gate: Gate,
    pub(super) user: UserKey,
    pub(super) wanted: Option<AuthenticatorId>,
}

/// What a confirmation came to; at a session's gate, the session that it goes on as.
pub(super) struct Activated {
    pub(super) session: Option<Token>,
    pub(super) authenticator: AuthenticatorId,
    pub(super) backup_codes: Option<BackupCodeList>,
}

pub(super) async fn confirm(
    engine: &Engine,
    confirming: Confirming,
    code: &Code,
    client: &Client,
) -> Result<Verdict<Activated>, Error> {
    let Confirming { gate, user, wanted } = confirming;
    let now = engine.now()?;
    let kind = SettleKind::Code(Purpose::Confirm);
    let gone = Refusal::NoPendingSetup;
    // The places for a set are taken before anything is counted.
    let permit = engine.hasher.permit(backup_code::PLACES, true)?;
    let presented = Presentation {
        gate,
        event: Event::EnrollmentConfirmed,
        now,
    };
    let attempt =
        match verify::admit_code(engine, presented, Purpose::Confirm, false, client).await? {
            Ok(attempt) => attempt,
            Err(closed) => return Ok(closed.verdict(now, kind, gone)),
        };
    let judgement = Judgement::of_code(engine, &attempt.open.authenticators, code, None, now);
    let row = attempt.open.authenticators.first();
    let Some(row) = row.filter(|row| wanted.is_none_or(|wanted| row.id == wanted)) else {
        return Ok(Verdict::Refused(gone));
    };
    let (id, mac) = (row.id, otp_row::mac(engine, row, Status::Active));
    if judgement.matched.is_none() {
        let clock_offset = otp_row::open(engine, row)
            .ok()
            .filter(|_| row.kind == Kind::Totp)
            .and_then(|secret| totp::clock_offset(row, &secret, code, now));
        let ended = attempt
            .settle(
                engine,
                judgement,
                Effect::None,
                &client.origin,
                Reason::WrongCode,
            )
            .await?;
        return Ok(match ended.verdict(kind, gone, |_, _| ()) {
            Verdict::Refused(refusal)
                if refusal != (Refusal::InvalidCode { clock_offset: None }) =>
            {
                Verdict::Refused(refusal)
            }
            _ => Verdict::Refused(Refusal::InvalidCode { clock_offset }),
        });
    }
    let (token, session) = match gate {
        Gate::Session(_) => {
            let assurance = verify::worth(kind, now);
            let (token, record) = engine.new_session(&user, assurance, &client.origin, now)?;
            (Some(token), Some(record))
        }
        _ => (None, None),
    };
    let newest = attempt.open.backup_set;
    let (backup_codes, list) = backup_code::first_set(engine, &permit, user, newest, now).await?;
    let effect = Effect::Activate {
        authenticator: id,
        mac,
        session,
        backup_codes,
    };
    let ended = attempt
        .settle(engine, judgement, effect, &client.origin, Reason::WrongCode)
        .await?;
    Ok(ended.verdict(kind, gone, |_, effected| Activated {
        session: token,
        authenticator: id,
        backup_codes: list.filter(|_| effected == Effected::BackupCodesStored),
    }))
}
