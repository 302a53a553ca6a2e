//! The contract suite on SQLite.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::sync::Arc;

use countersign_store::{Options, SqliteStore};
use tempfile::TempDir;

fn open() -> (TempDir, Arc<SqliteStore>) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("store.sqlite");
    let store = SqliteStore::open(&path, Options::default()).unwrap();
    (folder, Arc::new(store))
}

countersign_testkit::contract!(open);
