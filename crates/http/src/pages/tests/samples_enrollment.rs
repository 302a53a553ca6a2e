//! Enrollment and backup codes, filled with plausible people.

use std::fmt::Write;

use super::samples::{ADA, add, chrome, clock, day, wait};
use crate::pages::{
    BackupCodes, ClockDrift, ConfirmProblem, Drift, EnrollmentDone, EnrollmentRetry,
    EnrollmentScan, EnrollmentStart, RegenerateBackupCodes, StartProblem, Steps, TypeBackProblem,
    TypeOneBack,
};

pub(super) fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    enrollment(&mut pages);
    codes(&mut pages);
    pages
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
                write!(cells, "M{x} {y}h1v1h-1z").unwrap();
            }
        }
    }
    format!(
        r#"<svg viewBox="0 0 41 41" xmlns="http://www.w3.org/2000/svg"><path d="{cells}"/></svg>"#
    )
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
        ("enrollment-retry", None),
        ("enrollment-retry-wrong", Some(ConfirmProblem::Wrong)),
        ("enrollment-retry-slow", Some(drift(Drift::Slow, 130))),
        ("enrollment-retry-fast", Some(drift(Drift::Fast, 45))),
        (
            "enrollment-retry-throttled",
            Some(ConfirmProblem::Throttled(wait())),
        ),
        (
            "enrollment-retry-ended",
            Some(ConfirmProblem::NoPendingSetup),
        ),
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
