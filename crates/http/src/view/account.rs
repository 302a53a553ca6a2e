//! What the account page shows of a user's authenticators, codes and sessions.

use countersign::authenticator::{Kind, Status};
use countersign::id::{AuthenticatorId, SessionId};
use countersign::port::store::{Notice as Told, NoticeKind, Overview};
use countersign::webauthn::Aaguid;

use data_encoding::BASE64URL_NOPAD;

use super::{browser, moment};
use crate::pages::{
    self, AcceptedPasskeys, AuthenticatorRow, AuthenticatorState, BackupCodesLeft, SessionRow,
};

/// Codes in a set.
const SET: u32 = 10;

/// Those that verify, or did until they were suspended; passkeys first.
pub(crate) fn authenticators(overview: &Overview) -> Vec<AuthenticatorRow> {
    let passkeys = overview.passkeys.iter().filter_map(|row| {
        Some(AuthenticatorRow {
            id: row.id.to_string(),
            label: row.label.clone(),
            kind: pages::Kind::Passkey {
                provider: provider(row.aaguid),
                synced: row.backup_state,
            },
            state: state(row.status)?,
            created: moment(row.created_at),
            last_used: row.last_used_at.map(moment),
        })
    });
    let others = overview.authenticators.iter().filter_map(|row| {
        Some(AuthenticatorRow {
            id: row.id.to_string(),
            label: row.label.clone(),
            kind: match row.kind {
                Kind::Totp => pages::Kind::Totp,
                Kind::Hotp => pages::Kind::Hotp,
                Kind::Passkey => return None,
            },
            state: state(row.status)?,
            created: moment(row.confirmed_at.unwrap_or(row.created_at)),
            last_used: row.last_used_at.map(moment),
        })
    });
    passkeys.chain(others).collect()
}

fn state(status: Status) -> Option<AuthenticatorState> {
    match status {
        Status::Active => Some(AuthenticatorState::Active),
        Status::Suspended => Some(AuthenticatorState::Suspended),
        Status::Pending | Status::Revoked => None,
    }
}

/// Who keeps a passkey, as its model claims.
pub(crate) fn provider(aaguid: [u8; 16]) -> Option<&'static str> {
    Aaguid::from_bytes(aaguid).provider()
}

/// What one of the user's own is called, whatever its kind.
pub(crate) fn label(overview: &Overview, id: AuthenticatorId) -> Option<&str> {
    let passkeys = overview.passkeys.iter().map(|row| (row.id, &row.label));
    let others = overview.authenticators.iter();
    let mut all = passkeys.chain(others.map(|row| (row.id, &row.label)));
    all.find(|(other, _)| *other == id)
        .map(|(_, label)| label.as_str())
}

/// Which passkeys of the user's a browser is to keep, and which to forget.
pub(crate) fn accepted_passkeys(overview: &Overview, rp_id: &str) -> AcceptedPasskeys {
    let active = overview.passkeys.iter();
    let active = active.filter(|row| row.status == Status::Active);
    let ids: Vec<_> = active
        .map(|row| BASE64URL_NOPAD.encode(&row.credential_id))
        .collect();
    AcceptedPasskeys {
        rp_id: rp_id.to_owned(),
        user: BASE64URL_NOPAD.encode(&overview.user.handle),
        ids: ids.join(" "),
    }
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
