//! The signed-out pages, filled with plausible people.

use askama::Template;

use crate::pages::{
    BackupCodeProblem, BackupCodeStep, ChooseMethod, Chrome, CodeProblem, CodeStep, Fault,
    FirstAccount, FirstAccountProblem, LostAccess, Method, Moment, NewPasswordProblem, Notice,
    PasskeyStep, PendingGone, Problem, ResyncStep, SetupLinkGone, SignIn, SignInProblem, SignedOut,
    Wait,
};

pub(super) const ADA: Option<&str> = Some("ada@harbor.example");

pub(super) fn chrome(signed_in_as: Option<&str>, notices: Vec<Notice>) -> Chrome {
    Chrome {
        site_name: "Harbor Freight Ledger".into(),
        form_token: "token-of-this-page".into(),
        signed_in_as: signed_in_as.map(Into::into),
        passwords_here: true,
        notices,
    }
}

pub(super) fn clock() -> Moment {
    Moment {
        text: "14:32 UTC".into(),
        rfc3339: "2026-11-24T14:32:00Z".into(),
    }
}

pub(super) fn day() -> Moment {
    Moment {
        text: "24 Nov 2026, 09:05 UTC".into(),
        rfc3339: "2026-11-24T09:05:00Z".into(),
    }
}

pub(super) fn wait() -> Wait {
    Wait {
        minutes: 4,
        until: clock(),
    }
}

/// Adds a rendered page to a list.
pub(super) fn add(pages: &mut Vec<(String, String)>, name: &str, page: &impl Template) {
    pages.push((name.into(), page.render().unwrap()));
}

pub(super) fn pages() -> Vec<(String, String)> {
    let mut pages = Vec::new();
    setup(&mut pages);
    sign_in(&mut pages);
    code(&mut pages);
    other_ways(&mut pages);
    faults(&mut pages);
    pages
}

fn setup(pages: &mut Vec<(String, String)>) {
    for (name, problem) in [
        ("first-account", None),
        ("first-account-name", Some(FirstAccountProblem::Username)),
        (
            "first-account-short",
            Some(FirstAccountProblem::Password(NewPasswordProblem::TooShort(
                15,
            ))),
        ),
        (
            "first-account-blocked",
            Some(FirstAccountProblem::Password(NewPasswordProblem::Blocked)),
        ),
    ] {
        let page = FirstAccount {
            chrome: chrome(None, vec![]),
            token: "x9Jt".into(),
            username: "ada".into(),
            problem,
        };
        add(pages, name, &page);
    }
    let chrome = chrome(None, vec![]);
    add(pages, "setup-link-gone", &SetupLinkGone { chrome });
}

fn sign_in(pages: &mut Vec<(String, String)>) {
    for (name, username, problem, notices) in [
        ("sign-in", "", None, vec![]),
        (
            "sign-in-wrong",
            "ada",
            Some(SignInProblem::InvalidCredentials),
            vec![],
        ),
        (
            "sign-in-throttled",
            "ada",
            Some(SignInProblem::Throttled(wait())),
            vec![],
        ),
        (
            "sign-in-form-expired",
            "",
            Some(SignInProblem::FormExpired),
            vec![],
        ),
        ("sign-in-signed-out", "", None, vec![Notice::SignedOut]),
        ("sign-in-created", "", None, vec![Notice::AccountCreated]),
        ("sign-in-expired", "", None, vec![Notice::SessionExpired]),
    ] {
        let page = SignIn {
            chrome: chrome(None, notices),
            username: username.into(),
            return_to: Some("/apps?x=\"y\"&z".into()),
            problem,
        };
        add(pages, name, &page);
    }
    let chrome = chrome(None, vec![]);
    add(pages, "signed-out", &SignedOut { chrome });
}

fn code(pages: &mut Vec<(String, String)>) {
    for (name, problem) in [
        ("code", None),
        ("code-wrong", Some(CodeProblem::Wrong)),
        ("code-used", Some(CodeProblem::AlreadyUsed)),
        ("code-throttled", Some(CodeProblem::Throttled(wait()))),
        ("code-suspended", Some(CodeProblem::Suspended)),
    ] {
        let page = CodeStep {
            chrome: chrome(None, vec![]),
            username: "ada@harbor.example".into(),
            expires: clock(),
            return_to: Some("/mfa/setup".into()),
            others: vec![Method::Resync, Method::BackupCode],
            problem: problem.clone(),
        };
        add(pages, name, &page);
        let page = ResyncStep {
            chrome: chrome(None, vec![]),
            username: "ada@harbor.example".into(),
            expires: clock(),
            return_to: None,
            others: vec![Method::Code, Method::BackupCode],
            problem,
        };
        add(pages, &name.replace("code", "resync"), &page);
    }
    for (name, problem) in [
        ("backup-code", None),
        ("backup-code-wrong", Some(BackupCodeProblem::Wrong)),
        ("backup-code-used", Some(BackupCodeProblem::AlreadyUsed)),
        (
            "backup-code-throttled",
            Some(BackupCodeProblem::Throttled(wait())),
        ),
        ("backup-code-void", Some(BackupCodeProblem::Void)),
    ] {
        let page = BackupCodeStep {
            chrome: chrome(None, vec![]),
            username: "ada@harbor.example".into(),
            expires: clock(),
            return_to: None,
            others: vec![Method::Code],
            problem,
        };
        add(pages, name, &page);
    }
}

fn other_ways(pages: &mut Vec<(String, String)>) {
    let page = ChooseMethod {
        chrome: chrome(None, vec![]),
        username: "ada@harbor.example".into(),
        expires: clock(),
        return_to: None,
        methods: vec![
            Method::Passkey,
            Method::Code,
            Method::Resync,
            Method::BackupCode,
        ],
    };
    add(pages, "choose-method", &page);
    let page = PasskeyStep {
        chrome: chrome(None, vec![]),
        username: "ada@harbor.example".into(),
        expires: clock(),
        return_to: Some("/mfa/setup".into()),
        others: vec![Method::Code, Method::BackupCode],
    };
    add(pages, "passkey-step", &page);
    let frame = chrome(None, vec![]);
    add(pages, "pending-gone", &PendingGone { chrome: frame });
    for (name, pending, contact) in [
        ("lost-access", false, None),
        (
            "lost-access-pending",
            true,
            Some("help@harbor.example, +1 555 0100"),
        ),
    ] {
        let page = LostAccess {
            chrome: chrome(None, vec![]),
            pending,
            contact: contact.map(Into::into),
        };
        add(pages, name, &page);
    }
}

fn faults(pages: &mut Vec<(String, String)>) {
    for fault in [
        Fault::BadRequest,
        Fault::Forbidden,
        Fault::FormExpired,
        Fault::NotFound,
        Fault::MethodNotAllowed,
        Fault::Conflict,
        Fault::TooLarge,
        Fault::UnsupportedType,
        Fault::WrongHost,
        Fault::TooMany,
        Fault::Internal,
        Fault::Unavailable,
    ] {
        let page = Problem {
            chrome: chrome(None, vec![]),
            fault,
            request_id: "0193-5f2c-77aa".into(),
            wait: (fault == Fault::TooMany).then(wait),
        };
        add(pages, &format!("problem-{fault:?}"), &page);
    }
}
