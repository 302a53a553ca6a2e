//! What stands: users, living sessions, open pending logins, and by them the gates and guards that
//! an operation repeats at its own commit.

use countersign::assurance::Level;
use countersign::authenticator::{AuthenticatorRecord, BackupSet};
use countersign::clock::Timestamp;
use countersign::id::AuthenticatorId;
use countersign::port::store::{Gate, Guard};
use countersign::session::{PendingRecord, SessionRecord, TokenHash};
use countersign::user::{NameHash, UserKey, UserRecord};
use rusqlite::{Connection, params};

use super::error::Fault;
use super::rows::{self, columns, one, value};

/// Who is behind a gate that stands.
pub(super) enum Standing {
    /// Nobody yet.
    Open,
    /// This user, enabled.
    User(Box<UserRecord>),
    /// Somebody the host vouches for, of whom there is no row.
    Unknown(UserKey),
}

pub(super) fn user(db: &Connection, key: UserKey) -> Result<Option<UserRecord>, Fault> {
    one(
        db,
        concat!("SELECT ", columns!(user), " FROM user WHERE user_key = ?1"),
        params![key.0],
        rows::user,
    )
}

pub(super) fn user_by_name(db: &Connection, name: NameHash) -> Result<Option<UserRecord>, Fault> {
    one(
        db,
        concat!("SELECT ", columns!(user), " FROM user WHERE name_hash = ?1"),
        params![name.0],
        rows::user,
    )
}

/// A session that lives, of an enabled user. One with a parent lives no longer than that.
pub(super) fn session(
    db: &Connection,
    hash: TokenHash,
    now: Timestamp,
) -> Result<Option<(UserRecord, SessionRecord)>, Fault> {
    one(
        db,
        concat!(
            "SELECT ",
            columns!(user),
            ", ",
            columns!(session),
            " FROM session JOIN user USING (user_key) WHERE session.hash = ?1 AND user.enabled = 1 \
             AND session.created_at >= user.sessions_valid_from \
             AND session.expires_at > ?2 AND session.idle_expires_at > ?2 \
             AND (session.parent IS NULL OR EXISTS (SELECT 1 FROM session AS parent \
                  WHERE parent.hash = session.parent \
                  AND parent.created_at >= user.sessions_valid_from \
                  AND parent.expires_at > ?2 AND parent.idle_expires_at > ?2))"
        ),
        params![hash.0, now.as_millis()],
        |row| Ok((rows::user(row)?, rows::session(row, rows::AFTER_USER)?)),
    )
}

/// A pending login that is unused and unexpired, of an enabled user, at the password that opened it.
pub(super) fn pending(
    db: &Connection,
    hash: TokenHash,
    now: Timestamp,
) -> Result<Option<(UserRecord, PendingRecord)>, Fault> {
    one(
        db,
        concat!(
            "SELECT ",
            columns!(user),
            ", ",
            columns!(pending),
            " FROM pending_login JOIN user USING (user_key) \
             WHERE pending_login.hash = ?1 AND user.enabled = 1 \
             AND pending_login.password_version = user.password_version \
             AND pending_login.expires_at > ?2"
        ),
        params![hash.0, now.as_millis()],
        |row| Ok((rows::user(row)?, rows::pending(row, rows::AFTER_USER)?)),
    )
}

/// Who is behind the gate, if it stands.
pub(super) fn gate(db: &Connection, gate: Gate, now: Timestamp) -> Result<Option<Standing>, Fault> {
    Ok(match gate {
        Gate::Open => Some(Standing::Open),
        Gate::Pending(hash) => {
            pending(db, hash, now)?.map(|(user, _)| Standing::User(Box::new(user)))
        }
        Gate::Session(hash) => {
            session(db, hash, now)?.map(|(user, _)| Standing::User(Box::new(user)))
        }
        Gate::User(key) => match user(db, key)? {
            Some(user) => user.enabled.then(|| Standing::User(Box::new(user))),
            None => Some(Standing::Unknown(key)),
        },
    })
}

/// Whether an enrollment may be confirmed at this gate: by a session at the user's strongest level, of
/// any age, since freshness was asked for when it began. A session that is worth a password only must
/// not rise by a code of an enrollment that another one began. At the gate of an application's user,
/// its word was asked for when it began, and the first authenticator ended what was begun before it.
pub(super) fn may_confirm(
    db: &Connection,
    gate: Gate,
    user: UserKey,
    now: Timestamp,
) -> Result<bool, Fault> {
    let hash = match gate {
        Gate::Session(hash) => hash,
        Gate::User(key) => return Ok(key == user),
        Gate::Open | Gate::Pending(_) => return Ok(false),
    };
    let Some((_, session)) = session(db, hash, now)? else {
        return Ok(false);
    };
    Ok(session.assurance.level >= Level::Aal2 || demanding(db, user)? == 0)
}

/// Whether the guard's session is the user's, and proof enough for a change.
pub(super) fn fresh(db: &Connection, guard: &Guard, user: UserKey) -> Result<bool, Fault> {
    let Some((owner, session)) = session(db, guard.session, guard.now)? else {
        return Ok(false);
    };
    Ok(owner.key == user && guard.admits(&session, demanding(db, user)?))
}

/// How many of the user's authenticators demand the second step, of any kind.
pub(super) fn demanding(db: &Connection, user: UserKey) -> Result<u32, Fault> {
    value(
        db,
        "SELECT (SELECT count(*) FROM authenticator \
          WHERE user_key = ?1 AND status IN ('active', 'suspended')) \
         + (SELECT count(*) FROM passkey \
          WHERE user_key = ?1 AND status IN ('active', 'suspended'))",
        params![user.0],
    )
}

/// Whether the user has, or had, an authenticator that was confirmed.
pub(super) fn ever_enrolled(db: &Connection, user: UserKey) -> Result<bool, Fault> {
    value(
        db,
        "SELECT EXISTS (SELECT 1 FROM authenticator \
          WHERE user_key = ?1 AND (confirmed_at IS NOT NULL OR status IN ('active', 'suspended'))) \
         OR EXISTS (SELECT 1 FROM passkey WHERE user_key = ?1)",
        params![user.0],
    )
}

/// Whether nothing but this one demands the second step.
pub(super) fn is_last(
    db: &Connection,
    user: UserKey,
    authenticator: AuthenticatorId,
) -> Result<bool, Fault> {
    let others: u32 = value(
        db,
        "SELECT (SELECT count(*) FROM authenticator \
          WHERE user_key = ?1 AND id <> ?2 AND status IN ('active', 'suspended')) \
         + (SELECT count(*) FROM passkey \
          WHERE user_key = ?1 AND id <> ?2 AND status IN ('active', 'suspended'))",
        params![user.0, authenticator.as_bytes()],
    )?;
    Ok(others == 0 && demanding(db, user)? == 1)
}

/// All that are not revoked, oldest first; expired pending ones aside.
pub(super) fn authenticators(
    db: &Connection,
    user: UserKey,
    now: Timestamp,
) -> Result<Vec<AuthenticatorRecord>, Fault> {
    rows::all(
        db,
        concat!(
            "SELECT ",
            columns!(authenticator),
            " FROM authenticator WHERE user_key = ?1 AND status <> 'revoked' \
             AND (status <> 'pending' OR expires_at > ?2) ORDER BY created_at, id"
        ),
        params![user.0, now.as_millis()],
        rows::authenticator,
    )
}

/// The user's newest set of backup codes, void or not.
pub(super) fn backup_set(db: &Connection, user: UserKey) -> Result<Option<BackupSet>, Fault> {
    one(
        db,
        "SELECT version, created_at, acknowledged_at, voided_at, bcrypt_cost FROM backup_set \
         WHERE user_key = ?1 ORDER BY version DESC LIMIT 1",
        params![user.0],
        rows::backup_set,
    )
}

/// Whether a browser's cookie is this user's, unexpired.
pub(super) fn known(
    db: &Connection,
    user: UserKey,
    cookie: Option<TokenHash>,
    now: Timestamp,
) -> Result<bool, Fault> {
    let Some(cookie) = cookie else {
        return Ok(false);
    };
    value(
        db,
        "SELECT EXISTS (SELECT 1 FROM known_browser \
         WHERE user_key = ?1 AND hash = ?2 AND expires_at > ?3)",
        params![user.0, cookie.0, now.as_millis()],
    )
}
