//! The signed-in pages, filled with plausible people.

use askama::Template;

use super::samples::{add, chrome, clock, wait};
use crate::pages::{
    Activity, ActivityRow, AuthenticatorRow, AuthenticatorState, BackupCodes, BackupCodesLeft,
    ChangePassword, ClockDrift, ConfirmProblem, Drift, EndOtherSessions, EnrollmentDone,
    EnrollmentRetry, EnrollmentScan, EnrollmentStart, Kind, Moment, NewPasswordProblem, Notice,
    Overview, PasswordProblem, Reason, Reauthenticate, ReauthenticateProblem,
    RegenerateBackupCodes, RemoveAuthenticator, RenameAuthenticator, RenameProblem, SecondFactor,
    SessionRow, StartProblem, Steps, TypeBackProblem, TypeOneBack,
};

const ADA: Option<&str> = Some("ada@harbor.example");

fn day() -> Moment {
    Moment {
        text: "24 Nov 2026, 09:05 UTC".into(),
        rfc3339: "2026-11-24T09:05:00Z".into(),
    }
}

fn step(current: u8) -> Steps {
    Steps { current, total: 4 }
}

/// A picture with the size and looks of a QR code, that says nothing.
fn picture() -> String {
    let mut cells = String::new();
    for y in 0..41_u32 {
        for x in 0..41_u32 {
            if (x * x + y * 7 + x * y * 3) % 5 < 2 {
                cells.push_str(&format!("M{x} {y}h1v1h-1z"));
            }
        }
    }
    format!(
        r#"<svg viewBox="0 0 41 41" xmlns="http://www.w3.org/2000/svg"><path d="{cells}"/></svg>"#
    )
}

pub(super) fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    enrollment(&mut pages);
    codes(&mut pages);
    overviews(&mut pages);
    authenticators(&mut pages);
    proofs(&mut pages);
    pages
}

fn enrollment(pages: &mut Vec<(String, String)>) {
    for (name, problem) in [
        ("enrollment-start", None),
        ("enrollment-start-label", Some(StartProblem::Label)),
        ("enrollment-start-many", Some(StartProblem::TooMany)),
    ] {
        let page = EnrollmentStart {
            chrome: chrome(ADA, vec![]),
            steps: step(1),
            label: String::new(),
            algorithm: "SHA1".into(),
            digits: 6,
            problem,
        };
        add(pages, name, &page);
    }
    let page = EnrollmentScan {
        chrome: chrome(ADA, vec![]),
        steps: step(2),
        qr_svg: picture(),
        key_groups: "JBSW Y3DP EHPK 3PXP O0I1 K5QX 2D7M R4TC"
            .split(' ')
            .map(Into::into)
            .collect(),
        uri: "otpauth://totp/Harbor:ada?secret=JBSWY3DPEHPK3PXP&issuer=Harbor".into(),
        account: "ada@harbor.example".into(),
        issuer: "Harbor Freight Ledger".into(),
        algorithm: "SHA1".into(),
        digits: 6,
        period: 30,
        expires: clock(),
    };
    add(pages, "enrollment-scan", &page);
    let drift = |direction, seconds| ConfirmProblem::Clock(ClockDrift { direction, seconds });
    for (name, problem) in [
        ("enrollment-retry-wrong", ConfirmProblem::Wrong),
        ("enrollment-retry-slow", drift(Drift::Slow, 130)),
        ("enrollment-retry-fast", drift(Drift::Fast, 45)),
        (
            "enrollment-retry-throttled",
            ConfirmProblem::Throttled(wait()),
        ),
        ("enrollment-retry-ended", ConfirmProblem::NoPendingSetup),
    ] {
        let page = EnrollmentRetry {
            chrome: chrome(ADA, vec![]),
            steps: step(2),
            issuer: "Harbor Freight Ledger".into(),
            account: "ada@harbor.example".into(),
            problem,
        };
        add(pages, name, &page);
    }
    for (name, first) in [("enrollment-done", false), ("enrollment-done-first", true)] {
        let page = EnrollmentDone {
            chrome: chrome(ADA, vec![]),
            label: "Work phone".into(),
            first,
        };
        add(pages, name, &page);
    }
}

fn codes(pages: &mut Vec<(String, String)>) {
    let codes = [
        "7K3M-9QXD-T2WH-4RZC",
        "0F8B-M1YT-3QNJ-V6SD",
        "9A2E-XR7K-81GP-W0TN",
        "C4HD-60ZQ-JM9V-2B1X",
        "5T8R-QW3N-F7YA-K0M4",
        "E1PX-V9CB-4HS2-7D6J",
        "B7NZ-2GKT-0R5W-XM8Q",
        "H3QA-J8F1-Y6VD-9CTS",
        "M6W0-4XEP-B2ZR-N71K",
        "Q2YV-D5J9-8TGC-0HAM",
    ];
    let page = BackupCodes {
        chrome: chrome(ADA, vec![]),
        steps: Some(step(3)),
        codes: codes.map(Into::into).to_vec(),
        account: "ada@harbor.example".into(),
        made: day(),
    };
    add(pages, "backup-codes", &page);
    for (name, problem) in [
        ("type-one-back", None),
        ("type-one-back-wrong", Some(TypeBackProblem::Wrong)),
        (
            "type-one-back-throttled",
            Some(TypeBackProblem::Throttled(wait())),
        ),
    ] {
        let page = TypeOneBack {
            chrome: chrome(ADA, vec![]),
            steps: Some(step(4)),
            problem,
        };
        add(pages, name, &page);
    }
    for left in [0, 1, 7] {
        let chrome = chrome(ADA, vec![]);
        let page = RegenerateBackupCodes { chrome, left };
        add(pages, &format!("regenerate-{left}"), &page);
    }
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
        Activity::CodeRefused,
        Activity::CodesThrottled { times: 3 },
        Activity::BackupCodeUsed { left: 3 },
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
            problem,
        };
        add(pages, name, &page);
    }
    for (name, last) in [("remove", false), ("remove-last", true)] {
        let page = RemoveAuthenticator {
            chrome: chrome(ADA, vec![]),
            id: "a1".into(),
            label: "Work phone".into(),
            last,
            backup_codes_left: 7,
        };
        add(pages, name, &page);
    }
}

fn proofs(pages: &mut Vec<(String, String)>) {
    for (name, second_factor, problem) in [
        ("reauthenticate", Some(SecondFactor::Code), None),
        (
            "reauthenticate-backup",
            Some(SecondFactor::BackupCode),
            None,
        ),
        ("reauthenticate-plain", None, None),
        (
            "reauthenticate-password",
            Some(SecondFactor::Code),
            Some(ReauthenticateProblem::Password),
        ),
        (
            "reauthenticate-code",
            Some(SecondFactor::Code),
            Some(ReauthenticateProblem::Code),
        ),
        (
            "reauthenticate-used",
            Some(SecondFactor::BackupCode),
            Some(ReauthenticateProblem::AlreadyUsed),
        ),
        (
            "reauthenticate-throttled",
            Some(SecondFactor::Code),
            Some(ReauthenticateProblem::Throttled(wait())),
        ),
        (
            "reauthenticate-suspended",
            Some(SecondFactor::Code),
            Some(ReauthenticateProblem::Suspended),
        ),
    ] {
        let page = Reauthenticate {
            chrome: chrome(ADA, vec![]),
            username: "ada".into(),
            reason: Reason::AddAuthenticator,
            second_factor,
            return_to: "/mfa/setup".into(),
            cancel_to: "/mfa".into(),
            problem,
        };
        add(pages, name, &page);
    }
    for (name, problem) in [
        ("password", None),
        ("password-current", Some(PasswordProblem::Current)),
        (
            "password-new",
            Some(PasswordProblem::New(NewPasswordProblem::Guessable)),
        ),
        (
            "password-throttled",
            Some(PasswordProblem::Throttled(wait())),
        ),
    ] {
        let page = ChangePassword {
            chrome: chrome(ADA, vec![]),
            username: "ada".into(),
            min_length: 8,
            problem,
        };
        add(pages, name, &page);
    }
}
