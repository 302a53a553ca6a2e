//! The audit trail: a closed set of events, each a row with a MAC; no secret and no code is ever in one.

mod event;
mod seal;

pub use event::{Actor, Event, Outcome, Reason};
pub use seal::AuditRow;
pub(crate) use seal::Draft;
