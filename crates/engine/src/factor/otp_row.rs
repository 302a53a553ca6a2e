//! The row of a TOTP or HOTP authenticator: its secret's seal and the MAC over status and what never
//! changes. The envelope is not under the MAC: it is bound to the row by itself, and can be rewrapped.

use countersign_otp::Secret;

use crate::authenticator::{AuthenticatorRecord, Status};
use crate::engine::Engine;
use crate::error::{Error, VaultFailure};
use crate::id::AuthenticatorId;
use crate::user::UserKey;
use crate::vault::{Context, OtpSecret, RowMac, Sealed};

fn context<'a>(engine: &'a Engine, user: &'a UserKey, id: &'a AuthenticatorId) -> Context<'a> {
    Context {
        purpose: "otp",
        realm: &engine.realm.id,
        user,
        row: id.as_bytes(),
    }
}

/// Seals a secret for its row.
pub(crate) fn seal(
    engine: &Engine,
    user: &UserKey,
    id: &AuthenticatorId,
    secret: &Secret,
) -> Result<Sealed<OtpSecret>, Error> {
    engine
        .vault
        .seal(secret.expose(), context(engine, user, id), &*engine.random)
}

/// Checks the row's MAC and opens its secret.
pub(crate) fn open(engine: &Engine, row: &AuthenticatorRecord) -> Result<Secret, VaultFailure> {
    with_parts(row, row.status, |parts| {
        engine.vault.check_mac(b"authenticator", parts, &row.mac)
    })?;
    let bytes = engine
        .vault
        .open(&row.secret, context(engine, &row.user, &row.id))?;
    Secret::from_bytes(&bytes).map_err(|_| VaultFailure::Tampered)
}

/// The row's MAC as one of another status. The caller has reason to trust the row; a revocation
/// needs none.
pub(crate) fn mac(engine: &Engine, row: &AuthenticatorRecord, status: Status) -> RowMac {
    with_parts(row, status, |parts| {
        engine.vault.mac(b"authenticator", parts)
    })
}

fn with_parts<T>(
    row: &AuthenticatorRecord,
    status: Status,
    use_them: impl FnOnce(&[&[u8]]) -> T,
) -> T {
    use_them(&[
        &row.user.0,
        row.id.as_bytes(),
        row.kind.as_str().as_bytes(),
        status.as_str().as_bytes(),
        row.algorithm.as_str().as_bytes(),
        &[row.digits.get()],
        &row.period.get().to_be_bytes(),
    ])
}
