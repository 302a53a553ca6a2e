//! One user's own account of what the server acknowledged. What was sent and not answered is kept
//! apart: it may have happened or not.

use crate::support::{App, Client, Door};

/// How far something is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// Nothing of the kind was asked.
    No,
    /// Asked, and no answer came.
    Maybe,
    /// Acknowledged.
    Yes,
}

/// An authenticator and its codes.
pub struct Enrolled {
    pub app: App,
    pub confirmed: Trust,
    /// Steps whose code was accepted.
    pub accepted: Vec<u64>,
    /// The last step that was sent, whatever came of it.
    pub sent: u64,
}

/// A backup code's fate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// Never sent, of the newest set.
    Fresh,
    /// Accepted.
    Accepted,
    /// Sent without an answer, or of a set whose replacement was not answered.
    Unsure,
    /// Of a set that was replaced.
    Replaced,
}

/// All the backup codes a user was ever shown.
#[derive(Default)]
pub struct Sheet(pub Vec<(String, Fate)>);

impl Sheet {
    /// A new set was shown: what was there is void.
    pub fn replace(&mut self, codes: Vec<String>) {
        for (_, fate) in &mut self.0 {
            if *fate != Fate::Accepted {
                *fate = Fate::Replaced;
            }
        }
        self.0
            .extend(codes.into_iter().map(|code| (code, Fate::Fresh)));
    }

    /// Nobody knows whether the set still is the newest.
    pub fn doubt(&mut self) {
        for (_, fate) in &mut self.0 {
            if *fate == Fate::Fresh {
                *fate = Fate::Unsure;
            }
        }
    }

    /// One that must work.
    pub fn fresh(&mut self) -> Option<&mut (String, Fate)> {
        self.0.iter_mut().find(|(_, fate)| *fate == Fate::Fresh)
    }
}

/// What a user knows.
pub struct Ledger {
    pub name: String,
    pub client: Client,
    pub apps: Vec<Enrolled>,
    pub sheet: Sheet,
    /// The session cookie that was handed out last, and whether it must open a session still.
    pub session: Trust,
    /// Cookies of sessions that were ended.
    pub ended: Vec<String>,
    /// Failures that may stand in the windows of codes and of backup codes.
    pub spent: (u32, u32),
}

impl Ledger {
    pub fn new(name: &str, door: Door) -> Self {
        Self {
            name: name.to_owned(),
            client: Client::new(door),
            apps: Vec::new(),
            sheet: Sheet::default(),
            session: Trust::No,
            ended: Vec::new(),
            spent: (0, 0),
        }
    }

    /// Whether the second step must be demanded, may be, or must not.
    pub fn enrolled(&self) -> Trust {
        let has = |trust| self.apps.iter().any(|one| one.confirmed == trust);
        match (has(Trust::Yes), has(Trust::Maybe)) {
            (true, _) => Trust::Yes,
            (_, true) => Trust::Maybe,
            _ => Trust::No,
        }
    }

    /// An app that must work, with the step of a code that was never sent and counts now.
    pub fn usable(&mut self, now: u64) -> Option<(&mut Enrolled, u64)> {
        self.apps
            .iter_mut()
            .filter(|one| one.confirmed == Trust::Yes)
            .map(|one| {
                let step = now.max(one.sent + 1);
                (one, step)
            })
            .find(|(_, step)| *step <= now + 1)
    }
}
