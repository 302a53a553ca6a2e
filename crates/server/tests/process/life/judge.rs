//! Holds a ledger against the server: nothing accepted is accepted again, nothing acknowledged is
//! gone, nothing demanded is no longer demanded.

use rusqlite::{Connection, OptionalExtension as _};
use serde_json::{Value, json};

use super::ledger::{Fate, Ledger, Trust};
use super::user;
use crate::support::{Answer, Client, login, step};

/// What was done and found, over all ledgers.
#[derive(Clone, Copy, Debug, Default)]
pub struct Figures {
    /// Ledgers judged.
    pub judged: u32,
    /// Acceptances that were acknowledged: codes, among them those that confirmed.
    pub codes: u32,
    /// The same for backup codes.
    pub backup_codes: u32,
    /// Confirmed enrollments found active with what they accepted consumed.
    pub enrollments: u32,
    /// Accepted codes sent again.
    pub codes_again: u32,
    /// Accepted or replaced backup codes sent again.
    pub backup_codes_again: u32,
    /// Of both, those that met the throttle.
    pub throttled: u32,
    /// Of both, those that were let in.
    pub accepted_twice: u32,
    /// Second steps that had to work and did.
    pub worked: u32,
    /// Enrollments that were not acknowledged and are there, wholly.
    pub made_whole: u32,
    /// Sessions that had to be open, or ended, and were.
    pub sessions: u32,
    /// Answers that did not come.
    pub unanswered: u32,
}

/// As many failures as leave the next attempt open.
const MOST_FAILURES: u32 = 4;

/// Judges one ledger; tells whether its user can go on.
pub fn judge(ledger: &mut Ledger, database: &Connection, figures: &mut Figures) -> bool {
    figures.judged += 1;
    rows(ledger, database, figures);
    sessions(ledger, figures);
    let mut browser = Client::new(ledger.client.door.clone());
    let asked = login(&mut browser, &ledger.name).expect(200);
    match (ledger.enrolled(), asked["requires_mfa"] == true) {
        (Trust::Yes, false) => panic!("{}: {asked} without a second step", ledger.name),
        (Trust::No, true) => panic!("{}: {asked} without an enrollment", ledger.name),
        (Trust::Maybe, true) => whole(ledger, &mut browser, &asked, figures),
        (_, true) => {}
        (_, false) => {
            // What was not acknowledged did not happen.
            ledger.apps.clear();
            (ledger.client, ledger.session) = (browser, Trust::Yes);
            return true;
        }
    }
    codes_again(ledger, &mut browser, figures);
    backup_codes_again(ledger, &mut browser, figures);
    ledger.client = browser;
    goes_on(ledger, figures)
}

fn rows(ledger: &Ledger, database: &Connection, figures: &mut Figures) {
    for one in ledger.apps.iter().filter(|one| one.confirmed == Trust::Yes) {
        let id = one.app.id.replace('-', "").to_uppercase();
        let row: Option<(String, i64)> = database
            .query_row(
                "SELECT status, next FROM authenticator WHERE hex(id) = ?1",
                [&id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()
            .unwrap();
        let (status, next) = row.unwrap_or_else(|| panic!("a confirmed enrollment is gone"));
        assert_eq!(status, "active", "{}", ledger.name);
        let last = i64::try_from(*one.accepted.iter().max().unwrap()).unwrap();
        assert!(next > last, "an accepted code is not consumed");
        figures.enrollments += 1;
    }
}

fn sessions(ledger: &mut Ledger, figures: &mut Figures) {
    if ledger.session == Trust::Yes {
        let session = ledger.client.get("/session").expect(200);
        assert_eq!(session["user"]["name"], ledger.name.as_str());
        figures.sessions += 1;
    }
    for ended in ledger.ended.drain(..) {
        let mut client = Client::new(ledger.client.door.clone());
        client.cookies.insert("countersign-session".into(), ended);
        client.get("/session").refuses(401, "session_required");
        figures.sessions += 1;
    }
}

/// An enrollment whose confirmation was not answered is there wholly, if it is there.
fn whole(ledger: &mut Ledger, browser: &mut Client, asked: &Value, figures: &mut Figures) {
    assert_eq!(asked["methods"], json!(["totp", "backup_code"]));
    for one in &mut ledger.apps {
        let at = step().max(one.sent + 1);
        if at > step() + 1 || ledger.spent.0 > MOST_FAILURES {
            return;
        }
        one.sent = at;
        let answer = browser.post("/login/mfa", &json!({ "code": one.app.code(at) }));
        if answer.status == 200 {
            (one.confirmed, one.accepted) = (Trust::Yes, vec![at]);
            figures.made_whole += 1;
            login(browser, &ledger.name).expect(200);
            return;
        }
        ledger.spent.0 += 1;
    }
    panic!(
        "{}: a second step is demanded and none is there",
        ledger.name
    );
}

/// Counts what became of something sent again.
fn refused(answer: &Answer, figures: &mut Figures) {
    match (answer.status, answer.code().as_str()) {
        (401, "code_already_used" | "invalid_code") => {}
        (429, "throttled") => figures.throttled += 1,
        (200, _) => figures.accepted_twice += 1,
        _ => panic!("{answer}"),
    }
    assert_eq!(figures.accepted_twice, 0, "accepted a second time");
}

fn codes_again(ledger: &mut Ledger, browser: &mut Client, figures: &mut Figures) {
    let now = step();
    for one in &mut ledger.apps {
        // Older ones are refused for their age.
        let accepted = one.accepted.iter().filter(|step| **step + 1 >= now);
        for step in accepted {
            if ledger.spent.0 < MOST_FAILURES {
                let body = json!({ "code": one.app.code(*step) });
                refused(&browser.post("/login/mfa", &body), figures);
                ledger.spent.0 += 1;
                figures.codes_again += 1;
            }
        }
    }
}

fn backup_codes_again(ledger: &mut Ledger, browser: &mut Client, figures: &mut Figures) {
    let over = |fate| [Fate::Accepted, Fate::Replaced].contains(&fate);
    let newest_first = ledger.sheet.0.iter().rev();
    for (code, _) in newest_first.filter(|(_, fate)| over(*fate)) {
        if ledger.spent.1 < MOST_FAILURES {
            let body = json!({ "backup_code": code });
            refused(&browser.post("/login/mfa", &body), figures);
            ledger.spent.1 += 1;
            figures.backup_codes_again += 1;
        }
    }
}

/// What must still work does; then all that was confirmed is in the list.
fn goes_on(ledger: &mut Ledger, figures: &mut Figures) -> bool {
    ledger.session = Trust::Maybe;
    let by_code = ledger.usable(step()).is_some() && ledger.spent.0 <= MOST_FAILURES;
    let by_backup_code = ledger.sheet.fresh().is_some() && ledger.spent.1 <= MOST_FAILURES;
    if by_code {
        user::code(ledger).unwrap();
    } else if by_backup_code {
        user::backup_code(ledger).unwrap();
    } else {
        return false;
    }
    assert_eq!(ledger.session, Trust::Yes, "{} is shut out", ledger.name);
    figures.worked += 1;
    let listed = ledger.client.get("/mfa").expect(200);
    let active = |id: &str| {
        let mut rows = listed["authenticators"].as_array().unwrap().iter();
        rows.any(|row: &Value| row["id"] == id && row["status"] == "active")
    };
    for one in ledger.apps.iter().filter(|one| one.confirmed == Trust::Yes) {
        assert!(active(&one.app.id), "{listed}");
    }
    // With fewer failures than this, another round finds the windows open.
    ledger.spent.0 < MOST_FAILURES - 1 && ledger.spent.1 < MOST_FAILURES - 1
}

impl Figures {
    /// Adds what a user was told over a life.
    pub fn retire(&mut self, ledger: &Ledger) {
        let count = |number: usize| u32::try_from(number).unwrap();
        let steps = ledger.apps.iter().map(|one| one.accepted.len());
        self.codes += count(steps.sum());
        let accepted = ledger.sheet.0.iter();
        let accepted = accepted.filter(|(_, fate)| *fate == Fate::Accepted);
        self.backup_codes += count(accepted.count());
    }
}
