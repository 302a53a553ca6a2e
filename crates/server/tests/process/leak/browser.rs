//! A person's way through every page and form, right and wrong.

use super::program::wrong;
use super::watched::Watched;
use crate::support::{Answer, App, PASSWORD, step};

/// All pages of a user whom the operator has added.
pub fn walk(watched: &mut Watched, name: &str) {
    watched.secrets.password(PASSWORD);
    for path in [
        "/",
        "/robots.txt",
        "/.well-known/change-password",
        "/assets/app.css",
    ] {
        assert!(watched.page(path).status < 400, "{path}");
    }
    for path in ["/lost-access", "/problems/throttled", "/login"] {
        assert_eq!(watched.page(path).status, 200);
    }
    let first = sign_in(watched, name);
    assert_eq!(first.field("location"), Some("/mfa"));
    let (app, at, sheet) = enroll(watched);

    let page = watched.page("/mfa/backup-codes/acknowledge");
    let page = watched.form(
        &page,
        "/mfa/backup-codes/acknowledge",
        &[("backup_code", "0123-4567-89AB-CDEF")],
    );
    assert_eq!(page.status, 401);
    let done = watched.form(
        &page,
        "/mfa/backup-codes/acknowledge",
        &[("backup_code", &sheet[0])],
    );
    assert_eq!(done.field("location"), Some("/mfa/setup/done"));
    assert_eq!(watched.page("/mfa/setup/done").status, 200);
    assert_eq!(watched.page("/mfa/passkeys/new").status, 200);
    inside(watched);
    assert_eq!(watched.page("/mfa").status, 200);

    let page = watched.page("/reauthenticate?return_to=%2Fmfa%2Fsetup");
    let used = app.code(at);
    let fields = [
        ("password", PASSWORD),
        ("code", &used),
        ("return_to", "/mfa/setup"),
    ];
    let page = watched.form(&page, "/reauthenticate", &fields);
    assert_eq!(page.status, 401);
    let fields = [
        ("password", PASSWORD),
        ("backup_code", &sheet[1]),
        ("return_to", "/mfa/setup"),
    ];
    let done = watched.form(&page, "/reauthenticate", &fields);
    assert_eq!(done.field("location"), Some("/mfa/setup"));
    let page = watched.page("/mfa/backup-codes");
    let page = watched.form(&page, "/mfa/backup-codes", &[]);
    let sheet = sheet_of(watched, &page);
    let page = watched.page("/mfa");
    assert_eq!(watched.form(&page, "/logout", &[]).status, 303);
    second_step(watched, name, &app, at, &sheet);
}

fn sign_in(watched: &mut Watched, name: &str) -> Answer {
    let page = watched.page("/login?return_to=%2Fmfa");
    let wrong = [("username", name), ("password", "quietly rambling marmots")];
    let page = watched.form(&page, "/login", &wrong);
    assert_eq!(page.status, 401);
    watched.form(
        &page,
        "/login",
        &[("username", name), ("password", PASSWORD)],
    )
}

fn enroll(watched: &mut Watched) -> (App, u64, Vec<String>) {
    let page = watched.page("/mfa/setup");
    let fields = [("label", "Phone"), ("algorithm", "SHA256"), ("digits", "8")];
    let page = watched.form(&page, "/mfa/setup", &fields);
    assert_eq!(page.status, 200);
    let text = page.text();
    let (_, uri) = text.split_once("href=\"otpauth://").unwrap();
    let uri = uri
        .split('"')
        .next()
        .unwrap()
        .replace("&#38;", "&")
        .replace("&amp;", "&");
    let app = App::scan("", &format!("otpauth://{uri}"));
    watched.secrets.app(&app);
    let failed = watched.form(&page, "/mfa/confirm", &[("code", &wrong(&app))]);
    assert_eq!(failed.status, 400);
    assert_eq!(watched.page("/mfa/confirm").status, 200);
    let at = step();
    let page = watched.form(&failed, "/mfa/confirm", &[("code", &app.code(at))]);
    let sheet = sheet_of(watched, &page);
    (app, at, sheet)
}

/// The backup codes on a page.
fn sheet_of(watched: &mut Watched, page: &Answer) -> Vec<String> {
    assert_eq!(page.status, 200);
    let text = page.text();
    let lines = text
        .lines()
        .filter_map(|line| line.trim().strip_prefix("<li>"));
    let found = lines.map(|line| line.trim_end_matches("</li>").to_owned());
    let sheet: Vec<String> = found
        .filter(|code| code.len() == 19 && code.split('-').all(|group| group.len() == 4))
        .collect();
    assert_eq!(sheet.len(), 10, "{text}");
    watched.learn_codes(&sheet);
    sheet
}

/// The pages that change something for somebody signed in.
fn inside(watched: &mut Watched) {
    let page = watched.page("/password");
    let long = "prudent otters ".repeat(10);
    let fields = [("current", PASSWORD), ("new", long.as_str())];
    let page = watched.form(&page, "/password", &fields);
    assert_eq!(page.status, 422);
    let page = watched.page("/sessions/end");
    assert_eq!(watched.form(&page, "/sessions/end", &[]).status, 303);
    let overview = watched.page("/mfa").text();
    let id = |after: &str| {
        let (_, rest) = overview.split_once(after).unwrap();
        rest[..36].to_owned()
    };
    let authenticator = format!("/mfa/authenticators/{}", id("/mfa/authenticators/"));
    let rename = format!("{authenticator}/rename");
    let page = watched.page(&rename);
    assert_eq!(
        watched.form(&page, &rename, &[("label", "Tablet")]).status,
        303
    );
    let remove = format!("{authenticator}/remove");
    let page = watched.page(&remove);
    assert_eq!(page.status, 200);
    let page = watched.page("/mfa");
    watched.form(
        &page,
        "/sessions/0190b0a0-0000-7000-8000-000000000001/end",
        &[],
    );
    watched.form(&page, "/mfa/notices/dismiss", &[]);
}

fn second_step(watched: &mut Watched, name: &str, app: &App, at: u64, sheet: &[String]) {
    let pending = sign_in(watched, name);
    assert_eq!(pending.field("location"), Some("/login/mfa"));
    for method in ["code", "backup_code", "resync", "choose"] {
        assert_eq!(
            watched.page(&format!("/login/mfa?method={method}")).status,
            200
        );
    }
    assert_eq!(watched.page("/lost-access").status, 200);
    let page = watched.page("/login/mfa?method=code");
    let page = watched.form(&page, "/login/mfa", &[("code", &wrong(app))]);
    assert_eq!(page.status, 401);
    let page = watched.form(
        &page,
        "/login/mfa",
        &[("backup_code", &sheet[0].to_lowercase())],
    );
    assert_eq!(page.field("location"), Some("/mfa"));
    let page = watched.page("/mfa");
    watched.form(&page, "/logout", &[]);
    sign_in(watched, name);
    let page = watched.page("/login/mfa");
    let done = watched.form(&page, "/login/mfa", &[("code", &app.code(at + 1))]);
    assert_eq!(done.field("location"), Some("/mfa"));
    let overview = watched.page("/mfa").text();
    let (_, rest) = overview.split_once("/mfa/authenticators/").unwrap();
    let remove = format!("/mfa/authenticators/{}/remove", &rest[..36]);
    let page = watched.page(&remove);
    assert_eq!(watched.form(&page, &remove, &[]).status, 303);
}
