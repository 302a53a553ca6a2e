//! The user's sessions: one row each, and the page that asks before ending all others.

use askama::Template;

use super::{Chrome, Moment};

/// One session of the user.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// The public id, not the cookie.
    pub id: String,
    /// Browser and system, as `Firefox on Linux`; empty if unknown.
    pub browser: String,
    /// The client's address; empty if unknown.
    pub address: String,
    /// When it began.
    pub started: Moment,
    /// When it was last used.
    pub last_seen: Moment,
    /// Whether it is the one that shows this page.
    pub current: bool,
    /// Whether it was signed in with two steps.
    pub two_steps: bool,
}

/// `GET /sessions/end`: what ending all other sessions does, before it is done.
#[derive(Template)]
#[template(path = "end_other_sessions.html")]
pub struct EndOtherSessions {
    /// The frame.
    pub chrome: Chrome,
    /// How many there are.
    pub others: u32,
}
