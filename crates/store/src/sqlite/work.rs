//! Work for the store's threads: a task with its answer, and the bounded queue it waits in.

use std::path::Path;
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::thread::JoinHandle;

use countersign::error::{Error, StoreFailure};
use futures_channel::oneshot;
use rusqlite::Connection;

use super::error::{Fault, OpenError};

/// The most tasks that wait; beyond it an operation fails at once.
const WAITING: usize = 4096;

/// A task, whatever it asks.
pub(super) trait Work: Send {
    /// Does it, and keeps its answer. An error leaves the caller to undo what was begun.
    fn perform(&mut self, db: &Connection) -> Result<(), StoreFailure>;
    /// Gives the answer that was kept.
    fn answer(self: Box<Self>);
    /// Gives this answer instead.
    fn fail(self: Box<Self>, failure: StoreFailure);
}

/// One operation: what is asked, what does it, who waits.
pub(super) struct Task<I, O> {
    input: Option<I>,
    run: fn(&Connection, I) -> Result<O, Fault>,
    output: Result<O, Error>,
    answer: oneshot::Sender<Result<O, Error>>,
}

impl<I, O> Task<I, O> {
    pub(super) fn new(
        input: I,
        run: fn(&Connection, I) -> Result<O, Fault>,
        answer: oneshot::Sender<Result<O, Error>>,
    ) -> Self {
        Self {
            input: Some(input),
            run,
            output: Err(StoreFailure::Closed.into()),
            answer,
        }
    }
}

impl<I: Send, O: Send> Work for Task<I, O> {
    fn perform(&mut self, db: &Connection) -> Result<(), StoreFailure> {
        let input = self.input.take().ok_or(StoreFailure::Closed)?;
        match (self.run)(db, input) {
            Ok(output) => {
                self.output = Ok(output);
                Ok(())
            }
            Err(fault) => {
                let failure = fault.failure();
                self.output = Err(fault.into());
                Err(failure)
            }
        }
    }

    fn answer(self: Box<Self>) {
        // Who asked may have gone; what was committed stays committed.
        drop(self.answer.send(self.output));
    }

    fn fail(self: Box<Self>, failure: StoreFailure) {
        drop(self.answer.send(Err(failure.into())));
    }
}

/// The sending end of a bounded queue, and the threads at the other. Dropped, it lets them finish.
pub(super) struct Queue {
    sender: Option<SyncSender<Box<dyn Work>>>,
    threads: Vec<JoinHandle<()>>,
}

impl Queue {
    pub(super) fn new() -> (Self, Receiver<Box<dyn Work>>) {
        let (sender, receiver) = sync_channel(WAITING);
        let queue = Self {
            sender: Some(sender),
            threads: Vec::new(),
        };
        (queue, receiver)
    }

    /// Starts a thread at the other end.
    pub(super) fn serve(
        &mut self,
        path: &Path,
        name: &str,
        body: impl FnOnce() + Send + 'static,
    ) -> Result<(), OpenError> {
        let thread = std::thread::Builder::new()
            .name(name.to_owned())
            .spawn(body)
            .map_err(|_| OpenError::Io {
                path: path.to_owned(),
            })?;
        self.threads.push(thread);
        Ok(())
    }

    pub(super) fn put(&self, work: Box<dyn Work>) -> Result<(), StoreFailure> {
        let sender = self.sender.as_ref().ok_or(StoreFailure::Closed)?;
        sender.try_send(work).map_err(|error| match error {
            TrySendError::Full(_) => StoreFailure::Deadline,
            TrySendError::Disconnected(_) => StoreFailure::Closed,
        })
    }
}

impl Drop for Queue {
    fn drop(&mut self) {
        self.sender = None;
        for thread in self.threads.drain(..) {
            drop(thread.join());
        }
    }
}
