//! The only traits with I/O behind them.

pub mod directory;
pub mod store;

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

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

/// Waits, so that what does not answer is given up. The one implementation is the runtime's own `sleep`.
pub trait Timer: Send + Sync + 'static {
    /// Ends when `span` has passed.
    fn after(&self, span: Duration) -> Work;
}

impl<F, W> Timer for F
where
    F: Fn(Duration) -> W + Send + Sync + 'static,
    W: Future<Output = ()> + Send + 'static,
{
    fn after(&self, span: Duration) -> Work {
        Box::pin(self(span))
    }
}
