//! A password: counted by name and client, the same whether or not the name is anybody's.

use countersign::port::store::{Admission, AdmitPassword, Whose};
use countersign::throttle::{self as arithmetic, DELAY_SPAN, Odds, Ruling};
use rusqlite::Connection;

use super::super::error::Fault;
use super::super::standing::{self, Standing};
use super::super::throttle::{self, Attempt, Kind};

use super::{front, open, throttled};

pub(super) fn admit(db: &Connection, admit: &AdmitPassword) -> Result<Admission, Fault> {
    let now = admit.now;
    let holder = standing::user_by_name(db, admit.name)?;
    let (user, to_be_named) = match (standing::gate(db, admit.gate, now)?, admit.whose) {
        (Some(Standing::Open), whose) => (holder, whose == Whose::Directory),
        (Some(Standing::User(owner)), Whose::Directory) => (Some(*owner), false),
        (Some(Standing::User(owner)), Whose::Name)
            if holder.as_ref().is_some_and(|user| user.key == owner.key) =>
        {
            (holder, false)
        }
        _ => return Ok(Admission::Gone),
    };
    let key = user.as_ref().map(|user| user.key);
    let cookie = match key {
        Some(key) if standing::known(db, key, admit.known, now)? => admit.known,
        _ => None,
    };
    let known = cookie.is_some();
    let bucket = cookie.map_or(admit.bucket, |cookie| front(cookie.0));
    let subject = admit.subject.0;

    let window = admit.limits.password;
    let from = now.minus(window.span);
    let recent = throttle::recent(db, subject, Kind::Password, Some((known, bucket)), from)?;
    let mut ruling = arithmetic::window(&recent, now, window);
    if !known {
        let (failures, last) = throttle::strangers(db, subject, now.minus(DELAY_SPAN))?;
        let grace = admit.limits.password_grace;
        ruling = later(
            ruling,
            arithmetic::growing_delay(failures, last, now, grace),
        );
    }
    if let Ruling::Wait(retry_at) = ruling {
        return throttled(db, user, (subject, Kind::Password), now, retry_at);
    }
    let attempt = Attempt {
        id: admit.attempt,
        subject,
        kind: Kind::Password,
        confirm: false,
        at: now,
        user: key.filter(|_| !to_be_named),
        to_be_named,
        known,
        bucket: Some(bucket),
        cost: Odds(0),
    };
    attempt.record(db, window.span)?;
    open(db, user, Vec::new(), known)
}

fn later(one: Ruling, other: Ruling) -> Ruling {
    match (one, other) {
        (Ruling::Wait(one), Ruling::Wait(other)) => Ruling::Wait(one.max(other)),
        (Ruling::Admit, ruling) | (ruling, _) => ruling,
    }
}
