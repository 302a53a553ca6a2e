//! A change that happens once, whatever the network does; and what is refused leaves nothing.

use countersign::port::store::{Change, Changed, Once};
use rusqlite::Connection;

use super::super::error::Fault;
use super::super::host;
use super::super::rows::run;

/// The change, and its name taken with it, unless the name is taken.
pub(super) fn once(db: &Connection, once: &Once, change: Change) -> Result<Changed, Fault> {
    if let Some((request, made)) = host::done_before(db, once)? {
        return Ok(if request == once.request {
            Changed::AlreadyDone(made)
        } else {
            Changed::OtherRequest
        });
    }
    let changed = super::carry_out(db, change)?;
    if matches!(changed, Changed::Done | Changed::DoneWithBackupCodes) {
        host::take_name(db, once)?;
    }
    Ok(changed)
}

/// What is not done is undone, as far as it came. An error is left to the caller, who undoes more.
pub(super) fn wholly(
    db: &Connection,
    change: impl FnOnce() -> Result<Changed, Fault>,
) -> Result<Changed, Fault> {
    run(db, "SAVEPOINT change", [])?;
    let changed = change()?;
    let done = matches!(
        changed,
        Changed::Done | Changed::DoneWithBackupCodes | Changed::Purged(_)
    );
    if !done {
        run(db, "ROLLBACK TO change", [])?;
    }
    run(db, "RELEASE change", [])?;
    Ok(changed)
}
