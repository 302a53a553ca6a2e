//! The throttle's arithmetic: what happened and when → admit or wait. It touches no store and no clock.

use std::time::Duration;

use crate::clock::Timestamp;

/// So many attempts in any so long (an exact sliding window).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// The most attempts.
    pub attempts: u32,
    /// The span that slides.
    pub span: Duration,
}

/// Odds of guessing right, in units of 10⁻⁹.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Odds(pub u64);

impl Odds {
    /// What evaluating `candidates` codes of `digits` digits costs: each is right by chance with
    /// 10^-digits (RFC 4226 §6).
    pub fn of(candidates: u32, digits: u8) -> Self {
        let each = 10_u64.saturating_pow(9_u32.saturating_sub(u32::from(digits)));
        Self(u64::from(candidates).saturating_mul(each))
    }

    /// Both, saturating.
    #[must_use]
    pub const fn plus(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

/// The limits in force; `Limits::default()` is what the documents promise.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Codes, per user, all authenticators and routes together.
    pub code: Window,
    /// Backup codes, per user, a window of their own so that this way out stays open.
    pub backup_code: Window,
    /// Passwords, per name and client address or known browser.
    pub password: Window,
    /// Consecutive failures that suspend the code authenticators, or void the backup codes; at most
    /// 100 (SP 800-63B-4 §3.2.2).
    pub consecutive: u32,
    /// What clients never seen with a user may spend on their codes in 365 days.
    pub unknown_budget: Odds,
    /// What the known ones may spend, together.
    pub known_budget: Odds,
    /// Failed passwords of one name from unknown clients in an hour that delay nothing yet.
    pub password_grace: u32,
}

/// The days that an odds budget spans.
pub const BUDGET_DAYS: i64 = 365;

/// The hour over which failed passwords of one name make its delay grow.
pub const DELAY_SPAN: Duration = Duration::from_hours(1);

impl Default for Limits {
    fn default() -> Self {
        let window = Window {
            attempts: 5,
            span: Duration::from_mins(5),
        };
        Self {
            code: window,
            backup_code: window,
            password: window,
            consecutive: 100,
            unknown_budget: Odds(90_000),
            known_budget: Odds(300_000),
            password_grace: 20,
        }
    }
}

/// What the arithmetic says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ruling {
    /// Record the attempt and evaluate it.
    Admit,
    /// Refuse it unrecorded; not before this moment.
    Wait(Timestamp),
    /// Refuse it unrecorded: the class's budget, or the consecutive failures, are spent.
    Exhausted,
}

/// Rules on a sliding window. `recent` holds the moments of the attempts still counted, in any
/// order; those later than `now` are treated as now, never dropped.
pub fn window(recent: &[Timestamp], now: Timestamp, limit: Window) -> Ruling {
    let from = now.minus(limit.span);
    let mut live: Vec<Timestamp> = recent
        .iter()
        .map(|at| (*at).min(now))
        .filter(|at| *at > from)
        .collect();
    live.sort_unstable();
    let most = usize::try_from(limit.attempts).unwrap_or(usize::MAX);
    match live
        .len()
        .checked_sub(most)
        .and_then(|index| live.get(index))
    {
        None if live.len() < most => Ruling::Admit,
        None => Ruling::Wait(now.plus(limit.span)),
        Some(oldest) => Ruling::Wait(oldest.plus(limit.span)),
    }
}

/// Rules on the lasting limits of codes: `consecutive` failures so far, `spent` by the client's
/// class in the last [`BUDGET_DAYS`], `cost` of this attempt.
pub fn lasting(consecutive: u32, spent: Odds, cost: Odds, budget: Odds, most: u32) -> Ruling {
    if consecutive >= most || spent.plus(cost) > budget {
        Ruling::Exhausted
    } else {
        Ruling::Admit
    }
}

/// Rules on the delay that grows with a name's failed passwords from unknown clients: `failures` in
/// the last [`DELAY_SPAN`], the latest of them at `last`. It delays; it never locks (a stranger must
/// not be able to lock an owner out).
pub fn growing_delay(failures: u32, last: Option<Timestamp>, now: Timestamp, grace: u32) -> Ruling {
    let (Some(last), Some(over)) = (last, failures.checked_sub(grace)) else {
        return Ruling::Admit;
    };
    let delay = Duration::from_secs(1_u64.checked_shl(over.min(5)).unwrap_or(32).min(30));
    let until = last.min(now).plus(delay);
    if until > now {
        Ruling::Wait(until)
    } else {
        Ruling::Admit
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_seconds(seconds)
    }

    #[test]
    fn the_sixth_attempt_in_any_300_seconds_waits_for_the_oldest_of_the_last_five() {
        let limit = Limits::default().code;
        let five = [at(0), at(10), at(20), at(30), at(40)];
        assert_eq!(window(&five[..4], at(41), limit), Ruling::Admit);
        assert_eq!(window(&five, at(41), limit), Ruling::Wait(at(300)));
        assert_eq!(window(&five, at(299), limit), Ruling::Wait(at(300)));
        assert_eq!(window(&five, at(300), limit), Ruling::Admit);
        let seven = [at(0), at(1), at(10), at(20), at(30), at(40), at(50)];
        assert_eq!(window(&seven, at(60), limit), Ruling::Wait(at(310)));
    }

    #[test]
    fn entries_from_the_future_count_as_now() {
        let limit = Limits::default().code;
        assert_eq!(window(&[at(900); 5], at(100), limit), Ruling::Wait(at(400)));
        assert_eq!(window(&[at(900); 4], at(100), limit), Ruling::Admit);
    }

    #[test]
    fn a_window_of_none_admits_none() {
        let none = Window {
            attempts: 0,
            span: Duration::from_mins(1),
        };
        assert_eq!(window(&[], at(0), none), Ruling::Wait(at(60)));
    }

    #[test]
    fn a_strangers_budget_is_thirty_guesses_of_three_steps_a_year() {
        let cost = Odds::of(3, 6);
        let limits = Limits::default();
        let mut spent = Odds(0);
        let mut guesses = 0;
        while lasting(0, spent, cost, limits.unknown_budget, 100) == Ruling::Admit {
            spent = spent.plus(cost);
            guesses += 1;
        }
        assert_eq!(guesses, 30);
        assert_eq!(Odds::of(1, 8), Odds(10));
    }

    #[test]
    fn the_hundredth_consecutive_failure_is_the_last() {
        let limits = Limits::default();
        assert_eq!(
            lasting(99, Odds(0), Odds(0), limits.known_budget, 100),
            Ruling::Admit
        );
        assert_eq!(
            lasting(100, Odds(0), Odds(0), limits.known_budget, 100),
            Ruling::Exhausted
        );
    }

    #[test]
    fn the_delay_grows_and_is_bounded() {
        let wait = |failures| growing_delay(failures, Some(at(100)), at(100), 20);
        assert_eq!(wait(19), Ruling::Admit);
        assert_eq!(wait(20), Ruling::Wait(at(101)));
        assert_eq!(wait(23), Ruling::Wait(at(108)));
        assert_eq!(wait(10_000), Ruling::Wait(at(130)));
        assert_eq!(
            growing_delay(10_000, Some(at(100)), at(130), 20),
            Ruling::Admit
        );
    }
}
