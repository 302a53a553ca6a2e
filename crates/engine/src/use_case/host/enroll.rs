//! Enrolling a phone of an application's user: begun by its word, once the user has a factor also by
//! their proof; confirmed by the first code.

use countersign_otp::Code;

use super::{Host, Idempotency, account_name, refusal};
use crate::api_key::Scope;
use crate::authenticator::Label;
use crate::engine::mismatch;
use crate::enrollment::Enrollment;
use crate::error::Error;
use crate::id::AuthenticatorId;
use crate::port::store::{Found, Gate, Holdings, Read};
use crate::secret_text::BackupCodeList;
use crate::use_case::enrollment::{self, Begin, Confirming, NotBegun};
use crate::user::UserId;
use crate::verdict::{Refusal, Verdict};
use crate::view::{Client, EnrollmentOptions};

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
}
