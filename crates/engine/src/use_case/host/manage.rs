//! What an application reads and changes of its users' authenticators, and what its administrators do.

use super::{Host, Idempotency, Named, verdict};
use crate::api_key::Scope;
use crate::audit::{AuditRow, Event, Outcome, Reason};
use crate::authenticator::{Kind, Label, Status};
use crate::clock::Timestamp;
use crate::engine::{Engine, mismatch};
use crate::error::Error;
use crate::factor::backup_code;
use crate::id::{AuthenticatorId, EventId};
use crate::port::store::{Authority, Change, Changed, Found, Holdings, Read};
use crate::secret_text::BackupCodeList;
use crate::session::Origin;
use crate::use_case::account::{revocation, revocations};
use crate::user::{UserId, UserKey};
use crate::verdict::{Refusal, Verdict};
use crate::view::Method;

/// A user, as an application sees them.
#[derive(Clone, Debug, Default)]
pub struct HostUser {
    /// Whether anything demands the second step of them.
    pub enrolled: bool,
    /// How it can be taken.
    pub methods: Vec<Method>,
    /// Whether an authenticator is suspended.
    pub suspended: bool,
    /// How many backup codes are left.
    pub backup_codes_left: u32,
}

impl HostUser {
    fn of(holdings: &Holdings) -> Self {
        Self {
            enrolled: holdings.demanding() > 0,
            methods: Method::of(holdings),
            suspended: holdings.suspended > 0,
            backup_codes_left: holdings.backup_codes,
        }
    }
}

/// An authenticator, as an application sees it; never its secret.
#[derive(Clone, Debug)]
pub struct HostAuthenticator {
    /// Its id.
    pub id: AuthenticatorId,
    /// What it is.
    pub kind: Kind,
    /// Where in its life.
    pub status: Status,
    /// What the user calls it.
    pub label: String,
    /// When it was begun or enrolled.
    pub created_at: Timestamp,
    /// When it last verified.
    pub last_used_at: Option<Timestamp>,
    /// Of a passkey: who made it, where that is known.
    pub provider: Option<&'static str>,
    /// Of a passkey: whether it is synced.
    pub synced: Option<bool>,
}

/// Who made a passkey. The list of makers comes with the ceremonies.
fn provider(aaguid: [u8; 16]) -> Option<&'static str> {
    #[cfg(feature = "passkeys")]
    return crate::webauthn::Aaguid::from_bytes(aaguid).provider();
    #[cfg(not(feature = "passkeys"))]
    return {
        let _ = aaguid;
        None
    };
}

impl Host<'_> {
    /// What a user has, also of one who was never seen.
    pub async fn user(&self, user: &UserId) -> Result<HostUser, Error> {
        let overview = self.overview(self.key(user)).await?;
        Ok(overview.map_or_else(HostUser::default, |overview| {
            HostUser::of(&overview.holdings)
        }))
    }

    /// A user's authenticators that are not revoked, oldest first within a kind.
    pub async fn authenticators(
        &self,
        user: &UserId,
    ) -> Result<Verdict<Vec<HostAuthenticator>>, Error> {
        if let Some(refusal) = self.lacks(Scope::Enroll).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let Some(overview) = self.overview(self.key(user)).await? else {
            return Ok(Verdict::Accepted(Vec::new()));
        };
        let codes = overview
            .authenticators
            .into_iter()
            .map(|row| HostAuthenticator {
                id: row.id,
                kind: row.kind,
                status: row.status,
                label: row.label,
                created_at: row.created_at,
                last_used_at: row.last_used_at,
                provider: None,
                synced: None,
            });
        let keys = overview.passkeys.into_iter().map(|row| HostAuthenticator {
            id: row.id,
            kind: Kind::Passkey,
            status: row.status,
            label: row.label,
            created_at: row.created_at,
            last_used_at: row.last_used_at,
            provider: provider(row.aaguid),
            synced: Some(row.backup_state),
        });
        Ok(Verdict::Accepted(codes.chain(keys).collect()))
    }

    /// Renames an authenticator.
    pub async fn rename(
        &self,
        user: &UserId,
        id: AuthenticatorId,
        label: &str,
    ) -> Result<Verdict<()>, Error> {
        if let Some(refusal) = self.lacks(Scope::Enroll).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let Ok(label) = Label::parse(label) else {
            return Ok(Verdict::Refused(Refusal::LabelInvalid));
        };
        let now = self.engine().now()?;
        let (event, reason) = (Event::AuthenticatorRenamed, Reason::ByHost);
        let Some(audit) = self.audit(user, event, reason, Some(id), now).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let change = Change::Rename {
            authority: Self::word(now),
            user: self.key(user),
            authenticator: id,
            label,
            audit,
        };
        self.done(change).await
    }

    /// Revokes an authenticator, with the user's proof. With the last one the second step ends.
    pub async fn revoke(
        &self,
        user: &UserId,
        id: AuthenticatorId,
        proof: Option<&str>,
    ) -> Result<Verdict<()>, Error> {
        if let Some(refusal) = self.lacks(Scope::Enroll).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let now = self.engine().now()?;
        let authority = match self.voucher(proof, now) {
            Ok(authority) => authority,
            Err(refusal) => return Ok(Verdict::Refused(refusal)),
        };
        let key = self.key(user);
        let (event, reason) = (Event::AuthenticatorRevoked, Reason::ByHost);
        let audit = self.audit(user, event, reason, Some(id), now).await?;
        let revocation = revocation(self.engine(), key, id, now).await?;
        let (Some(audit), Some(revocation)) = (audit, revocation) else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let change = Change::Revoke {
            authority,
            user: key,
            revocation,
            // The application decides what its users must keep.
            keep_last: false,
            now,
            audit,
        };
        self.done(change).await
    }

    /// Makes a new set of backup codes, with the user's proof, and voids the old. They are given
    /// once, here.
    pub async fn replace_backup_codes(
        &self,
        user: &UserId,
        proof: Option<&str>,
        once: Option<Idempotency<'_>>,
    ) -> Result<Verdict<BackupCodeList>, Error> {
        if let Some(refusal) = self.lacks(Scope::Enroll).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let (now, user) = (self.engine().now()?, self.key(user));
        let authority = match self.voucher(proof, now) {
            Ok(authority) => authority,
            Err(refusal) => return Ok(Verdict::Refused(refusal)),
        };
        let wanted = Replacement {
            user,
            authority,
            once: self.named(user, once, now),
            now,
        };
        let origin = self.origin.clone();
        self.mfa
            .0
            .detached(move |engine| async move { replace(&engine, wanted, &origin).await })
            .await
    }

    /// Removes all of a user's authenticators and backup codes, and clears what was counted. Returns
    /// how many authenticators went.
    pub async fn reset(&self, user: &UserId) -> Result<Verdict<usize>, Error> {
        if let Some(refusal) = self.lacks(Scope::Admin).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let (now, key) = (self.engine().now()?, self.key(user));
        let revocations = revocations(self.engine(), key, now).await?;
        let count = revocations.len();
        let (event, reason) = (Event::UserReset, Reason::ByHost);
        let Some(audit) = self.audit(user, event, reason, None, now).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let change = Change::Reset {
            user: key,
            revocations,
            now,
            audit,
        };
        Ok(self.done(change).await?.map(|()| count))
    }

    /// Ends whatever a user has open on our pages: sessions, pending logins, known browsers, proofs of
    /// verifications, and a sign-in that is under way. For an application with a directory of its own,
    /// after a password was changed there, or somebody may no longer sign in. Authenticators stay.
    /// `NotFound` is who never was here.
    pub async fn end_sessions(&self, user: &UserId) -> Result<Verdict<()>, Error> {
        if let Some(refusal) = self.lacks(Scope::Admin).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let (now, key) = (self.engine().now()?, self.key(user));
        let (event, reason) = (Event::SessionsEnded, Reason::ByHost);
        let Some(audit) = self.audit(user, event, reason, None, now).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        self.done(Change::EndSessions {
            user: key,
            now,
            audit,
        })
        .await
    }

    /// The realm's users by creation, after this one; at most `limit` (1..=1000).
    pub async fn users(
        &self,
        after: Option<UserKey>,
        limit: u32,
    ) -> Result<Verdict<Vec<(UserKey, UserId, HostUser)>>, Error> {
        if let Some(refusal) = self.lacks(Scope::Admin).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let page = self.mfa.operator().users(after, limit).await?;
        let page = page.into_iter();
        let page = page.map(|(user, held)| (user.key, user.id, HostUser::of(&held)));
        Ok(Verdict::Accepted(page.collect()))
    }

    /// The realm's audit rows after this one, oldest first, each with whether its MAC holds; at most
    /// `limit` (1..=1000).
    pub async fn events(
        &self,
        after: Option<EventId>,
        limit: u32,
    ) -> Result<Verdict<Vec<(AuditRow, bool)>>, Error> {
        if let Some(refusal) = self.lacks(Scope::Admin).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let read = Read::RealmEvents {
            realm: self.engine().realm.id.clone(),
            after,
            limit: limit.clamp(1, 1000),
        };
        match self.engine().store.read(read).await? {
            Found::Events(rows) => {
                let vault = &self.engine().vault;
                let judged = rows.into_iter().map(|row| {
                    let intact = row.verify(vault).is_ok();
                    (row, intact)
                });
                Ok(Verdict::Accepted(judged.collect()))
            }
            _ => Err(mismatch()),
        }
    }

    /// The row of a change of an existing user's.
    async fn audit(
        &self,
        user: &UserId,
        event: Event,
        reason: Reason,
        authenticator: Option<AuthenticatorId>,
        now: Timestamp,
    ) -> Result<Option<AuditRow>, Error> {
        let engine = self.engine();
        let Some(user) = engine.user(self.key(user)).await? else {
            return Ok(None);
        };
        let draft = engine.draft(Some(&user), &self.origin, now);
        let row = engine.row(&draft, event, Outcome::Success, Some(reason), authenticator)?;
        Ok(Some(row))
    }

    async fn done(&self, change: Change) -> Result<Verdict<()>, Error> {
        let changed: Changed = self.engine().change(change).await?;
        Ok(verdict(Holdings::default(), changed, ()))
    }
}

/// A new set of backup codes, as it was asked for.
struct Replacement {
    user: UserKey,
    authority: Authority,
    once: Option<Named>,
    now: Timestamp,
}

async fn replace(
    engine: &Engine,
    wanted: Replacement,
    origin: &Origin,
) -> Result<Verdict<BackupCodeList>, Error> {
    let Replacement {
        user,
        authority,
        once,
        now,
    } = wanted;
    let overview = engine.overview(user, now).await?;
    let overview = overview.filter(|overview| overview.holdings.demanding() > 0);
    let Some(overview) = overview else {
        return Ok(Verdict::Refused(Refusal::NotFound));
    };
    // Before ten hashes are made: the store asks again.
    if let Authority::Host(voucher) = authority
        && voucher.demanded
        && voucher.proof.is_none()
    {
        return Ok(Verdict::Refused(Refusal::ProofRequired));
    }
    let permit = engine.hasher.permit(backup_code::PLACES, true)?;
    let version = overview.backup_set.map_or(1, |set| set.version + 1);
    let (codes, list) = backup_code::make(engine, &permit, &user, version, now).await?;
    let draft = engine.draft(Some(&overview.user), origin, now);
    let (event, reason) = (Event::BackupCodesReplaced, Some(Reason::ByHost));
    let audit = engine.row(&draft, event, Outcome::Success, reason, None)?;
    let made = EventId::generate(now, &*engine.random)?;
    let change = Change::ReplaceBackupCodes {
        authority,
        user,
        codes,
        now,
        audit,
    };
    let change = match once {
        Some(named) => named.once(*made.as_bytes(), change),
        None => change,
    };
    Ok(verdict(
        Holdings::default(),
        engine.change(change).await?,
        list,
    ))
}
