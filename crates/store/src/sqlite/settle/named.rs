//! Whom a directory of the application's named: their row, if there is none yet, and the names that they
//! go by from now on.

use countersign::port::store::Named;
use countersign::user::{UserKey, UserRecord};
use rusqlite::{Connection, params};

use super::super::change::users;
use super::super::rows::run;
use super::super::standing;
use super::{Stop, hold};

/// Stores whoever is new, with the row that tells of it.
pub(super) fn ensure(db: &Connection, key: UserKey, named: &Named) -> Result<(), Stop> {
    let Some(new) = named.new.as_deref() else {
        return Ok(());
    };
    let (user, audit) = new;
    hold(user.key == key)?;
    users::ensure(db, user, audit)?;
    Ok(())
}

/// What they are called, and the name that was typed, unless it is somebody else's.
pub(super) fn follow(db: &Connection, user: &UserRecord, named: &Named) -> Result<(), Stop> {
    if user.name != named.name {
        run(
            db,
            "UPDATE user SET name = ?2 WHERE user_key = ?1",
            params![user.key.0, named.name],
        )?;
    }
    if user.name_hash != named.typed && standing::user_by_name(db, named.typed)?.is_none() {
        run(
            db,
            "UPDATE user SET name_hash = ?2 WHERE user_key = ?1",
            params![user.key.0, named.typed.0],
        )?;
    }
    Ok(())
}
