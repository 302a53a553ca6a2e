//! The pages that ask for a proof or take a new one, filled with plausible people.

use super::samples::{ADA, add, chrome, wait};
use crate::pages::{
    ChangePassword, NewPasswordProblem, PasskeyStart, PasswordProblem, Reason, Reauthenticate,
    ReauthenticateProblem, SecondFactor,
};

pub(super) fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    passkeys(&mut pages);
    proofs(&mut pages);
    pages
}

fn passkeys(pages: &mut Vec<(String, String)>) {
    for (name, first) in [("passkey-first", true), ("passkey-another", false)] {
        let page = PasskeyStart {
            chrome: chrome(ADA, vec![]),
            account: "ada".into(),
            first,
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
        ("reauthenticate-passkey", Some(SecondFactor::Passkey), None),
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
            others: [
                SecondFactor::Passkey,
                SecondFactor::Code,
                SecondFactor::BackupCode,
            ]
            .into_iter()
            .filter(|other| Some(*other) != second_factor)
            .collect(),
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
