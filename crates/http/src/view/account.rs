//! What the account page shows of a user's authenticators, codes and sessions.

use countersign::authenticator::{Kind, Status};
use countersign::id::SessionId;
use countersign::port::store::{Notice as Told, NoticeKind, Overview};

use super::{browser, moment};
use crate::pages::{self, AuthenticatorRow, AuthenticatorState, BackupCodesLeft, SessionRow};

/// Codes in a set.
const SET: u32 = 10;

/// Those that verify, or did until they were suspended.
pub(crate) fn authenticators(overview: &Overview) -> Vec<AuthenticatorRow> {
    let rows = overview.authenticators.iter();
    rows.filter_map(|row| {
        let state = match row.status {
            Status::Active => AuthenticatorState::Active,
            Status::Suspended => AuthenticatorState::Suspended,
            Status::Pending | Status::Revoked => return None,
        };
        Some(AuthenticatorRow {
            id: row.id.to_string(),
            label: row.label.clone(),
            kind: match row.kind {
                Kind::Totp => pages::Kind::Totp,
                Kind::Hotp => pages::Kind::Hotp,
            },
            state,
            created: moment(row.confirmed_at.unwrap_or(row.created_at)),
            last_used: row.last_used_at.map(moment),
        })
    })
    .collect()
}

/// None while there is no second step.
pub(crate) fn backup_codes_left(overview: &Overview) -> Option<BackupCodesLeft> {
    let set = overview.backup_set?;
    (overview.holdings.demanding() > 0).then(|| BackupCodesLeft {
        left: overview.holdings.backup_codes,
        total: SET,
        made: moment(set.created_at),
        acknowledged: overview.holdings.backup_codes_acknowledged,
    })
}

/// The current one first.
pub(crate) fn sessions(overview: &Overview, current: SessionId) -> Vec<SessionRow> {
    let rows = overview.sessions.iter();
    let mut rows: Vec<_> = rows
        .map(|row| SessionRow {
            id: row.id.to_string(),
            browser: browser(row.agent.as_deref()),
            address: row.address.clone().unwrap_or_default(),
            started: moment(row.created_at),
            last_seen: moment(row.last_seen_at),
            current: row.id == current,
            two_steps: row.assurance.level > countersign::assurance::Level::Aal1,
        })
        .collect();
    rows.sort_by_key(|row| !row.current);
    rows
}

/// An unread notice in the words of the pages.
pub(crate) fn notice(notice: &Told, overview: &Overview) -> pages::Notice {
    match notice.kind {
        NoticeKind::BudgetHalfSpent => pages::Notice::GuessBudgetHalf,
        NoticeKind::BudgetSpent | NoticeKind::CodesSuspended => pages::Notice::CodesSuspended,
        NoticeKind::BackupCodesVoided => pages::Notice::BackupCodesVoid,
        NoticeKind::BackupCodeUsed => pages::Notice::BackupCodeUsed {
            left: overview.holdings.backup_codes,
        },
        NoticeKind::SecondStepFailed => pages::Notice::SecondStepFailed {
            times: notice.count,
            last: moment(notice.at),
        },
        NoticeKind::AuthenticatorAdded => pages::Notice::NewAuthenticator {
            at: moment(notice.at),
        },
        NoticeKind::AuthenticatorRemoved => pages::Notice::LostAuthenticator {
            at: moment(notice.at),
        },
        NoticeKind::BackupCodesReplaced => pages::Notice::BackupCodesReplaced {
            at: moment(notice.at),
        },
        NoticeKind::Reset => pages::Notice::Reset {
            at: moment(notice.at),
        },
    }
}
