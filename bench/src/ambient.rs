//! The machine's randomness, tasks and a clock that runs from where it is set; none of it is the product's.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::{Duration, Instant};

use countersign::clock::{Clock, Randomness, RandomnessFailed, Timestamp};
use countersign::port::Spawn;

/// The operating system's generator, as the product draws it.
pub struct OsRandom;

impl Randomness for OsRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        #[expect(clippy::disallowed_methods, reason = "the place where it is drawn")]
        getrandom::fill(buffer).map_err(|_| RandomnessFailed)
    }
}

/// The runtime's own tasks.
pub struct Runtime;

impl Spawn for Runtime {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        tokio::spawn(work);
    }
}

/// A clock that goes at the usual pace from wherever it was set, so that ids follow each other in
/// time as they do in earnest, and every round may begin at a fresh time step.
pub struct RunningClock {
    started: Instant,
    offset: AtomicI64,
}

impl RunningClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self {
            started: Instant::now(),
            offset: AtomicI64::new(now.as_millis()),
        }
    }

    /// Sets it.
    pub fn set(&self, now: Timestamp) {
        let elapsed = millis(self.started.elapsed());
        self.offset
            .store(now.as_millis().saturating_sub(elapsed), Ordering::Relaxed);
    }
}

impl Clock for RunningClock {
    fn now(&self) -> Timestamp {
        let offset = self.offset.load(Ordering::Relaxed);
        Timestamp::from_millis(offset.saturating_add(millis(self.started.elapsed())))
    }
}

fn millis(span: Duration) -> i64 {
    i64::try_from(span.as_millis()).unwrap_or(i64::MAX)
}
