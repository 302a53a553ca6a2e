//! Adding an authenticator app: begin, scan and confirm, try again, done.

use askama::Template;

use super::{Chrome, Moment, Steps, Wait};

/// `GET /mfa/setup`: what is going to happen, and an optional label.
#[derive(Template)]
#[template(path = "enrollment_start.html")]
pub struct EnrollmentStart {
    /// The frame.
    pub chrome: Chrome,
    /// Step 1.
    pub steps: Steps,
    /// What was typed before, after a refusal.
    pub label: String,
    /// `SHA1`, `SHA256` or `SHA512`: the one that is preselected.
    pub algorithm: String,
    /// 6 or 8: the one that is preselected.
    pub digits: u8,
    /// Why the form is shown again.
    pub problem: Option<StartProblem>,
}

/// Why an enrollment did not begin.
#[derive(Clone, Debug)]
pub enum StartProblem {
    /// The label is too long or holds control characters.
    Label,
    /// The user has as many authenticators as the realm allows.
    TooMany,
}

/// The answer to `POST /mfa/setup`: the secret, shown this once, and the form that confirms it.
#[derive(Template)]
#[template(path = "enrollment_scan.html")]
pub struct EnrollmentScan {
    /// The frame.
    pub chrome: Chrome,
    /// Step 2.
    pub steps: Steps,
    /// The QR code as an `<svg>` element of our own making, without XML prolog, `style` attributes
    /// or title; goes into the page unescaped.
    pub qr_svg: String,
    /// The secret in base32, in groups of four.
    pub key_groups: Vec<String>,
    /// `otpauth://…`, for an app on the same phone.
    pub uri: String,
    /// The account name that the app will show.
    pub account: String,
    /// The issuer that the app will show.
    pub issuer: String,
    /// `SHA1`, `SHA256` or `SHA512`.
    pub algorithm: String,
    /// 6 or 8.
    pub digits: u8,
    /// Seconds a code lasts.
    pub period: u32,
    /// When the enrollment ends unless confirmed.
    pub expires: Moment,
}

/// `GET /mfa/confirm`, and the answer to a post there that failed: another code or a new start,
/// never the secret.
#[derive(Template)]
#[template(path = "enrollment_retry.html")]
pub struct EnrollmentRetry {
    /// The frame.
    pub chrome: Chrome,
    /// Step 2.
    pub steps: Steps,
    /// The issuer that the app shows.
    pub issuer: String,
    /// The account name that the app shows.
    pub account: String,
    /// Why it failed; `None` for somebody who comes back to the form with the secret in the app.
    pub problem: Option<ConfirmProblem>,
}

/// Why an enrollment was not confirmed.
#[derive(Clone, Debug)]
pub enum ConfirmProblem {
    /// Not the code, nor one of a clock that is off.
    Wrong,
    /// The code of another time: the phone's clock is off.
    Clock(ClockDrift),
    /// Too many wrong codes.
    Throttled(Wait),
    /// The enrollment expired, or there is none.
    NoPendingSetup,
}

/// How far the phone's clock is off.
#[derive(Clone, Copy, Debug)]
pub struct ClockDrift {
    /// In which direction.
    pub direction: Drift,
    /// By how much, about.
    pub seconds: u32,
}

impl ClockDrift {
    /// Whole minutes, rounded to the nearest; 0 below a minute.
    pub fn minutes(&self) -> u32 {
        if self.seconds < 60 {
            return 0;
        }
        self.seconds.saturating_add(30) / 60
    }
}

/// A direction in which a clock is off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drift {
    /// Behind.
    Slow,
    /// Ahead.
    Fast,
}

/// The authenticator works.
#[derive(Template)]
#[template(path = "enrollment_done.html")]
pub struct EnrollmentDone {
    /// The frame.
    pub chrome: Chrome,
    /// The authenticator's label.
    pub label: String,
    /// Whether it is the user's first, which turned the second step on.
    pub first: bool,
}
