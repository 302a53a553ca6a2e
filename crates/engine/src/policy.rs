//! The policy in force: windows, life times, limits. The defaults are what the documents promise.

mod setting;

use std::time::Duration;

use countersign_otp::Reach;

use crate::error::Misuse;
use crate::port::store::Candidates;
use crate::throttle::Limits;

pub use setting::{PolicySettings, Setting};

/// The policy of a realm.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// The throttle's limits.
    pub limits: Limits,
    /// Past TOTP steps accepted, 0..=2 (RFC 6238 §5.2 recommends at most one).
    pub past: u8,
    /// Future TOTP steps accepted, 0..=2.
    pub future: u8,
    /// HOTP counters accepted beyond the next, 0..=50.
    pub look_ahead: u8,
    /// How far two consecutive HOTP codes may be ahead, 0..=100.
    pub resynchronize: u8,
    /// Whether a passkey whose counter went back is accepted all the same; it is told either way.
    pub accept_sign_count_regression: bool,
    /// Whether an application must show the user's proof to change the authenticators of one who has
    /// a second factor; else its word is enough.
    pub host_proof: bool,
    /// Whether users have to keep their last authenticator: an operator can still remove it.
    pub keep_last: bool,
    /// A WebAuthn challenge can be answered this long.
    pub challenge: Duration,
    /// A session ends unless it is seen within this.
    pub session_idle: Duration,
    /// A session ends after this in any case; at most 24 h (SP 800-63B-4 §2.2.3).
    pub session_absolute: Duration,
    /// A pending login lives this long.
    pub pending: Duration,
    /// A pending enrollment lives this long.
    pub enrollment: Duration,
    /// A proof is fresh this long.
    pub fresh: Duration,
    /// A browser stays known this long.
    pub known_browser: Duration,
    /// The link to create the first user opens this long.
    pub setup_link: Duration,
}

impl Default for Policy {
    fn default() -> Self {
        Self {
            limits: Limits::default(),
            past: 1,
            future: 1,
            look_ahead: 10,
            resynchronize: 100,
            accept_sign_count_regression: false,
            host_proof: true,
            keep_last: false,
            challenge: Duration::from_mins(5),
            session_idle: Duration::from_hours(1),
            session_absolute: Duration::from_hours(24),
            pending: Duration::from_mins(10),
            enrollment: Duration::from_mins(15),
            fresh: Duration::from_mins(5),
            known_browser: Duration::from_hours(400 * 24),
            setup_link: Duration::from_hours(1),
        }
    }
}

impl Policy {
    /// Checks that nothing is beyond what the standards allow.
    pub fn check(&self) -> Result<(), Misuse> {
        let rules = [
            (
                self.past <= 2 && self.future <= 2,
                "a TOTP window reaches 0 to 2 steps to either side",
            ),
            (
                self.look_ahead <= 50 && self.resynchronize <= 100,
                "a HOTP look-ahead is at most 50, a resynchronization 100",
            ),
            (
                (1..=100).contains(&self.limits.consecutive),
                "1 to 100 consecutive failures",
            ),
            (
                self.session_absolute <= Duration::from_hours(24),
                "a session lives at most 24 hours",
            ),
            (
                self.session_idle <= self.session_absolute,
                "a session's idle time is within its life",
            ),
            (
                self.fresh <= Duration::from_mins(5),
                "a proof is fresh for at most 5 minutes",
            ),
            (
                self.pending <= Duration::from_mins(10),
                "a pending login lives at most 10 minutes",
            ),
            (
                self.challenge <= Duration::from_mins(10),
                "a challenge lives at most 10 minutes",
            ),
            (
                self.enrollment <= Duration::from_hours(1),
                "a pending enrollment lives at most an hour",
            ),
        ];
        rules
            .into_iter()
            .find(|(holds, _)| !holds)
            .map_or(Ok(()), |(_, rule)| Err(Misuse::Policy(rule)))
    }

    pub(crate) fn reach(&self) -> (Reach, Reach) {
        let reach = |steps| Reach::try_from(steps).unwrap_or_default();
        (reach(self.past), reach(self.future))
    }

    pub(crate) fn candidates(&self) -> Candidates {
        Candidates {
            totp: u32::from(self.past) + 1 + u32::from(self.future),
            hotp: u32::from(self.look_ahead) + 1,
        }
    }
}
