//! The one way through: admit → judge → settle. Every factor takes it, so that the rules live here.

mod attempt;
mod judge;
mod proof;

pub(crate) use attempt::{Attempt, Closed, Ended, What, assurance};
pub(crate) use judge::{Elsewhere, Judgement, Matched};
pub use proof::Acceptance;
