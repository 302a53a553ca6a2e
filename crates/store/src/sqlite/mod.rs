//! The SQLite store: one file, one writing thread, two reading ones. Nothing authoritative lives in
//! memory: another process may open the same file at the same time.

mod admit;
mod api_keys;
mod backup;
mod change;
mod error;
mod host;
mod open;
mod passkeys;
mod read;
mod realms;
mod rows;
mod sessions;
mod settle;
mod standing;
mod throttle;
mod trail;
mod view;
mod work;
mod writer;

use std::path::Path;
use std::time::Duration;

use countersign::error::{Error, StoreFailure};
use countersign::port::store::{
    Admission, Admit, Change, Changed, Found, Read, Settle, Settled, Store,
};
use futures_channel::oneshot;

pub use error::OpenError;
use work::{Queue, Task};

/// How a file is opened.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// How long another process may hold the file before an operation fails as locked; 5 s.
    pub busy_timeout: Duration,
    /// The most pages (of 4 KiB) that the file may grow to; none for no bound.
    pub max_pages: Option<u32>,
    /// Never write, not even to bring the schema up to date.
    pub read_only: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            busy_timeout: Duration::from_secs(5),
            max_pages: None,
            read_only: false,
        }
    }
}

/// The store in a SQLite file. Dropped, it first ends what was asked of it.
pub struct SqliteStore {
    writer: writer::Writer,
    readers: read::Readers,
}

impl SqliteStore {
    /// Opens a file, or makes it (mode 0600), and brings its schema up to date.
    ///
    /// Refuses a file that is not a store of ours, and one of a newer schema.
    pub fn open(path: &Path, options: Options) -> Result<Self, OpenError> {
        let connection = open::writing(path, options)?;
        let readers = read::Readers::start(path, options)?;
        let writer = writer::Writer::start(path, connection)?;
        Ok(Self { writer, readers })
    }

    /// Transactions committed by this process so far: with operations waiting for each other, fewer
    /// than operations (group commit).
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }
}

/// Queues a task and waits for its answer. A queue that is full sheds instead of waiting: nobody is
/// let in, and memory stays bounded.
async fn ask<I, O>(
    queue: &Queue,
    input: I,
    run: fn(&rusqlite::Connection, I) -> Result<O, error::Fault>,
) -> Result<O, Error>
where
    I: Send + 'static,
    O: Send + 'static,
{
    let (answer, answered) = oneshot::channel();
    queue.put(Box::new(Task::new(input, run, answer)))?;
    answered.await.map_err(|_| StoreFailure::Closed)?
}

impl Store for SqliteStore {
    async fn admit(&self, admit: Admit) -> Result<Admission, Error> {
        ask(self.writer.queue(), admit, |db, admit| {
            admit::admit(db, &admit)
        })
        .await
    }

    async fn settle(&self, settle: Settle) -> Result<Settled, Error> {
        ask(self.writer.queue(), settle, |db, settle| {
            settle::settle(db, &settle)
        })
        .await
    }

    async fn change(&self, change: Change) -> Result<Changed, Error> {
        ask(self.writer.queue(), change, change::change).await
    }

    async fn read(&self, read: Read) -> Result<Found, Error> {
        ask(self.readers.queue(), read, read::read).await
    }
}
