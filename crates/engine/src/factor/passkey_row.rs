//! A passkey's row: read, vouched for by its MAC, revoked. No ceremony is needed for any of it, so that
//! an engine that is built without them neither forgets nor trusts what another one enrolled.

use crate::authenticator::{PasskeyRecord, Status};
use crate::engine::{Engine, mismatch};
use crate::error::{Error, VaultFailure};
use crate::port::store::{Found, Read};
use crate::user::UserKey;
use crate::vault::RowMac;

/// All of a user's.
pub(crate) async fn of(engine: &Engine, user: UserKey) -> Result<Vec<PasskeyRecord>, Error> {
    match engine.store.read(Read::Passkeys(user)).await? {
        Found::Passkeys(rows) => Ok(rows),
        _ => Err(mismatch()),
    }
}

/// The row's MAC as one of `status`.
pub(crate) fn mac(engine: &Engine, row: &PasskeyRecord, status: Status) -> RowMac {
    with_parts(row, status, |parts| engine.vault.mac(b"passkey", parts))
}

/// Whether the row is what was written.
pub(crate) fn check(engine: &Engine, row: &PasskeyRecord) -> Result<(), VaultFailure> {
    let checked = with_parts(row, row.status, |parts| {
        engine.vault.check_mac(b"passkey", parts, &row.mac)
    });
    checked.map_err(VaultFailure::from)
}

fn with_parts<T>(row: &PasskeyRecord, status: Status, use_them: impl FnOnce(&[&[u8]]) -> T) -> T {
    use_them(&[
        &row.user.0,
        row.id.as_bytes(),
        status.as_str().as_bytes(),
        &row.credential_id,
        &row.public_key,
        &row.aaguid,
        &[u8::from(row.backup_eligible)],
    ])
}
