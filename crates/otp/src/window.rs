//! Which time steps a TOTP code may come from; refuses to reach further than the standards' two
//! steps a side.

use crate::error::ParameterError;

/// How many steps a window reaches to one side: 0..=2. The default is 1 (RFC 6238 §5.2: at most one
/// step of delay).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Reach(u8);

impl Reach {
    /// This step only.
    pub const NONE: Self = Self(0);
    /// One step.
    pub const ONE: Self = Self(1);
    /// Two steps, the most.
    pub const TWO: Self = Self(2);

    /// Steps, 0..=2.
    pub const fn get(self) -> u8 {
        self.0
    }
}

impl Default for Reach {
    fn default() -> Self {
        Self::ONE
    }
}

impl TryFrom<u8> for Reach {
    type Error = ParameterError;

    fn try_from(steps: u8) -> Result<Self, Self::Error> {
        if steps <= 2 {
            Ok(Self(steps))
        } else {
            Err(ParameterError::Reach)
        }
    }
}

/// An inclusive range of one to five time steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Window {
    first: u64,
    last: u64,
}

impl Window {
    /// The furthest a learned drift moves a window, in steps to either side (RFC 6238 §6 wants a
    /// fixed limit).
    pub const MAX_DRIFT: i8 = 10;

    /// From `past` steps before to `future` steps after `step`, cut off at 0 and at `u64::MAX`.
    pub fn around(step: u64, past: Reach, future: Reach) -> Self {
        Self {
            first: step.saturating_sub(u64::from(past.get())),
            last: step.saturating_add(u64::from(future.get())),
        }
    }

    /// The same window moved by a learned drift (RFC 6238 §6), clamped to
    /// ±[`MAX_DRIFT`](Self::MAX_DRIFT) steps.
    ///
    /// It never gets wider, so drift costs no odds; pressed against 0 or `u64::MAX` it gets
    /// narrower.
    #[must_use]
    pub fn shifted(self, drift: i8) -> Self {
        let drift = i64::from(drift.clamp(-Self::MAX_DRIFT, Self::MAX_DRIFT));
        Self {
            first: self.first.saturating_add_signed(drift),
            last: self.last.saturating_add_signed(drift),
        }
    }

    /// The first step in it.
    pub const fn first(self) -> u64 {
        self.first
    }

    /// The last step in it.
    pub const fn last(self) -> u64 {
        self.last
    }

    /// How many steps it holds, 1..=5: the candidates that a guess may hit.
    pub const fn candidates(self) -> u64 {
        self.last - self.first + 1
    }

    /// Whether a step is in it.
    pub const fn contains(self, step: u64) -> bool {
        self.first <= step && step <= self.last
    }
}
