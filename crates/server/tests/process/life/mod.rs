//! What users do and what they were told, so that afterwards it can be held against the server.

mod judge;
mod ledger;
mod user;

pub use judge::{Figures, judge};
pub use ledger::Ledger;
pub use user::{Ended, live, settle_in};
