//! Countersign's stores: the engine's port, implemented. They store and find; what is allowed is
//! decided by the engine's pure functions, which they call.

pub mod sqlite;

pub use sqlite::{OpenError, Options, SqliteStore};
