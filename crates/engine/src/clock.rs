//! Time and randomness as arguments; nothing in this crate reads a clock or a generator by itself.

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use crate::error::{Error, Unavailable};

/// A moment: milliseconds since 1970-01-01T00:00:00Z, negative before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `millis` milliseconds after the epoch.
    pub const fn from_millis(millis: i64) -> Self {
        Self(millis)
    }

    /// The moment `seconds` seconds after the epoch, saturating.
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(1000))
    }

    /// Milliseconds since the epoch.
    pub const fn as_millis(self) -> i64 {
        self.0
    }

    /// Whole seconds since the epoch (RFC 6238 §4.2), zero for moments before it.
    pub fn unix_seconds(self) -> u64 {
        u64::try_from(self.0.div_euclid(1000)).unwrap_or(0)
    }

    /// Days since the epoch, rounded down: the grain of the odds budget.
    pub const fn day(self) -> i64 {
        self.0.div_euclid(86_400_000)
    }

    /// This moment and `span` more, saturating.
    #[must_use]
    pub fn plus(self, span: Duration) -> Self {
        Self(self.0.saturating_add(millis(span)))
    }

    /// This moment less `span`, saturating.
    #[must_use]
    pub fn minus(self, span: Duration) -> Self {
        Self(self.0.saturating_sub(millis(span)))
    }

    /// How long after `earlier` this is; zero when it is not.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::from_millis(u64::try_from(self.0.saturating_sub(earlier.0)).unwrap_or(0))
    }

    /// RFC 3339 in UTC with whole seconds, as the interfaces print it.
    pub fn rfc3339(self) -> String {
        jiff::Timestamp::from_second(self.0.div_euclid(1000))
            .map_or_else(|_| "out of range".to_owned(), |moment| moment.to_string())
    }
}

/// A span as people write it: a number and its unit, such as `30s`, `10m`, `24h`, `7d`.
pub fn parse_span(text: &str) -> Option<Duration> {
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let unit = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3600,
        "d" => 86_400,
        _ => return None,
    };
    let seconds = number.parse::<u64>().ok()?.checked_mul(unit)?;
    Some(Duration::from_secs(seconds))
}

impl From<SystemTime> for Timestamp {
    fn from(moment: SystemTime) -> Self {
        match moment.duration_since(SystemTime::UNIX_EPOCH) {
            Ok(after) => Self(millis(after)),
            Err(before) => Self(millis(before.duration()).saturating_neg()),
        }
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}

/// Tells the time. The one implementation of the product reads the system clock; tests set it.
pub trait Clock: Send + Sync + 'static {
    /// Now.
    fn now(&self) -> Timestamp;
}

impl<C: Clock> Clock for Arc<C> {
    fn now(&self) -> Timestamp {
        C::now(self)
    }
}

impl<F: Fn() -> Timestamp + Send + Sync + 'static> Clock for F {
    fn now(&self) -> Timestamp {
        self()
    }
}

/// Fills buffers from an approved random bit generator (SP 800-63B-4 §3.2.12).
pub trait Randomness: Send + Sync + 'static {
    /// Fills `buffer` wholly, or says that it could not; there is no fallback (ASVS 11.5.2).
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed>;
}

impl<R: Randomness> Randomness for Arc<R> {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        R::fill(self, buffer)
    }
}

impl<F> Randomness for F
where
    F: Fn(&mut [u8]) -> Result<(), RandomnessFailed> + Send + Sync + 'static,
{
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        self(buffer)
    }
}

/// The generator gave nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the random generator failed")]
pub struct RandomnessFailed;

impl From<RandomnessFailed> for Error {
    fn from(_: RandomnessFailed) -> Self {
        Unavailable::Randomness.into()
    }
}

/// A fixed number of random bytes.
pub(crate) fn random<const N: usize>(source: &dyn Randomness) -> Result<[u8; N], RandomnessFailed> {
    let mut bytes = [0; N];
    source.fill(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_before_the_epoch_is_a_value_and_not_a_panic() {
        let moment = Timestamp::from_millis(-1);
        assert_eq!(moment.unix_seconds(), 0);
        assert_eq!(moment.day(), -1);
        assert_eq!(moment.rfc3339(), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn the_systems_time_is_taken_on_both_sides_of_the_epoch() {
        let span = Duration::from_millis(1_500);
        let after = Timestamp::from(SystemTime::UNIX_EPOCH + span);
        let before = Timestamp::from(SystemTime::UNIX_EPOCH - span);
        assert_eq!((after.as_millis(), before.as_millis()), (1_500, -1_500));
    }

    #[test]
    fn arithmetic_saturates() {
        let last = Timestamp::from_millis(i64::MAX);
        assert_eq!(last.plus(Duration::MAX), last);
        assert_eq!(Timestamp::from_seconds(i64::MAX).as_millis(), i64::MAX);
        assert_eq!(Timestamp::from_millis(5).since(last), Duration::ZERO);
        assert_eq!(last.rfc3339(), "out of range");
    }
}
