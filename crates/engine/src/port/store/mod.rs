//! The store: operations, not tables. Each is one transaction, and where the wire allows one round
//! trip. It decides nothing that [`crate::throttle`] or a [`Guard`] decides, and sees no plain secret.

mod admit;
mod change;
mod read;
mod settle;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

pub use admit::{
    Admission, Admit, AdmitBackupCode, AdmitCode, AdmitPasskey, AdmitPassword, Candidates, Gate,
    Open, Purpose, Whose,
};
pub use change::{
    Authority, Change, Changed, Guard, Import, ImportedCodes, NewUser, Once, Revocation, Voucher,
};
pub use read::{
    EventFilter, Found, Holdings, Notice, NoticeKind, Overview, PendingPasskey, PendingView, Read,
    SessionView, StoreState,
};
pub use settle::{
    BackupCodes, Consumption, Effect, Effected, Exhaustion, Expect, Judged, Named, Settle,
    SettleKind, Settled, UsedChallenge,
};

use crate::error::Error;
use crate::metric;

/// Everything durable, as one.
///
/// Errors: [`crate::error::Unavailable::Store`] when it did not happen or when that is uncertain (a
/// caller treats both as not accepted, code burned), [`crate::error::Inconsistent`] for a row that
/// this code cannot have written.
pub trait Store: Send + Sync + 'static {
    /// Records an attempt before it is judged, and loads what can be judged (rule 2).
    fn admit(&self, admit: Admit) -> impl Future<Output = Result<Admission, Error>> + Send;

    /// Ends an attempt: consumes conditionally, clears, audits, carries out what acceptance does,
    /// all of it or nothing (rules 1 and 3).
    fn settle(&self, settle: Settle) -> impl Future<Output = Result<Settled, Error>> + Send;

    /// Any other change of state, with its audit row.
    fn change(&self, change: Change) -> impl Future<Output = Result<Changed, Error>> + Send;

    /// Looks something up; changes nothing.
    fn read(&self, read: Read) -> impl Future<Output = Result<Found, Error>> + Send;
}

impl<S: Store> Store for Arc<S> {
    fn admit(&self, admit: Admit) -> impl Future<Output = Result<Admission, Error>> + Send {
        S::admit(self, admit)
    }

    fn settle(&self, settle: Settle) -> impl Future<Output = Result<Settled, Error>> + Send {
        S::settle(self, settle)
    }

    fn change(&self, change: Change) -> impl Future<Output = Result<Changed, Error>> + Send {
        S::change(self, change)
    }

    fn read(&self, read: Read) -> impl Future<Output = Result<Found, Error>> + Send {
        S::read(self, read)
    }
}

type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Error>> + Send + 'a>>;

/// A [`Store`] behind a pointer, so that the engine needs no type parameter.
pub(crate) trait DynStore: Send + Sync {
    fn admit(&self, admit: Admit) -> Answer<'_, Admission>;
    fn settle(&self, settle: Settle) -> Answer<'_, Settled>;
    fn change(&self, change: Change) -> Answer<'_, Changed>;
    fn read(&self, read: Read) -> Answer<'_, Found>;
}

impl<S: Store> DynStore for S {
    fn admit(&self, admit: Admit) -> Answer<'_, Admission> {
        Box::pin(async move { metric::store("admit", Store::admit(self, admit).await) })
    }

    fn settle(&self, settle: Settle) -> Answer<'_, Settled> {
        Box::pin(async move { metric::store("settle", Store::settle(self, settle).await) })
    }

    fn change(&self, change: Change) -> Answer<'_, Changed> {
        Box::pin(async move { metric::store("change", Store::change(self, change).await) })
    }

    fn read(&self, read: Read) -> Answer<'_, Found> {
        Box::pin(async move { metric::store("read", Store::read(self, read).await) })
    }
}
