//! Enrolling a user of an application's: begun by its word, once the user has a factor also by their
//! proof; confirmed by what the authenticator answers.

use countersign_otp::Code;
use countersign_webauthn::{CreationOptions, Registration, RegistrationResponse, User};

use super::{Host, Idempotency, account_name, refusal, verdict};
use crate::api_key::Scope;
use crate::audit::{Event, Outcome, Reason};
use crate::authenticator::Label;
use crate::clock::Timestamp;
use crate::engine::{Engine, mismatch};
use crate::enrollment::Enrollment;
use crate::error::Error;
use crate::factor::backup_code;
use crate::factor::passkey::{self, Purpose};
use crate::id::AuthenticatorId;
use crate::port::store::{Authority, Change, Changed, Found, Gate, Holdings, PendingPasskey, Read};
use crate::secret_text::BackupCodeList;
use crate::session::Origin;
use crate::use_case::enrollment::{self, Begin, Confirming, NotBegun};
use crate::use_case::passkey as ceremony;
use crate::user::{UserId, UserKey, UserRecord};
use crate::verdict::{Refusal, Verdict};
use crate::view::{Client, EnrollmentOptions};

/// An enrollment of a passkey that was begun.
pub struct BegunPasskey {
    /// The id that the passkey will have.
    pub id: AuthenticatorId,
    /// For the browser.
    pub options: CreationOptions,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
}

/// A confirmed enrollment.
pub struct HostEnrolled {
    /// The authenticator.
    pub authenticator: AuthenticatorId,
    /// What it is called.
    pub label: String,
    /// The backup codes, with the first authenticator only, and only here.
    pub backup_codes: Option<BackupCodeList>,
}

impl Host<'_> {
    /// Begins the enrollment of a TOTP or HOTP authenticator, which shows `account`. A pending one
    /// before it is replaced. The secret is given once, here.
    pub async fn begin_enrollment(
        &self,
        user: &UserId,
        account: &str,
        options: EnrollmentOptions,
        proof: Option<&str>,
        once: Option<Idempotency<'_>>,
    ) -> Result<Verdict<Enrollment>, Error> {
        if let Some(refusal) = self.lacks(Scope::Enroll).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let (engine, now) = (self.engine(), self.engine().now()?);
        if options
            .label
            .as_deref()
            .is_some_and(|label| Label::parse(label).is_err())
        {
            return Ok(Verdict::Refused(Refusal::LabelInvalid));
        }
        let parts = account_name(account).and_then(|name| Ok((name, self.voucher(proof, now)?)));
        let (account, authority) = match parts {
            Ok(parts) => parts,
            Err(refusal) => return Ok(Verdict::Refused(refusal)),
        };
        let record = self.ensure(user, &account, now).await?;
        let begin = Begin {
            user: record.key,
            account: &account,
            authority,
            draft: engine.draft(Some(&record), &self.origin, now),
            once: self.named(record.key, once, now),
        };
        Ok(match begin.enroll(engine, options).await? {
            Ok(enrollment) => Verdict::Accepted(enrollment),
            Err(NotBegun::Refused(refusal)) => Verdict::Refused(refusal),
            Err(NotBegun::Changed(changed)) => {
                Verdict::Refused(refusal(Holdings::default(), changed))
            }
        })
    }

    /// Confirms a TOTP or HOTP enrollment by a code, which is consumed by it.
    pub async fn confirm_enrollment(
        &self,
        user: &UserId,
        id: AuthenticatorId,
        code: &str,
    ) -> Result<Verdict<HostEnrolled>, Error> {
        if let Some(refusal) = self.lacks(Scope::Enroll).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let Ok(code) = Code::parse(code) else {
            return Ok(Verdict::Refused(Refusal::MalformedCode));
        };
        let (engine, user) = (self.engine(), self.key(user));
        let read = Read::Authenticators {
            user,
            now: engine.now()?,
        };
        let Found::Authenticators(rows) = engine.store.read(read).await? else {
            return Err(mismatch());
        };
        let pending = |status| status == crate::authenticator::Status::Pending;
        let Some(row) = rows
            .into_iter()
            .find(|row| row.id == id && pending(row.status))
        else {
            return Ok(Verdict::Refused(Refusal::NoPendingSetup));
        };
        let client = Client {
            origin: self.origin.clone(),
            known: None,
        };
        let work = |engine: std::sync::Arc<crate::engine::Engine>| async move {
            let confirming = Confirming {
                gate: Gate::User(user),
                user,
                wanted: Some(id),
            };
            enrollment::confirm(&engine, confirming, &code, &client).await
        };
        let confirmed = self.mfa.0.detached(work).await?;
        Ok(confirmed.map(|activated| HostEnrolled {
            authenticator: activated.authenticator,
            label: row.label,
            backup_codes: activated.backup_codes,
        }))
    }

    /// Begins the enrollment of a passkey, which shows `account`, and `display` where it is longer.
    pub async fn begin_passkey(
        &self,
        user: &UserId,
        (account, display): (&str, Option<&str>),
        label: Option<&str>,
        proof: Option<&str>,
        once: Option<Idempotency<'_>>,
    ) -> Result<Verdict<BegunPasskey>, Error> {
        if let Some(refusal) = self.lacks(Scope::Enroll).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let (engine, now) = (self.engine(), self.engine().now()?);
        let parts = account_name(account).and_then(|name| {
            let display = display.map(account_name).transpose()?;
            let label = label.map(Label::parse).transpose();
            let label = label.map_err(|_| Refusal::LabelInvalid)?;
            Ok((name, display, label, self.voucher(proof, now)?))
        });
        let (account, display, label, authority) = match parts {
            Ok(parts) => parts,
            Err(refusal) => return Ok(Verdict::Refused(refusal)),
        };
        let record = self.ensure(user, &account, now).await?;
        let id = AuthenticatorId::generate(now, &*engine.random)?;
        let challenge = passkey::challenge(engine, Purpose::HostEnroll(id), now)?;
        let rows = ceremony::passkeys(engine, record.key).await?;
        let person = registration(&record, &account, display.as_deref().unwrap_or(&account))?;
        let options = person
            .exclude(passkey::descriptors(&rows)?)
            .begin(&engine.rp, &challenge)
            .0;
        let expires_at = now.plus(engine.policy.challenge);
        let draft = engine.draft(Some(&record), &self.origin, now);
        let event = Event::EnrollmentBegun;
        let reason = Some(Reason::Passkey);
        let audit = engine.row(&draft, event, Outcome::Success, reason, Some(id))?;
        let change = Change::BeginPasskey {
            authority,
            user: record.key,
            authenticator: id,
            label,
            expires_at,
            audit,
        };
        let change = match self.named(record.key, once, now) {
            Some(named) => named.once(*id.as_bytes(), change),
            None => change,
        };
        let begun = BegunPasskey {
            id,
            options,
            expires_at,
        };
        Ok(verdict(
            Holdings::default(),
            engine.change(change).await?,
            begun,
        ))
    }

    /// Confirms the enrollment of a passkey by what the browser answered.
    pub async fn confirm_passkey(
        &self,
        user: &UserId,
        id: AuthenticatorId,
        response: RegistrationResponse,
    ) -> Result<Verdict<HostEnrolled>, Error> {
        if let Some(refusal) = self.lacks(Scope::Enroll).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let (user, origin) = (self.key(user), self.origin.clone());
        self.mfa
            .0
            .detached(move |engine| async move {
                add_passkey(&engine, user, id, &response, &origin).await
            })
            .await
    }
}

async fn add_passkey(
    engine: &Engine,
    key: UserKey,
    id: AuthenticatorId,
    response: &RegistrationResponse,
    origin: &Origin,
) -> Result<Verdict<HostEnrolled>, Error> {
    let now = engine.now()?;
    let read = Read::PendingPasskey {
        user: key,
        authenticator: id,
        now,
    };
    let Found::PendingPasskey(pending) = engine.store.read(read).await? else {
        return Err(mismatch());
    };
    let (Some(pending), Some(overview)) = (pending, ceremony::overview(engine, key, now).await?)
    else {
        return Ok(Verdict::Refused(Refusal::NoPendingSetup));
    };
    let client_data = response.response.client_data_json.as_bytes();
    let purpose = Purpose::HostEnroll(id);
    let Some((challenge, spent)) = passkey::recognize(engine, client_data, purpose, now) else {
        return Ok(Verdict::Refused(Refusal::ChallengeExpired));
    };
    let state = registration(&overview.user, &overview.user.name, &overview.user.name)?
        .begin(&engine.rp, &challenge)
        .1;
    let draft = engine.draft(Some(&overview.user), origin, now);
    let registered = match ceremony::judge(engine, &state, response, &draft, now).await? {
        Ok(registered) => registered,
        Err(refusal) => return Ok(Verdict::Refused(refusal)),
    };
    let label = called(&pending, registered.aaguid.provider())?;
    let row = ceremony::row(engine, id, key, &registered, &label, now);
    let permit = engine.hasher.permit(backup_code::PLACES, true)?;
    let newest = overview.backup_set;
    let (backup_codes, list) = backup_code::first_set(engine, &permit, key, newest, now).await?;
    let event = Event::EnrollmentConfirmed;
    let reason = Some(Reason::Passkey);
    let audit = engine.row(&draft, event, Outcome::Success, reason, Some(id))?;
    let change = Change::AddPasskey {
        authority: Authority::Begun(id, now),
        now,
        challenge: spent,
        credential: passkey::hash(&engine.realm.id, &row.credential_id),
        rp: (engine.realm.id.clone(), engine.realm.rp_id.clone()),
        passkey: Box::new(row),
        session: None,
        backup_codes,
        audit,
    };
    let enrolled = |backup_codes| HostEnrolled {
        authenticator: id,
        label: label.as_str().to_owned(),
        backup_codes,
    };
    Ok(match engine.change(change).await? {
        Changed::Done => Verdict::Accepted(enrolled(None)),
        Changed::DoneWithBackupCodes => Verdict::Accepted(enrolled(list)),
        Changed::NotFresh => Verdict::Refused(Refusal::NoPendingSetup),
        other => Verdict::Refused(refusal(overview.holdings, other)),
    })
}

fn registration(user: &UserRecord, name: &str, display: &str) -> Result<Registration, Error> {
    Ok(Registration::new(User {
        handle: passkey::handle(user)?,
        name: name.to_owned(),
        display_name: display.to_owned(),
    }))
}

fn called(pending: &PendingPasskey, provider: Option<&str>) -> Result<Label, Error> {
    let label = pending.label.as_deref().or(provider).unwrap_or("Passkey");
    Ok(Label::parse(label)?)
}
