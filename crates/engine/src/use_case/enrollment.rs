//! Enrolling a TOTP or HOTP authenticator: pending → active. The secret is given once, at the beginning.

use countersign_otp::{Code, KeyUri, Period, Secret};

use crate::audit::{Event, Outcome, Reason};
use crate::authenticator::{AuthenticatorRecord, Kind, Label, Status};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::{Engine, mismatch};
use crate::error::{Error, Misuse};
use crate::factor::{backup_code, otp_row, totp};
use crate::id::AuthenticatorId;
use crate::port::store::{
    BackupCodes, Change, Changed, Effect, Effected, Found, Gate, Purpose, Read, SettleKind,
};
use crate::secret_text::BackupCodeList;
use crate::session::Origin;
use crate::use_case::verify::{self, Presentation};
use crate::verdict::{Refusal, Verdict};
use crate::verification::{Attempt, Judgement};
use crate::view::{Client, Confirmed, Enrollment, EnrollmentOptions, PendingEnrollment, Session};

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
        let Ok(label) = Label::parse(options.label.as_deref().unwrap_or("Authenticator app"))
        else {
            return Ok(Verdict::Refused(Refusal::LabelInvalid));
        };
        let engine = &*self.0;
        let now = engine.now()?;
        let algorithm = options.algorithm.unwrap_or_default();
        let secret = Secret::generate(algorithm, |bytes| engine.random.fill(bytes))?;
        let id = AuthenticatorId::generate(now, &*engine.random)?;
        let expires_at = now.plus(engine.policy.enrollment);
        let mut record = AuthenticatorRecord {
            id,
            user: session.user,
            kind: options.kind,
            status: Status::Pending,
            label: label.as_str().to_owned(),
            algorithm,
            digits: options.digits.unwrap_or_default(),
            period: Period::default(),
            secret: otp_row::seal(engine, &session.user, &id, &secret)?,
            next: 0,
            drift: 0,
            mac: crate::vault::RowMac::empty(),
            created_at: now,
            confirmed_at: None,
            last_used_at: None,
            expires_at: Some(expires_at),
        };
        record.mac = otp_row::mac(engine, &record, Status::Pending);
        let enrollment = describe(engine, session, &record, secret, expires_at)?;
        let user = engine.user(session.user).await?;
        let draft = engine.draft(user.as_deref(), &origin, now);
        let audit = engine.row(
            &draft,
            Event::EnrollmentBegun,
            Outcome::Success,
            None,
            Some(id),
        )?;
        let guard = engine.guard(session.hash, now);
        let change = Change::BeginEnrollment {
            guard,
            authenticator: Box::new(record),
            audit,
        };
        Ok(match engine.change(change).await? {
            Changed::Done => Verdict::Accepted(enrollment),
            other => Verdict::Refused(super::account::refusal(session, other)),
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
        self.0
            .detached(|engine| async move { confirm(&engine, &session, &code, &client).await })
            .await
    }
}

fn describe(
    engine: &Engine,
    session: &Session,
    record: &AuthenticatorRecord,
    secret: Secret,
    expires_at: Timestamp,
) -> Result<Enrollment, Error> {
    let base32 = secret.to_base32();
    let (issuer, account) = (&engine.realm.issuer, session.user_name());
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
        account: session.user_name().to_owned(),
        label: record.label.clone(),
        algorithm: record.algorithm,
        digits: record.digits,
        period: record.period,
        expires_at,
    })
}

async fn confirm(
    engine: &Engine,
    session: &Session,
    code: &Code,
    client: &Client,
) -> Result<Verdict<Confirmed>, Error> {
    let now = engine.now()?;
    let kind = SettleKind::Code(Purpose::Confirm);
    let gone = Refusal::NoPendingSetup;
    // The places for a set are taken before anything is counted.
    let permit = engine.hasher.permit(backup_code::PLACES, true)?;
    let presented = Presentation {
        gate: Gate::Session(session.hash),
        event: Event::EnrollmentConfirmed,
        now,
    };
    let attempt =
        match verify::admit_code(engine, presented, Purpose::Confirm, false, client).await? {
            Ok(attempt) => attempt,
            Err(closed) => return Ok(closed.verdict(now, kind, gone)),
        };
    let judgement = Judgement::of_code(engine, &attempt.open.authenticators, code, None, now);
    let Some(row) = attempt.open.authenticators.first() else {
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
    let assurance = verify::worth(kind, now);
    let (token, record) = engine.new_session(&session.user, assurance, &client.origin, now)?;
    let (backup_codes, list) = first_set(engine, &permit, &attempt, session, now).await?;
    let effect = Effect::Activate {
        authenticator: id,
        mac,
        session: record,
        backup_codes,
    };
    let ended = attempt
        .settle(engine, judgement, effect, &client.origin, Reason::WrongCode)
        .await?;
    Ok(ended.verdict(kind, gone, |_, effected| Confirmed {
        session: token,
        authenticator: id,
        backup_codes: list.filter(|_| effected == Effected::BackupCodesStored),
    }))
}

/// The backup codes that come with a first authenticator; none where a set is current.
async fn first_set(
    engine: &Engine,
    permit: &crate::hashing::Permit,
    attempt: &Attempt,
    session: &Session,
    now: Timestamp,
) -> Result<(BackupCodes, Option<BackupCodeList>), Error> {
    match attempt.open.backup_set {
        Some(set) if set.voided_at.is_none() => Ok((
            BackupCodes {
                version: set.version,
                codes: Vec::new(),
            },
            None,
        )),
        newest => {
            let version = newest.map_or(1, |set| set.version + 1);
            let (codes, list) =
                backup_code::make(engine, permit, &session.user, version, now).await?;
            Ok((codes, Some(list)))
        }
    }
}
