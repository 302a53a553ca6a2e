//! The writing thread: it owns the one connection that writes, and commits in groups. No answer
//! leaves before the COMMIT that it stands on succeeded.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::Receiver;

use countersign::error::StoreFailure;
use rusqlite::Connection;

use super::error::{OpenError, failure};
use super::work::{Queue, Work};

/// The most operations in one transaction.
const TOGETHER: usize = 256;

/// The writing thread and the queue before it.
pub(super) struct Writer {
    queue: Queue,
    commits: Arc<AtomicU64>,
}

impl Writer {
    pub(super) fn start(path: &Path, connection: Connection) -> Result<Self, OpenError> {
        let (mut queue, waiting) = Queue::new();
        let commits = Arc::new(AtomicU64::new(0));
        let counter = Arc::clone(&commits);
        queue.serve(path, "store-writer", move || {
            while let Some(batch) = drain(&waiting) {
                write(&connection, batch, &counter);
            }
        })?;
        Ok(Self { queue, commits })
    }

    pub(super) const fn queue(&self) -> &Queue {
        &self.queue
    }

    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

/// All that waits, at least one; none once nobody can ask any more.
fn drain(waiting: &Receiver<Box<dyn Work>>) -> Option<Vec<Box<dyn Work>>> {
    let mut batch = vec![waiting.recv().ok()?];
    batch.extend(waiting.try_iter().take(TOGETHER - 1));
    Some(batch)
}

fn write(db: &Connection, mut batch: Vec<Box<dyn Work>>, commits: &AtomicU64) {
    match together(db, &mut batch) {
        Ok(()) => {
            commits.fetch_add(1, Ordering::Relaxed);
            batch.into_iter().for_each(Work::answer);
        }
        Err(failure) => {
            abandon(db);
            for work in batch {
                work.fail(failure);
            }
        }
    }
}

/// Everything in one transaction, each in a savepoint of its own. An error means that nothing of it
/// happened, or that nobody can know whether it did.
fn together(db: &Connection, batch: &mut [Box<dyn Work>]) -> Result<(), StoreFailure> {
    abandon(db);
    run(db, "BEGIN IMMEDIATE")?;
    for work in batch {
        run(db, "SAVEPOINT operation")?;
        let performed = work.perform(db);
        // A full disk, among others, ends the transaction itself, and with it what came before.
        if db.is_autocommit() {
            return Err(performed.err().unwrap_or(StoreFailure::Io));
        }
        if performed.is_err() {
            run(db, "ROLLBACK TO operation")?;
        }
        run(db, "RELEASE operation")?;
    }
    run(db, "COMMIT")
}

fn abandon(db: &Connection) {
    if !db.is_autocommit() {
        // If this fails, so does the next BEGIN, and with it all that follows: closed, not open.
        let _ = run(db, "ROLLBACK");
    }
}

fn run(db: &Connection, sql: &str) -> Result<(), StoreFailure> {
    db.prepare_cached(sql)
        .and_then(|mut statement| statement.execute([]))
        .map(drop)
        .map_err(|error| failure(&error))
}

#[cfg(test)]
mod tests {
    use countersign::error::Error;
    use futures_channel::oneshot::{Receiver as Answer, channel};

    use super::super::error::Fault;
    use super::super::work::Task;
    use super::*;

    type Waiting = Answer<Result<usize, Error>>;

    fn task(sql: &'static str) -> (Box<dyn Work>, Waiting) {
        fn run(db: &Connection, sql: &'static str) -> Result<usize, Fault> {
            Ok(db.execute(sql, [])?)
        }
        let (answer, answered) = channel();
        (Box::new(Task::new(sql, run, answer)), answered)
    }

    fn written(db: &Connection, commits: &AtomicU64, sqls: &[&'static str]) -> Vec<bool> {
        let (batch, answers): (Vec<_>, Vec<_>) = sqls.iter().map(|sql| task(sql)).unzip();
        write(db, batch, commits);
        let done = |mut answer: Waiting| answer.try_recv().unwrap().unwrap().is_ok();
        answers.into_iter().map(done).collect()
    }

    #[test]
    fn a_commit_that_fails_is_nobodys_success_and_the_next_one_stands() {
        let db = Connection::open_in_memory().unwrap();
        db.execute_batch(
            "PRAGMA foreign_keys = ON; CREATE TABLE parent (id INTEGER PRIMARY KEY);
             CREATE TABLE child (of INTEGER REFERENCES parent DEFERRABLE INITIALLY DEFERRED)",
        )
        .unwrap();
        let commits = AtomicU64::new(0);
        let good = "INSERT INTO parent DEFAULT VALUES";
        let broken_at_commit = "INSERT INTO child VALUES (77)";
        assert_eq!(
            written(&db, &commits, &[good, broken_at_commit, good]),
            [false, false, false]
        );
        assert!(db.is_autocommit());
        assert_eq!(commits.load(Ordering::Relaxed), 0);
        assert_eq!(
            written(&db, &commits, &[good, "nonsense", good]),
            [true, false, true]
        );
        let count = |table| -> i64 {
            let sql = format!("SELECT count(*) FROM {table}");
            db.query_row(&sql, [], |row| row.get(0)).unwrap()
        };
        assert_eq!((count("parent"), count("child")), (2, 0));
    }
}
