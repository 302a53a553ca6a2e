//! The account's own pages, filled with plausible people.

use askama::Template;

use super::samples::{ADA, add, chrome, day};
use crate::pages::{
    AcceptedPasskeys, Activity, ActivityRow, AuthenticatorRow, AuthenticatorState, BackupCodesLeft,
    EndOtherSessions, Kind, Notice, Overview, RemoveAuthenticator, RenameAuthenticator,
    RenameProblem, SessionRow,
};

pub(super) fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    overviews(&mut pages);
    authenticators(&mut pages);
    pages
}

fn overview(label: &str, notices: Vec<Notice>) -> Overview {
    let row = |id: &str, label: &str, kind, state, last_used| AuthenticatorRow {
        id: id.into(),
        label: label.into(),
        kind,
        state,
        created: day(),
        last_used,
    };
    let session = |id: &str, browser: &str, current| SessionRow {
        id: id.into(),
        browser: browser.into(),
        address: "203.0.113.57".into(),
        started: day(),
        last_seen: day(),
        current,
        two_steps: true,
    };
    Overview {
        unread: !notices.is_empty(),
        chrome: chrome(ADA, notices),
        authenticators: vec![
            row(
                "a1",
                label,
                Kind::Totp,
                AuthenticatorState::Active,
                Some(day()),
            ),
            row(
                "a3",
                "Laptop",
                Kind::Passkey {
                    provider: Some("iCloud Keychain"),
                    synced: true,
                },
                AuthenticatorState::Active,
                Some(day()),
            ),
            row(
                "a4",
                "Blue key",
                Kind::Passkey {
                    provider: None,
                    synced: false,
                },
                AuthenticatorState::Active,
                None,
            ),
            row(
                "a2",
                "Key ring token",
                Kind::Hotp,
                AuthenticatorState::Suspended,
                None,
            ),
        ],
        backup_codes: Some(BackupCodesLeft {
            left: 3,
            total: 10,
            made: day(),
            acknowledged: false,
        }),
        sessions: vec![
            session("s1", "Firefox on Linux", true),
            session("s2", "Safari on iPhone", false),
            session("s3", "", false),
        ],
        activity: every_activity()
            .into_iter()
            .map(|what| ActivityRow {
                what,
                at: day(),
                address: "2001:db8::1f".into(),
                browser: "Firefox on Linux".into(),
            })
            .collect(),
        password_changed: Some(day()),
        accepted: AcceptedPasskeys {
            rp_id: "harbor.example".into(),
            user: "dXNlcg".into(),
            ids: "b25l dHdv".into(),
        },
    }
}

pub(super) fn hostile_overview() -> String {
    let page = overview("<img src=x onerror=alert(1)>", vec![]);
    page.render().unwrap()
}

fn every_activity() -> Vec<Activity> {
    let label = || String::from("Work phone");
    vec![
        Activity::SignedIn { two_steps: true },
        Activity::SignedInWithPasskey,
        Activity::PasskeyRefused,
        Activity::PasskeyCopied { label: label() },
        Activity::CodeRefused,
        Activity::CodesThrottled { times: 3 },
        Activity::SignedInWithBackupCode,
        Activity::AuthenticatorRemoved,
        Activity::AuthenticatorAdded { label: label() },
        Activity::AuthenticatorRenamed { label: label() },
        Activity::SignInThrottled { times: 1 },
        Activity::PasswordChanged,
        Activity::ResetByOperator,
        Activity::AccountCreated,
    ]
}

fn overviews(pages: &mut Vec<(String, String)>) {
    let label = || String::from("Work phone");
    let notices = vec![
        Notice::AuthenticatorAdded { label: label() },
        Notice::BackupCodeUsed { left: 3 },
        Notice::SecondStepFailed {
            times: 2,
            last: day(),
        },
        Notice::NewAuthenticator { at: day() },
        Notice::LostAuthenticator { at: day() },
        Notice::BackupCodesReplaced { at: day() },
        Notice::Reset { at: day() },
        Notice::BackupCodesLow { left: 1 },
        Notice::BackupCodesUnacknowledged,
        Notice::GuessBudgetHalf,
        Notice::CodesSuspended,
        Notice::BackupCodesVoid,
    ];
    add(pages, "overview", &overview("Work phone", vec![]));
    add(pages, "overview-notices", &overview("Work phone", notices));
    let mut plain = overview("", vec![Notice::PasswordChanged]);
    plain.authenticators.clear();
    plain.backup_codes = None;
    plain.sessions.truncate(1);
    add(pages, "overview-plain", &plain);
    for others in [1, 4] {
        let chrome = chrome(ADA, vec![]);
        let page = EndOtherSessions { chrome, others };
        add(pages, &format!("end-sessions-{others}"), &page);
    }
}

fn authenticators(pages: &mut Vec<(String, String)>) {
    for (name, problem) in [("rename", None), ("rename-bad", Some(RenameProblem::Label))] {
        let page = RenameAuthenticator {
            chrome: chrome(ADA, vec![]),
            id: "a1".into(),
            label: "Work phone".into(),
            passkey: problem.is_some(),
            problem,
        };
        add(pages, name, &page);
    }
    for (name, last) in [("remove", false), ("remove-last", true)] {
        let page = RemoveAuthenticator {
            chrome: chrome(ADA, vec![]),
            id: "a1".into(),
            label: "Work phone".into(),
            passkey: last,
            last,
            kept: false,
            backup_codes_left: 7,
        };
        add(pages, name, &page);
    }
}
