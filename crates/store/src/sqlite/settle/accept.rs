//! Acceptance: every condition of the admission repeated, every consumption one conditional write.

use countersign::authenticator::Status;
use countersign::id::AuthenticatorId;
use countersign::port::store::{Consumption, Effect, Effected, Gate, Purpose, Settle, SettleKind};
use countersign::user::{UserKey, UserRecord};
use rusqlite::{Connection, params};

use super::super::backup::{self, Consumed};
use super::super::error::Fault;
use super::super::passkeys;
use super::super::rows::{one, run};
use super::super::standing::{self, Standing};
use super::{Stop, effect, hold, named};

pub(super) fn accept(
    db: &Connection,
    settle: &Settle,
    consumptions: &[Consumption],
) -> Result<Effected, Stop> {
    let key = settle.user.ok_or(Stop::Changed)?;
    if let Some(named) = &settle.named {
        named::ensure(db, key, named)?;
    }
    let user = standing::user(db, key)?.ok_or(Stop::Changed)?;
    hold(user.enabled)?;
    hold(is_sound(settle, consumptions))?;
    expect(db, settle, &user)?;
    if let [
        Consumption::Challenge(challenge),
        Consumption::Assertion { authenticator, .. },
    ]
    | [
        Consumption::Assertion { authenticator, .. },
        Consumption::Challenge(challenge),
    ] = consumptions
        && passkeys::may_be_forgotten(db, key, *authenticator, *challenge)?
    {
        return Err(Stop::AlreadyUsed);
    }
    for consumption in consumptions {
        consume(db, settle, key, *consumption)?;
    }
    if let Some(named) = &settle.named {
        named::follow(db, &user, named)?;
    }
    effect::carry_out(db, settle, &user, consumptions)
}

/// Whether this kind of proof may come with these consumptions: a code always consumes, a backup code
/// unless it is only typed back, a passkey its challenge and its assertion, a password never. It is the
/// last line against a caller's slip.
fn is_sound(settle: &Settle, consumptions: &[Consumption]) -> bool {
    let typed_back = matches!(settle.effect, Effect::AcknowledgeBackupCodes);
    match settle.kind {
        SettleKind::Password => consumptions.is_empty() && settle.expect.password_version.is_some(),
        SettleKind::Code(purpose) => {
            let wanted = match purpose {
                Purpose::Verify => Status::Active,
                Purpose::Confirm => Status::Pending,
            };
            let activates = matches!(settle.effect, Effect::Activate { .. });
            !consumptions.is_empty()
                && activates == (purpose == Purpose::Confirm)
                && !typed_back
                && consumptions
                    .iter()
                    .all(|one| matches!(one, Consumption::Step { status, .. } if *status == wanted))
        }
        SettleKind::BackupCode => {
            consumptions.is_empty() == typed_back
                && settle.expect.backup_set.is_some()
                && consumptions
                    .iter()
                    .all(|one| matches!(one, Consumption::BackupCode { .. }))
        }
        SettleKind::Passkey => {
            let both = matches!(
                consumptions,
                [Consumption::Challenge(_), Consumption::Assertion { .. }]
                    | [Consumption::Assertion { .. }, Consumption::Challenge(_)]
            );
            both && matches!(
                (&settle.effect, settle.expect.gate),
                (Effect::OpenSession { .. }, Gate::Pending(_))
                    | (Effect::BeginSession { .. }, Gate::Open)
                    | (Effect::RaiseSession { .. }, Gate::Session(_))
                    | (Effect::None | Effect::Grant { .. }, Gate::User(_))
            )
        }
    }
}

fn expect(db: &Connection, settle: &Settle, user: &UserRecord) -> Result<(), Stop> {
    let expect = &settle.expect;
    let owner = match standing::gate(db, expect.gate, settle.now)? {
        Some(Standing::User(owner)) => owner.key == user.key,
        // Only a password opens the first step of a login, and only a passkey is a login alone.
        Some(Standing::Open) => {
            matches!(settle.kind, SettleKind::Password | SettleKind::Passkey)
                && expect.gate == Gate::Open
        }
        Some(Standing::Unknown(_)) | None => false,
    };
    hold(owner)?;
    hold(
        expect
            .password_version
            .is_none_or(|version| version == user.password_version),
    )?;
    match expect.backup_set {
        None => Ok(()),
        Some(version) => hold(backup::current(db, user.key)? == Some(version)),
    }
}

fn consume(
    db: &Connection,
    settle: &Settle,
    user: UserKey,
    consumption: Consumption,
) -> Result<(), Stop> {
    match consumption {
        Consumption::Step {
            authenticator,
            at,
            status,
            drift,
        } => {
            let at = i64::try_from(at).map_err(|_| Stop::Changed)?;
            let next = at.checked_add(1).ok_or(Stop::Changed)?;
            let written = run(
                db,
                "UPDATE authenticator SET next = ?5, drift = coalesce(?6, drift), \
                 last_used_at = max(coalesce(last_used_at, ?7), ?7) \
                 WHERE user_key = ?1 AND id = ?2 AND status = ?3 AND next <= ?4 \
                 AND (status <> 'pending' OR expires_at > ?7)",
                params![
                    user.0,
                    authenticator.as_bytes(),
                    status.as_str(),
                    at,
                    next,
                    drift,
                    settle.now.as_millis(),
                ],
            )?;
            match written {
                1 => Ok(()),
                _ if is_past(db, user, authenticator, status, at)? => Err(Stop::AlreadyUsed),
                _ => Err(Stop::Changed),
            }
        }
        Consumption::BackupCode { code, version } => {
            match backup::consume(db, user, (code, version), settle.now)? {
                Consumed::Now => Ok(()),
                Consumed::Before => Err(Stop::AlreadyUsed),
                Consumed::Gone => Err(Stop::Changed),
            }
        }
        Consumption::Challenge(challenge) => {
            hold(settle.now < challenge.expires_at)?;
            if passkeys::use_up(db, challenge)? {
                Ok(())
            } else {
                Err(Stop::AlreadyUsed)
            }
        }
        Consumption::Assertion {
            authenticator,
            judged_at,
            sign_count,
            backup_state,
            uv_initialized,
        } => {
            let mark = passkeys::Mark {
                authenticator,
                judged_at,
                sign_count,
                backup_state,
                uv_initialized,
            };
            hold(passkeys::mark(db, user, &mark, settle.now)?)
        }
    }
}

/// Whether the authenticator is as expected, but beyond this step.
fn is_past(
    db: &Connection,
    user: UserKey,
    authenticator: AuthenticatorId,
    status: Status,
    at: i64,
) -> Result<bool, Fault> {
    let found = one(
        db,
        "SELECT 1 FROM authenticator WHERE user_key = ?1 AND id = ?2 AND status = ?3 AND next > ?4",
        params![user.0, authenticator.as_bytes(), status.as_str(), at],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}
