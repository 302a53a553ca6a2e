//! The only traits with I/O behind them.

pub mod store;

use std::future::Future;
use std::pin::Pin;

/// Work that runs by itself.
pub type Work = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Runs work that nobody who hangs up may cancel. The one implementation of the product is the
/// runtime's own `spawn`.
pub trait Spawn: Send + Sync + 'static {
    /// Starts `work` and lets it end by itself.
    fn spawn(&self, work: Work);
}

impl<F: Fn(Work) + Send + Sync + 'static> Spawn for F {
    fn spawn(&self, work: Work) {
        self(work);
    }
}
