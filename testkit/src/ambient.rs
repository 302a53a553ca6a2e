//! Time and randomness as tests give them: set by hand, the same in every run. Never for anything real.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use countersign::clock::{Clock, Randomness, RandomnessFailed, Timestamp};

/// A clock that stands until it is moved.
pub struct TestClock(AtomicI64);

impl TestClock {
    /// A clock that stands at `now`.
    pub const fn at(now: Timestamp) -> Self {
        Self(AtomicI64::new(now.as_millis()))
    }

    /// Moves it to `now`, forwards or backwards.
    pub fn set(&self, now: Timestamp) {
        self.0.store(now.as_millis(), Ordering::SeqCst);
    }

    /// Moves it forwards, and tells the new time.
    pub fn advance(&self, span: Duration) -> Timestamp {
        let now = self.now().plus(span);
        self.set(now);
        now
    }
}

impl Default for TestClock {
    /// 2026-01-01T00:00:00Z.
    fn default() -> Self {
        Self::at(Timestamp::from_seconds(1_767_225_600))
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A generator that repeats itself from run to run (`SplitMix64`).
#[derive(Default)]
pub struct TestRandom(AtomicU64);

impl TestRandom {
    /// A generator with its own sequence.
    pub const fn seeded(seed: u64) -> Self {
        Self(AtomicU64::new(seed))
    }

    fn next(&self) -> u64 {
        const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;
        let mut mixed = self
            .0
            .fetch_add(GAMMA, Ordering::SeqCst)
            .wrapping_add(GAMMA);
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// So many bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        for chunk in bytes.chunks_mut(8) {
            chunk.copy_from_slice(self.next().to_be_bytes().get(..chunk.len()).unwrap());
        }
        bytes
    }
}

impl Randomness for TestRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        for chunk in buffer.chunks_mut(8) {
            let bytes = self.next().to_be_bytes();
            chunk.copy_from_slice(bytes.get(..chunk.len()).ok_or(RandomnessFailed)?);
        }
        Ok(())
    }
}
