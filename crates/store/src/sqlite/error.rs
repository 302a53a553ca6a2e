//! What can go wrong with a file, and what to do next. It tells no row's content.

use std::path::PathBuf;

use countersign::error::{Error, Inconsistent, StoreFailure};
use rusqlite::ErrorCode;

/// Why a store could not be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// The file cannot be opened or made.
    #[error("cannot open {}: check that its folder exists and that this user may write there", path.display())]
    CannotOpen {
        /// The file.
        path: PathBuf,
    },
    /// The file is something else.
    #[error("{} is not a Countersign store: give another path, the file was not touched", path.display())]
    NotAStore {
        /// The file.
        path: PathBuf,
    },
    /// The file was written by a newer version.
    #[error("{} has schema {found}, this program knows {known}: use a newer version", path.display())]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema.
        found: u32,
        /// The newest that this program knows.
        known: u32,
    },
    /// Another process holds the file.
    #[error("{} is locked by another process: end it, or try again", path.display())]
    Locked {
        /// The file.
        path: PathBuf,
    },
    /// The file may not be written.
    #[error("{} may not be written: check its owner and mode", path.display())]
    ReadOnly {
        /// The file.
        path: PathBuf,
    },
    /// No space.
    #[error("no space for {}: make room on its disk", path.display())]
    Full {
        /// The file.
        path: PathBuf,
    },
    /// The file's content is broken.
    #[error("{} is damaged: restore a backup", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
    },
    /// Input or output failed, or a thread could not be started.
    #[error("input or output failed on {}: check the disk and the system's log", path.display())]
    Io {
        /// The file.
        path: PathBuf,
    },
}

impl OpenError {
    /// The same as a failure of a store that is open.
    pub const fn failure(&self) -> StoreFailure {
        match self {
            Self::CannotOpen { .. } | Self::Io { .. } => StoreFailure::Io,
            Self::NotAStore { .. } | Self::Damaged { .. } => StoreFailure::Damaged,
            Self::Newer { .. } => StoreFailure::Newer,
            Self::Locked { .. } => StoreFailure::Locked,
            Self::ReadOnly { .. } => StoreFailure::ReadOnly,
            Self::Full { .. } => StoreFailure::Full,
        }
    }

    pub(super) fn of(path: PathBuf, error: &rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::CannotOpen { path },
            Some(ErrorCode::NotADatabase) => Self::NotAStore { path },
            _ => match failure(error) {
                StoreFailure::Locked => Self::Locked { path },
                StoreFailure::ReadOnly => Self::ReadOnly { path },
                StoreFailure::Full => Self::Full { path },
                StoreFailure::Damaged => Self::Damaged { path },
                _ => Self::Io { path },
            },
        }
    }
}

/// Why an operation did not happen.
#[derive(Debug)]
pub(super) enum Fault {
    Sqlite(rusqlite::Error),
    Row(Inconsistent),
}

impl Fault {
    pub(super) const fn row(table: &'static str, column: &'static str) -> Self {
        Self::Row(Inconsistent { table, column })
    }

    pub(super) fn failure(&self) -> StoreFailure {
        match self {
            Self::Sqlite(error) => failure(error),
            Self::Row(_) => StoreFailure::Damaged,
        }
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<Inconsistent> for Fault {
    fn from(row: Inconsistent) -> Self {
        Self::Row(row)
    }
}

impl From<Fault> for Error {
    fn from(fault: Fault) -> Self {
        match fault {
            Fault::Sqlite(error) => failure(&error).into(),
            Fault::Row(row) => row.into(),
        }
    }
}

pub(super) fn failure(error: &rusqlite::Error) -> StoreFailure {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull | ErrorCode::TooBig) => StoreFailure::Full,
        Some(ErrorCode::ReadOnly) => StoreFailure::ReadOnly,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StoreFailure::Locked,
        // None: not from SQLite itself, but a value of a type that no column of ours holds.
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) | None => StoreFailure::Damaged,
        Some(_) => StoreFailure::Io,
    }
}
