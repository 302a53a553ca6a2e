//! What happened lately, from the audit trail's events to what they mean to the person.

use countersign::audit::{AuditRow, Event, Outcome, Reason};
use countersign::port::store::Overview;

use super::{browser, moment};
use crate::pages::{Activity, ActivityRow};

/// Rows of the page.
const MOST: usize = 10;

/// Latest first.
pub(crate) fn activity(overview: &Overview) -> Vec<ActivityRow> {
    let rows = overview.events.iter();
    rows.filter_map(|row| {
        Some(ActivityRow {
            what: what(row, overview)?,
            at: moment(row.at),
            address: row.address.clone().unwrap_or_default(),
            browser: browser(row.agent.as_deref()),
        })
    })
    .take(MOST)
    .collect()
}

/// None for steps on the way to something that has a row of its own.
fn what(row: &AuditRow, overview: &Overview) -> Option<Activity> {
    let success = row.outcome == Outcome::Success;
    let times = row.repeats.saturating_add(1);
    let label = || {
        let found = row.authenticator.and_then(|id| super::label(overview, id));
        found.unwrap_or_default().to_owned()
    };
    Some(match row.event {
        _ if row.reason == Some(Reason::DirectoryUnavailable) => return None,
        Event::PasswordStep if !success => Activity::SignInRefused,
        // With a second step, that is what tells.
        Event::PasswordStep if overview.holdings.demanding() > 0 => return None,
        Event::PasswordStep => Activity::SignedIn { two_steps: false },
        Event::SecondStep if success && row.reason == Some(Reason::BackupCode) => {
            Activity::SignedInWithBackupCode
        }
        Event::SecondStep if success => Activity::SignedIn { two_steps: true },
        Event::PasskeySignIn if success => Activity::SignedInWithPasskey,
        Event::StepUp if success => Activity::Reauthenticated,
        Event::PasskeySignIn if row.reason == Some(Reason::RefusedByDirectory) => {
            Activity::PasskeyRefused
        }
        Event::SecondStep | Event::StepUp | Event::Verification | Event::PasskeySignIn => {
            refused(row)?
        }
        Event::SignCountRegressed => Activity::PasskeyCopied { label: label() },
        Event::Throttled => throttled(row, times),
        Event::CodesSuspended => Activity::CodesSuspended,
        Event::BackupCodesVoided => Activity::BackupCodesVoid,
        Event::BudgetHalfSpent => Activity::GuessBudgetHalf,
        Event::BudgetSpent => Activity::GuessBudgetSpent,
        Event::EnrollmentConfirmed if success => Activity::AuthenticatorAdded { label: label() },
        Event::UserImported => Activity::AuthenticatorAdded { label: label() },
        Event::EnrollmentConfirmed => Activity::CodeRefused,
        Event::AuthenticatorRenamed => Activity::AuthenticatorRenamed { label: label() },
        Event::AuthenticatorRevoked => Activity::AuthenticatorRemoved,
        Event::BackupCodesReplaced => Activity::BackupCodesMade,
        Event::BackupCodesAcknowledged if success => Activity::BackupCodesAcknowledged,
        Event::BackupCodesAcknowledged => Activity::BackupCodeRefused,
        Event::PasswordChanged if success => Activity::PasswordChanged,
        Event::PasswordChanged => Activity::SignInRefused,
        Event::SessionEnded if row.reason == Some(Reason::SignedOut) => Activity::SignedOut,
        Event::SessionEnded => Activity::SessionEnded,
        Event::SessionsEnded => Activity::OtherSessionsEnded,
        Event::UserCreated => Activity::AccountCreated,
        Event::UserReset => Activity::ResetByOperator,
        Event::EnrollmentBegun
        | Event::TicketIssued
        | Event::ChildSessionBegun
        | Event::UserUpdated
        | Event::SetupLinkIssued
        | Event::SequenceFailed
        | Event::CrossSite
        | Event::OpenFailed
        | Event::ApiKeyChanged
        | Event::RealmChanged
        | Event::ScopeMissing
        | Event::Started => return None,
    })
}

fn refused(row: &AuditRow) -> Option<Activity> {
    if row.outcome == Outcome::Success {
        return None;
    }
    Some(match row.reason {
        Some(Reason::CodeAlreadyUsed) => Activity::CodeReused,
        Some(Reason::WrongBackupCode) => Activity::BackupCodeRefused,
        Some(Reason::WrongPassword | Reason::RefusedByDirectory) => Activity::SignInRefused,
        Some(Reason::WrongPasskey | Reason::UnknownCredential | Reason::SignCountRegressed) => {
            Activity::PasskeyRefused
        }
        _ => Activity::CodeRefused,
    })
}

fn throttled(row: &AuditRow, times: u32) -> Activity {
    if row.reason == Some(Reason::Password) {
        Activity::SignInThrottled { times }
    } else {
        Activity::CodesThrottled { times }
    }
}
