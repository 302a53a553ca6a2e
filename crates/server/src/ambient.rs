//! The adapters to the machine: its clock, its random generator, the runtime's tasks. Nothing else
//! in the product reads them.

use std::future::Future;
use std::pin::Pin;
use std::time::SystemTime;

use countersign::clock::{Clock, Randomness, RandomnessFailed, Timestamp};
use countersign::port::Spawn;
use tokio::sync::mpsc;

/// The system's clock.
#[derive(Clone, Copy, Debug)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the product reads the clock"
        )]
        let now = SystemTime::now();
        Timestamp::from(now)
    }
}

/// The operating system's random generator (SP 800-90A, by way of `getrandom`).
#[derive(Clone, Copy, Debug)]
pub struct OsRandom;

impl Randomness for OsRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place where the product draws randomness"
        )]
        getrandom::fill(buffer).map_err(|_| RandomnessFailed)
    }
}

/// The runtime's own tasks, counted, so that stopping waits for them.
pub struct Tasks(mpsc::Sender<()>);

/// Tells when every task has ended.
pub struct TasksEnded(mpsc::Receiver<()>);

impl Tasks {
    /// The tasks, and who waits for them.
    pub fn new() -> (Self, TasksEnded) {
        let (alive, ended) = mpsc::channel(1);
        (Self(alive), TasksEnded(ended))
    }
}

impl Spawn for Tasks {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        let alive = self.0.clone();
        tokio::spawn(async move {
            work.await;
            drop(alive);
        });
    }
}

impl TasksEnded {
    /// Waits until [`Tasks`] is dropped and all its tasks have ended.
    pub async fn wait(mut self) {
        while self.0.recv().await.is_some() {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn waiting_ends_after_the_last_task() {
        let (tasks, ended) = Tasks::new();
        let (go, gone) = tokio::sync::oneshot::channel::<()>();
        let (done, was_done) = tokio::sync::oneshot::channel();
        tasks.spawn(Box::pin(async move {
            let _ = gone.await;
            let _ = done.send(());
        }));
        drop(tasks);
        let _ = go.send(());
        ended.wait().await;
        was_done.await.unwrap();
    }

    #[test]
    fn the_adapters_answer() {
        assert!(SystemClock.now() > Timestamp::from_seconds(1_700_000_000));
        let mut bytes = [0; 32];
        OsRandom.fill(&mut bytes).unwrap();
        assert_ne!(bytes, [0; 32]);
    }
}
