//! An audit row and the MAC over every field of it but the count of repeats.

use crate::audit::{Actor, Event, Outcome, Reason};
use crate::clock::{Randomness, RandomnessFailed, Timestamp};
use crate::id::{AuthenticatorId, EventId};
use crate::port::store::NoticeKind;
use crate::realm::RealmId;
use crate::session::Origin;
use crate::user::{UserId, UserKey};
use crate::vault::{MacError, RowMac, Vault};

/// One row of the audit trail.
#[derive(Clone, Debug)]
pub struct AuditRow {
    /// Its id; rows have no sequence.
    pub id: EventId,
    /// When.
    pub at: Timestamp,
    /// In which realm.
    pub realm: RealmId,
    /// Whom it concerns, if that is anybody.
    pub user: Option<UserKey>,
    /// The same, as the host knows them.
    pub user_id: Option<UserId>,
    /// Who acted.
    pub actor: Actor,
    /// What happened.
    pub event: Event,
    /// How it ended.
    pub outcome: Outcome,
    /// Why, truly.
    pub reason: Option<Reason>,
    /// With which authenticator.
    pub authenticator: Option<AuthenticatorId>,
    /// From which address.
    pub address: Option<String>,
    /// By which agent.
    pub agent: Option<String>,
    /// In which request.
    pub request_id: Option<String>,
    /// How many more of the same the window held; not under the MAC, since it grows.
    pub repeats: u32,
    /// Over all of the above but `repeats`.
    pub mac: RowMac,
}

/// What is common to the rows of one use case.
#[derive(Clone)]
pub(crate) struct Draft<'a> {
    pub(crate) realm: &'a RealmId,
    pub(crate) user: Option<(UserKey, UserId)>,
    pub(crate) actor: Actor,
    pub(crate) origin: &'a Origin,
    pub(crate) at: Timestamp,
}

impl Draft<'_> {
    /// A row with its MAC.
    pub(crate) fn row(
        &self,
        vault: &Vault,
        source: &dyn Randomness,
        event: Event,
        outcome: Outcome,
        reason: Option<Reason>,
        authenticator: Option<AuthenticatorId>,
    ) -> Result<AuditRow, RandomnessFailed> {
        let mut row = AuditRow {
            id: EventId::generate(self.at, source)?,
            at: self.at,
            realm: self.realm.clone(),
            user: self.user.as_ref().map(|(key, _)| *key),
            user_id: self.user.as_ref().map(|(_, id)| id.clone()),
            actor: self.actor,
            event,
            outcome,
            reason,
            authenticator,
            address: self.origin.address.map(|address| address.to_string()),
            agent: self.origin.agent.clone(),
            request_id: self.origin.request_id.clone(),
            repeats: 0,
            mac: RowMac::empty(),
        };
        row.mac = row.with_parts(|parts| vault.mac(b"audit", parts));
        Ok(row)
    }
}

impl AuditRow {
    /// Whether the row is what this keyring wrote.
    pub fn verify(&self, vault: &Vault) -> Result<(), MacError> {
        self.with_parts(|parts| vault.check_mac(b"audit", parts, &self.mac))
    }

    /// What the user is to be told because of this row; a store keeps it in the same transaction.
    pub fn notice(&self) -> Option<NoticeKind> {
        self.user?;
        match (self.event, self.outcome, self.reason) {
            (Event::BudgetHalfSpent, _, _) => Some(NoticeKind::BudgetHalfSpent),
            (Event::BudgetSpent, _, _) => Some(NoticeKind::BudgetSpent),
            (Event::CodesSuspended, _, _) => Some(NoticeKind::CodesSuspended),
            (Event::BackupCodesVoided, _, _) => Some(NoticeKind::BackupCodesVoided),
            (
                Event::SecondStep,
                Outcome::Failure,
                Some(Reason::WrongCode | Reason::WrongBackupCode | Reason::Tampered),
            ) => Some(NoticeKind::SecondStepFailed),
            (
                Event::SecondStep | Event::StepUp | Event::Verification,
                Outcome::Success,
                Some(Reason::BackupCode),
            ) => Some(NoticeKind::BackupCodeUsed),
            (Event::EnrollmentConfirmed, Outcome::Success, _) => {
                Some(NoticeKind::AuthenticatorAdded)
            }
            (Event::AuthenticatorRevoked, Outcome::Success, _) => {
                Some(NoticeKind::AuthenticatorRemoved)
            }
            (Event::BackupCodesReplaced, Outcome::Success, _) => {
                Some(NoticeKind::BackupCodesReplaced)
            }
            (Event::UserReset, Outcome::Success, _) => Some(NoticeKind::Reset),
            _ => None,
        }
    }

    fn with_parts<T>(&self, use_them: impl FnOnce(&[&[u8]]) -> T) -> T {
        let at = self.at.as_millis().to_be_bytes();
        let optional = |text: Option<&str>| {
            text.map_or_else(|| vec![0], |text| [&[1], text.as_bytes()].concat())
        };
        let user_id = optional(self.user_id.as_ref().map(UserId::as_str));
        let (address, agent) = (
            optional(self.address.as_deref()),
            optional(self.agent.as_deref()),
        );
        let request_id = optional(self.request_id.as_deref());
        let reason = self.reason.map_or("", Reason::as_str);
        use_them(&[
            self.id.as_bytes(),
            &at,
            self.realm.as_str().as_bytes(),
            self.user.as_ref().map_or(&[][..], |key| &key.0),
            &user_id,
            self.actor.text().as_bytes(),
            self.event.as_str().as_bytes(),
            self.outcome.as_str().as_bytes(),
            reason.as_bytes(),
            self.authenticator
                .as_ref()
                .map_or(&[][..], |id| id.as_bytes()),
            &address,
            &agent,
            &request_id,
        ])
    }
}
