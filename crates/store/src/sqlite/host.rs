//! What applications with users of their own leave here: proofs of verifications, passkeys that are
//! being enrolled, names of requests. Each is used up by one conditional write.

use countersign::authenticator::Label;
use countersign::clock::Timestamp;
use countersign::id::AuthenticatorId;
use countersign::port::store::{Once, PendingPasskey};
use countersign::session::TokenHash;
use countersign::user::UserKey;
use rusqlite::{Connection, params};

use super::error::Fault;
use super::rows::{moment, one, run, value};

/// Keeps the proof of a verification.
pub(super) fn grant(
    db: &Connection,
    user: UserKey,
    proof: TokenHash,
    expires_at: Timestamp,
) -> Result<(), Fault> {
    run(
        db,
        "INSERT INTO verification_proof (user_key, hash, expires_at) VALUES (?1, ?2, ?3)",
        params![user.0, proof.0, expires_at.as_millis()],
    )?;
    Ok(())
}

/// Uses a proof up; false if it is not this user's, is expired, or was used before.
pub(super) fn use_proof(
    db: &Connection,
    user: UserKey,
    proof: TokenHash,
    now: Timestamp,
) -> Result<bool, Fault> {
    let removed = run(
        db,
        "DELETE FROM verification_proof WHERE user_key = ?1 AND hash = ?2 AND expires_at > ?3",
        params![user.0, proof.0, now.as_millis()],
    )?;
    Ok(removed == 1)
}

/// Notes a passkey that is being enrolled, in place of any before.
pub(super) fn begin_passkey(
    db: &Connection,
    user: UserKey,
    (id, label): (AuthenticatorId, Option<&Label>),
    expires_at: Timestamp,
) -> Result<(), Fault> {
    run(
        db,
        "INSERT OR REPLACE INTO pending_passkey (user_key, id, label, expires_at) \
         VALUES (?1, ?2, ?3, ?4)",
        params![
            user.0,
            id.as_bytes(),
            label.map(Label::as_str),
            expires_at.as_millis()
        ],
    )?;
    Ok(())
}

/// The passkey of this id that is being enrolled, unexpired.
pub(super) fn pending_passkey(
    db: &Connection,
    user: UserKey,
    id: AuthenticatorId,
    now: Timestamp,
) -> Result<Option<PendingPasskey>, Fault> {
    one(
        db,
        "SELECT label, expires_at FROM pending_passkey \
         WHERE user_key = ?1 AND id = ?2 AND expires_at > ?3",
        params![user.0, id.as_bytes(), now.as_millis()],
        |row| {
            Ok(PendingPasskey {
                label: row.get(0)?,
                expires_at: moment(row, 1)?,
            })
        },
    )
}

/// How many passkeys of a user are being enrolled: one or none.
pub(super) fn pending_passkeys(
    db: &Connection,
    user: UserKey,
    now: Timestamp,
) -> Result<u32, Fault> {
    value(
        db,
        "SELECT count(*) FROM pending_passkey WHERE user_key = ?1 AND expires_at > ?2",
        params![user.0, now.as_millis()],
    )
}

/// Uses it up; false if it is not this user's, another one, or expired.
pub(super) fn use_pending_passkey(
    db: &Connection,
    user: UserKey,
    id: AuthenticatorId,
    now: Timestamp,
) -> Result<bool, Fault> {
    let removed = run(
        db,
        "DELETE FROM pending_passkey WHERE user_key = ?1 AND id = ?2 AND expires_at > ?3",
        params![user.0, id.as_bytes(), now.as_millis()],
    )?;
    Ok(removed == 1)
}

/// Ends what a user's proofs and begun passkeys would still allow.
pub(super) fn end_all(db: &Connection, user: UserKey) -> Result<(), Fault> {
    for sql in [
        "DELETE FROM verification_proof WHERE user_key = ?1",
        "DELETE FROM pending_passkey WHERE user_key = ?1",
    ] {
        run(db, sql, params![user.0])?;
    }
    Ok(())
}

/// A first authenticator ends whatever else was begun: that took no proof of it.
pub(super) fn end_begun(db: &Connection, user: UserKey) -> Result<(), Fault> {
    end_all(db, user)?;
    run(
        db,
        "DELETE FROM authenticator WHERE user_key = ?1 AND status = 'pending'",
        params![user.0],
    )?;
    Ok(())
}

/// Of the request that has this name: its hash, and what it made.
pub(super) fn done_before(
    db: &Connection,
    once: &Once,
) -> Result<Option<(TokenHash, [u8; 16])>, Fault> {
    one(
        db,
        "SELECT request, made FROM request_name WHERE name = ?1 AND expires_at > ?2",
        params![once.name.0, once.now.as_millis()],
        |row| Ok((TokenHash(row.get(0)?), row.get(1)?)),
    )
}

/// Takes a name that is free, or was.
pub(super) fn take_name(db: &Connection, once: &Once) -> Result<(), Fault> {
    run(
        db,
        "INSERT OR REPLACE INTO request_name (name, request, made, expires_at) \
         VALUES (?1, ?2, ?3, ?4)",
        params![
            once.name.0,
            once.request.0,
            once.made,
            once.expires_at.as_millis()
        ],
    )?;
    Ok(())
}
