//! Enrolling a passkey of an application's user: options for their browser, and what it answers.

use countersign_webauthn::{CreationOptions, Registration, RegistrationResponse, User};

use super::{Host, HostEnrolled, Idempotency, account_name, refusal, verdict};
use crate::api_key::Scope;
use crate::audit::{Event, Outcome, Reason};
use crate::authenticator::Label;
use crate::clock::Timestamp;
use crate::engine::{Engine, mismatch};
use crate::error::Error;
use crate::factor::passkey::{self, Purpose};
use crate::factor::{backup_code, passkey_row};
use crate::id::AuthenticatorId;
use crate::port::store::{Authority, Change, Changed, Found, Holdings, PendingPasskey, Read};
use crate::session::Origin;
use crate::use_case::passkey as ceremony;
use crate::user::{UserId, UserKey, UserRecord};
use crate::verdict::{Refusal, Verdict};

/// An enrollment of a passkey that was begun.
pub struct BegunPasskey {
    /// The id that the passkey will have.
    pub id: AuthenticatorId,
    /// For the browser.
    pub options: CreationOptions,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
}

impl Host<'_> {
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
        let rows = passkey_row::of(engine, record.key).await?;
        let person = registration(&record, &account, display.as_deref().unwrap_or(&account))?;
        let options = person
            .exclude(passkey::descriptors(&rows)?)
            .attestation(engine.attestation.preference())
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
    let (Some(pending), Some(overview)) = (pending, engine.overview(key, now).await?) else {
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
