//! The factors: one file each, the same verbs in each.

pub(crate) mod backup_code;
mod hotp;
pub(crate) mod imported_code;
pub(crate) mod otp_row;
#[cfg(feature = "passkeys")]
pub(crate) mod passkey;
pub(crate) mod passkey_row;
pub(crate) mod totp;

use countersign_otp::Code;

use crate::authenticator::{AuthenticatorRecord, Kind};
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::VaultFailure;
use crate::port::store::Consumption;

/// Compares a code with one authenticator's candidates.
pub(crate) fn evaluate(
    engine: &Engine,
    authenticator: &AuthenticatorRecord,
    code: &Code,
    next: Option<&Code>,
    now: Timestamp,
) -> Result<Option<Consumption>, VaultFailure> {
    let secret = otp_row::open(engine, authenticator)?;
    Ok(match authenticator.kind {
        Kind::Totp => totp::evaluate(&engine.policy, authenticator, &secret, code, now),
        Kind::Hotp => hotp::evaluate(&engine.policy, authenticator, &secret, code, next),
        Kind::Passkey => return Err(VaultFailure::Tampered),
    })
}
