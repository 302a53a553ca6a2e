//! A user at work: signs in, enrolls, makes new codes, signs out, until told to stop or cut off.

use std::sync::atomic::{AtomicBool, Ordering};

use fastrand::Rng;
use serde_json::{Value, json};

use super::ledger::{Enrolled, Fate, Ledger, Trust};
use crate::support::{Answer, PASSWORD, Request, codes, scan, step};

/// Why a user stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ended {
    /// Was told to.
    Told,
    /// An answer did not come: the connection was cut.
    Cut,
    /// The server said that it could not decide.
    Unavailable,
}

/// Authenticators that one user enrolls at most.
const APPS: usize = 4;

/// Lives until `stop`, or until an answer fails to come.
pub fn live(ledger: &mut Ledger, rng: &mut Rng, stop: &AtomicBool) -> Ended {
    while !stop.load(Ordering::Relaxed) {
        let ended = match (ledger.session, rng.u8(0..10)) {
            (Trust::Yes, 0..4) if ledger.apps.len() < APPS => enroll(ledger),
            (Trust::Yes, 4..5) if ledger.enrolled() == Trust::Yes => replace_codes(ledger),
            (Trust::Yes, _) => sign_out(ledger),
            _ => sign_in(ledger, rng),
        };
        if let Err(ended) = ended {
            return ended;
        }
    }
    Ended::Told
}

/// Signs in for the first time and enrolls, in peace.
pub fn settle_in(ledger: &mut Ledger, rng: &mut Rng) {
    sign_in(ledger, rng).unwrap();
    enroll(ledger).unwrap();
    assert_eq!(ledger.enrolled(), Trust::Yes);
}

/// Sends; what ends a life is an error.
fn ask(ledger: &mut Ledger, path: &str, body: &Value) -> Result<Answer, Ended> {
    let request = Request::new("POST", path).json(body);
    let answer = ledger.client.send(&request).map_err(|_| Ended::Cut)?;
    match (answer.status, answer.code().as_str()) {
        (503, "store_unavailable") => Err(Ended::Unavailable),
        (503, "busy") => Ok(answer),
        (500.., _) => panic!("{path}: {answer}"),
        _ => Ok(answer),
    }
}

fn sign_in(ledger: &mut Ledger, rng: &mut Rng) -> Result<(), Ended> {
    ledger.session = Trust::Maybe;
    let body = json!({ "username": ledger.name, "password": PASSWORD });
    let answer = ask(ledger, "/login", &body)?;
    if answer.status == 503 {
        return Ok(());
    }
    let asked = answer.expect(200);
    if asked["requires_mfa"] != true {
        assert_ne!(
            ledger.enrolled(),
            Trust::Yes,
            "let in without a second step"
        );
        ledger.session = Trust::Yes;
        return Ok(());
    }
    assert_ne!(ledger.enrolled(), Trust::No, "{}: {asked}", ledger.name);
    let by_code = ledger.usable(step()).is_some();
    if by_code && rng.bool() {
        code(ledger)
    } else if ledger.sheet.fresh().is_some() {
        backup_code(ledger)
    } else if by_code {
        code(ledger)
    } else {
        // Nothing to sign in with until a step ends.
        std::thread::sleep(std::time::Duration::from_millis(20));
        Ok(())
    }
}

/// The second step by a code that was never sent before.
pub(super) fn code(ledger: &mut Ledger) -> Result<(), Ended> {
    let (one, step) = ledger.usable(step()).unwrap();
    one.sent = step;
    let (id, body) = (one.app.id.clone(), json!({ "code": one.app.code(step) }));
    ledger.spent.0 += 1;
    let answer = ask(ledger, "/login/mfa", &body)?;
    if answer.status == 429 {
        return Ok(());
    }
    answer.expect(200);
    ledger.spent.0 -= 1;
    ledger.session = Trust::Yes;
    let mut apps = ledger.apps.iter_mut();
    apps.find(|one| one.app.id == id)
        .unwrap()
        .accepted
        .push(step);
    Ok(())
}

/// The second step by a backup code that was never sent before.
pub(super) fn backup_code(ledger: &mut Ledger) -> Result<(), Ended> {
    let entry = ledger.sheet.fresh().unwrap();
    entry.1 = Fate::Unsure;
    let code = entry.0.clone();
    ledger.spent.1 += 1;
    let answer = ask(ledger, "/login/mfa", &json!({ "backup_code": code }))?;
    let fate = match answer.status {
        429 | 503 => Fate::Fresh,
        _ => {
            answer.expect(200);
            ledger.session = Trust::Yes;
            Fate::Accepted
        }
    };
    ledger.spent.1 -= 1;
    let mut entries = ledger.sheet.0.iter_mut();
    entries.find(|(text, _)| *text == code).unwrap().1 = fate;
    Ok(())
}

fn enroll(ledger: &mut Ledger) -> Result<(), Ended> {
    let answer = ask(ledger, "/mfa/setup", &json!({}))?;
    let app = scan(&answer.expect(201));
    let step = step();
    let body = json!({ "code": app.code(step) });
    ledger.apps.push(Enrolled {
        app,
        confirmed: Trust::Maybe,
        accepted: Vec::new(),
        sent: step,
    });
    // The session goes on under a new token, which a lost answer would have brought.
    ledger.session = Trust::Maybe;
    let first = ledger.enrolled() != Trust::Yes;
    // Without an answer the attempt stands in the window of codes.
    ledger.spent.0 += 1;
    let confirmed = ask(ledger, "/mfa/confirm", &body)?;
    ledger.spent.0 -= 1;
    if confirmed.status != 200 {
        // Throttled, or the pool is full: it stays pending.
        assert!([429, 503].contains(&confirmed.status), "{confirmed}");
        ledger.session = Trust::Yes;
        ledger.apps.pop();
        return Ok(());
    }
    let answer = confirmed.json();
    let last = ledger.apps.last_mut().unwrap();
    (last.confirmed, last.accepted) = (Trust::Yes, vec![step]);
    ledger.session = Trust::Yes;
    if answer["backup_codes"].is_array() {
        assert!(first, "backup codes with a further authenticator");
        ledger.sheet.replace(codes(&answer));
    }
    Ok(())
}

fn replace_codes(ledger: &mut Ledger) -> Result<(), Ended> {
    let before: Vec<_> = ledger.sheet.0.clone();
    ledger.sheet.doubt();
    let answer = ask(ledger, "/mfa/backup-codes", &json!({}))?;
    if answer.status == 503 {
        ledger.sheet.0 = before;
        return Ok(());
    }
    ledger.sheet.replace(codes(&answer.expect(200)));
    Ok(())
}

fn sign_out(ledger: &mut Ledger) -> Result<(), Ended> {
    ledger.session = Trust::Maybe;
    let cookie = ledger.client.cookie("session").unwrap();
    ask(ledger, "/logout", &json!({}))?.expect(200);
    ledger.session = Trust::No;
    ledger.ended.push(cookie);
    Ok(())
}
