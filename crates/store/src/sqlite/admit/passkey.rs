//! A passkey: recorded and found, counted nowhere. At an open gate the credential says whose it is; at
//! any other it must be that user's.

use std::time::Duration;

use countersign::port::store::{Admission, AdmitPasskey};
use countersign::throttle::Odds;
use countersign::user::UserKey;
use rusqlite::Connection;

use super::super::error::Fault;
use super::super::passkeys;
use super::super::standing::{self, Standing};
use super::super::throttle::{Attempt, Kind};

use super::{front, open};

/// How long an attempt that is never settled stays recorded.
const UNSETTLED: Duration = Duration::from_mins(5);

pub(super) fn admit(db: &Connection, admit: &AdmitPasskey) -> Result<Admission, Fault> {
    let now = admit.now;
    let Some(standing) = standing::gate(db, admit.gate, now)? else {
        return Ok(Admission::Gone);
    };
    let found = passkeys::behind(db, admit.credential)?;
    let (subject, user, passkey) = match standing {
        Standing::Open => {
            let owner = match &found {
                Some(passkey) => standing::user(db, passkey.user)?,
                None => None,
            };
            (front(admit.credential.0), owner, found)
        }
        Standing::User(user) => {
            let theirs = found.filter(|passkey| passkey.user == user.key);
            (user.key.0, Some(*user), theirs)
        }
        Standing::Unknown(UserKey(key)) => (key, None, None),
    };
    let known = match &user {
        Some(user) => standing::known(db, user.key, admit.known, now)?,
        None => false,
    };
    let attempt = Attempt {
        id: admit.attempt,
        subject,
        kind: Kind::Passkey,
        confirm: false,
        at: now,
        user: user.as_ref().map(|user| user.key),
        to_be_named: false,
        known,
        bucket: None,
        cost: Odds(0),
    };
    attempt.record(db, UNSETTLED)?;
    let mut admission = open(db, user, Vec::new(), known)?;
    if let Admission::Open(open) = &mut admission {
        open.passkey = passkey;
    }
    Ok(admission)
}
