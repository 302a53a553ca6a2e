//! By what right a change of a user's is made. What a refused change used up comes back with all else
//! that it did.

use countersign::port::store::{Authority, Voucher};
use countersign::user::UserKey;
use rusqlite::Connection;

use super::super::error::Fault;
use super::super::{host, standing};

/// Whether this user's authenticators may be changed by that right. An operator's is asked for where
/// something is removed, and nowhere else.
pub(super) fn may(db: &Connection, authority: &Authority, user: UserKey) -> Result<bool, Fault> {
    match authority {
        Authority::Fresh(guard) => standing::fresh(db, guard, user),
        Authority::Host(voucher) => vouched(db, voucher, user),
        Authority::Operator | Authority::Begun(..) => Ok(false),
    }
}

/// Whether an application's word is enough: with a proof, which it uses up, once the user has an
/// authenticator that demands the second step.
fn vouched(db: &Connection, voucher: &Voucher, user: UserKey) -> Result<bool, Fault> {
    if !is_enabled(db, user)? {
        return Ok(false);
    }
    if !voucher.demanded || standing::demanding(db, user)? == 0 {
        return Ok(true);
    }
    match voucher.proof {
        Some(proof) => host::use_proof(db, user, proof, voucher.now),
        None => Ok(false),
    }
}

pub(super) fn is_enabled(db: &Connection, user: UserKey) -> Result<bool, Fault> {
    Ok(standing::user(db, user)?.is_some_and(|user| user.enabled))
}
