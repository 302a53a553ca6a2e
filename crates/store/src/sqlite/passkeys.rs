//! Passkeys: found by their credential, consumed with their challenge, revoked with their
//! reservation. It verifies no signature.

use std::time::Duration;

use countersign::authenticator::{CredentialHash, PasskeyRecord, Status};
use countersign::clock::Timestamp;
use countersign::id::AuthenticatorId;
use countersign::port::store::{Revocation, UsedChallenge};
use countersign::session::TokenHash;
use countersign::user::UserKey;
use countersign::vault::RowMac;
use rusqlite::{Connection, Row, params};

use super::error::Fault;
use super::rows::{all, columns, moment, moment_if, one, run, value};

/// A user's passkeys that are not revoked, oldest first.
pub(super) fn of(db: &Connection, user: UserKey) -> Result<Vec<PasskeyRecord>, Fault> {
    all(
        db,
        concat!(
            "SELECT ",
            columns!(passkey),
            " FROM passkey WHERE user_key = ?1 AND status <> 'revoked' ORDER BY created_at, id"
        ),
        params![user.0],
        passkey,
    )
}

/// The active passkey that a credential is reserved for, whosever it is.
pub(super) fn behind(
    db: &Connection,
    credential: CredentialHash,
) -> Result<Option<PasskeyRecord>, Fault> {
    one(
        db,
        concat!(
            "SELECT ",
            columns!(passkey),
            " FROM credential JOIN passkey USING (user_key, id) \
             WHERE credential.hash = ?1 AND passkey.status = 'active'"
        ),
        params![credential.0],
        passkey,
    )
}

pub(super) fn is_reserved(db: &Connection, credential: CredentialHash) -> Result<bool, Fault> {
    value(
        db,
        "SELECT EXISTS (SELECT 1 FROM credential WHERE hash = ?1)",
        params![credential.0],
    )
}

/// Stores an active passkey and reserves its credential, which must be free.
pub(super) fn add(
    db: &Connection,
    new: &PasskeyRecord,
    credential: CredentialHash,
) -> Result<(), Fault> {
    run(
        db,
        "INSERT INTO passkey (user_key, id, status, label, credential_id, public_key, aaguid, \
         transports, sign_count, uv_initialized, backup_eligible, backup_state, mac_key, mac_tag, \
         created_at, last_used_at) \
         VALUES (?1, ?2, 'active', ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, NULL)",
        params![
            new.user.0,
            new.id.as_bytes(),
            new.label,
            new.credential_id,
            new.public_key,
            new.aaguid,
            new.transports,
            new.sign_count,
            new.uv_initialized,
            new.backup_eligible,
            new.backup_state,
            new.mac.key(),
            new.mac.tag(),
            new.created_at.as_millis(),
        ],
    )?;
    run(
        db,
        "INSERT INTO credential (hash, user_key, id) VALUES (?1, ?2, ?3)",
        params![credential.0, new.user.0, new.id.as_bytes()],
    )?;
    Ok(())
}

/// Uses a challenge up: one conditional write; false if it was before.
pub(super) fn use_up(db: &Connection, challenge: UsedChallenge) -> Result<bool, Fault> {
    let used = run(
        db,
        "INSERT INTO used_challenge (hash, expires_at) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
        params![challenge.hash.0, challenge.expires_at.as_millis()],
    )?;
    Ok(used == 1)
}

pub(super) fn is_used(db: &Connection, challenge: TokenHash) -> Result<bool, Fault> {
    value(
        db,
        "SELECT EXISTS (SELECT 1 FROM used_challenge WHERE hash = ?1)",
        params![challenge.0],
    )
}

/// How much longer the use of a challenge is remembered than it could be answered: a settlement comes
/// later than the moment it was admitted at, and that moment is what the challenge is held against.
/// No challenge lives longer than this either.
pub(super) const GRACE: Duration = Duration::from_mins(10);

/// Forgets the uses of challenges that are over, but for the moment up to which they are forgotten.
pub(super) fn forget(db: &Connection, now: Timestamp, most: u32) -> Result<usize, Fault> {
    let until = now.minus(GRACE).as_millis();
    run(
        db,
        "INSERT INTO challenge_floor (id, expires_at) \
         SELECT 0, max(expires_at) FROM used_challenge WHERE expires_at <= ?1 \
         HAVING count(*) > 0 \
         ON CONFLICT (id) DO UPDATE SET expires_at = max(expires_at, excluded.expires_at)",
        params![until],
    )?;
    run(
        db,
        "DELETE FROM used_challenge WHERE hash IN \
         (SELECT hash FROM used_challenge WHERE expires_at <= ?1 LIMIT ?2)",
        params![until, most],
    )
}

/// Whether this passkey may have answered a challenge of this end before, and its use be forgotten:
/// a clock that went ahead and came back brings both. Passkeys that were not used since are free.
pub(super) fn may_be_forgotten(
    db: &Connection,
    user: UserKey,
    authenticator: AuthenticatorId,
    challenge: UsedChallenge,
) -> Result<bool, Fault> {
    value(
        db,
        "SELECT EXISTS (SELECT 1 FROM passkey, challenge_floor \
         WHERE passkey.user_key = ?1 AND passkey.id = ?2 AND ?3 <= challenge_floor.expires_at \
         AND ?3 <= passkey.last_used_at + ?4)",
        params![
            user.0,
            authenticator.as_bytes(),
            challenge.expires_at.as_millis(),
            Timestamp::from_millis(0).plus(GRACE).as_millis(),
        ],
    )
}

/// What an assertion that is accepted leaves on its passkey, which must be active still.
pub(super) struct Mark {
    pub(super) authenticator: AuthenticatorId,
    pub(super) judged_at: Option<u32>,
    pub(super) sign_count: u32,
    pub(super) backup_state: bool,
    pub(super) uv_initialized: bool,
}

/// Leaves it; false if the passkey is not this user's, not active, or its counter moved on since it was
/// judged.
pub(super) fn mark(
    db: &Connection,
    user: UserKey,
    mark: &Mark,
    now: Timestamp,
) -> Result<bool, Fault> {
    let marked = run(
        db,
        "UPDATE passkey SET sign_count = max(sign_count, ?3), backup_state = ?4, \
         uv_initialized = max(uv_initialized, ?5), \
         last_used_at = max(coalesce(last_used_at, ?6), ?6) \
         WHERE user_key = ?1 AND id = ?2 AND status = 'active' \
         AND (?7 IS NULL OR sign_count = ?7)",
        params![
            user.0,
            mark.authenticator.as_bytes(),
            mark.sign_count,
            mark.backup_state,
            mark.uv_initialized,
            now.as_millis(),
            mark.judged_at,
        ],
    )?;
    Ok(marked == 1)
}

/// Revokes, and frees the credential; false if it is not the user's, or revoked already.
pub(super) fn revoke(
    db: &Connection,
    user: UserKey,
    revocation: &Revocation,
) -> Result<bool, Fault> {
    let id = revocation.authenticator.as_bytes();
    let revoked = run(
        db,
        "UPDATE passkey SET status = 'revoked', mac_key = ?3, mac_tag = ?4 \
         WHERE user_key = ?1 AND id = ?2 AND status <> 'revoked'",
        params![user.0, id, revocation.mac.key(), revocation.mac.tag()],
    )?;
    run(
        db,
        "DELETE FROM credential WHERE user_key = ?1 AND id = ?2",
        params![user.0, id],
    )?;
    Ok(revoked == 1)
}

/// From the columns of `columns!(passkey)`.
fn passkey(row: &Row<'_>) -> Result<PasskeyRecord, Fault> {
    let status: String = row.get(2)?;
    Ok(PasskeyRecord {
        user: UserKey(row.get(0)?),
        id: AuthenticatorId::from_bytes(row.get(1)?),
        status: Status::parse(&status).ok_or_else(|| Fault::row("passkey", "status"))?,
        label: row.get(3)?,
        credential_id: row.get(4)?,
        public_key: row.get(5)?,
        aaguid: row.get(6)?,
        transports: row.get(7)?,
        sign_count: row.get(8)?,
        uv_initialized: row.get(9)?,
        backup_eligible: row.get(10)?,
        backup_state: row.get(11)?,
        mac: RowMac::from_row(row.get(12)?, row.get(13)?),
        created_at: moment(row, 14)?,
        last_used_at: moment_if(row, 15)?,
    })
}
