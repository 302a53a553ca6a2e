//! The account: what a user sees and changes of their own. Every change takes a fresh proof (rule 7),
//! which the store checks in the change's own transaction.

use crate::assurance::Level;
use crate::audit::{Event, Outcome, Reason};
use crate::authenticator::{Label, Status};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::{Engine, mismatch};
use crate::error::Error;
use crate::factor::{backup_code, otp_row, passkey_row};
use crate::id::{AuthenticatorId, SessionId};
use crate::port::store::{
    Authority, Change, Changed, Effect, Found, Gate, Holdings, Overview, Read, Revocation,
};
use crate::secret_text::{BackupCode, BackupCodeList};
use crate::session::Origin;
use crate::use_case::verify::{self, Presentation};
use crate::user::UserKey;
use crate::verdict::{Refusal, Verdict};
use crate::view::{Client, Session, SignedIn};

impl Countersign {
    /// Everything the overview shows.
    pub async fn overview(&self, session: &Session) -> Result<Overview, Error> {
        let read = Read::Overview {
            user: session.user,
            now: self.0.now()?,
        };
        match self.0.store.read(read).await? {
            Found::Overview(Some(overview)) => Ok(*overview),
            _ => Err(mismatch()),
        }
    }

    /// Renames an authenticator.
    pub async fn rename(
        &self,
        session: &Session,
        id: AuthenticatorId,
        label: &str,
        origin: Origin,
    ) -> Result<Verdict<()>, Error> {
        let Ok(label) = Label::parse(label) else {
            return Ok(Verdict::Refused(Refusal::LabelInvalid));
        };
        let now = self.0.now()?;
        let user = self.0.user(session.user).await?;
        let draft = self.0.draft(user.as_deref(), &origin, now);
        let audit = self.0.row(
            &draft,
            Event::AuthenticatorRenamed,
            Outcome::Success,
            None,
            Some(id),
        )?;
        let guard = self.0.guard(session.hash, now);
        let change = Change::Rename {
            authority: Authority::Fresh(guard),
            user: session.user,
            authenticator: id,
            label,
            audit,
        };
        self.guarded(session, change).await
    }

    /// Revokes an authenticator. With the last one, where the policy lets it go, the second step ends,
    /// and the backup codes are void.
    pub async fn revoke(
        &self,
        session: &Session,
        id: AuthenticatorId,
        origin: Origin,
    ) -> Result<Verdict<()>, Error> {
        let now = self.0.now()?;
        let Some(revocation) = revocation(&self.0, session.user, id, now).await? else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        let user = self.0.user(session.user).await?;
        let draft = self.0.draft(user.as_deref(), &origin, now);
        let audit = self.0.row(
            &draft,
            Event::AuthenticatorRevoked,
            Outcome::Success,
            Some(Reason::ByUser),
            Some(id),
        )?;
        let authority = Authority::Fresh(self.0.guard(session.hash, now));
        self.guarded(
            session,
            Change::Revoke {
                authority,
                keep_last: self.0.policy.keep_last,
                user: session.user,
                revocation,
                now,
                audit,
            },
        )
        .await
    }

    /// Makes a new set of backup codes and voids the old. They are given once, here.
    pub async fn replace_backup_codes(
        &self,
        session: &Session,
        origin: Origin,
    ) -> Result<Verdict<BackupCodeList>, Error> {
        if let Some(refusal) = self.stale(session) {
            return Ok(Verdict::Refused(refusal));
        }
        let (mfa, session) = (self.clone(), session.clone());
        self.0
            .detached(|_| async move { mfa.make_backup_codes(&session, origin).await })
            .await
    }

    async fn make_backup_codes(
        &self,
        session: &Session,
        origin: Origin,
    ) -> Result<Verdict<BackupCodeList>, Error> {
        let now = self.0.now()?;
        let permit = self.0.hasher.permit(backup_code::PLACES, true)?;
        let overview = self.overview(session).await?;
        let version = overview.backup_set.map_or(1, |set| set.version + 1);
        let (codes, list) =
            backup_code::make(&self.0, &permit, &session.user, version, now).await?;
        let draft = self.0.draft(Some(&overview.user), &origin, now);
        let audit = self.0.row(
            &draft,
            Event::BackupCodesReplaced,
            Outcome::Success,
            Some(Reason::ByUser),
            None,
        )?;
        let guard = self.0.guard(session.hash, now);
        let change = Change::ReplaceBackupCodes {
            authority: Authority::Fresh(guard),
            user: session.user,
            codes,
            now,
            audit,
        };
        Ok(self.guarded(session, change).await?.map(|()| list))
    }

    /// Notes that the user has the backup codes: one is typed back, checked and not consumed. It is
    /// counted like any other attempt.
    pub async fn acknowledge_backup_codes(
        &self,
        session: &Session,
        code: &str,
        client: Client,
    ) -> Result<Verdict<()>, Error> {
        let Some(code) = BackupCode::parse(code) else {
            return Ok(Verdict::Refused(Refusal::MalformedCode));
        };
        let session = session.clone();
        let work = |engine: std::sync::Arc<crate::engine::Engine>| async move {
            let now = engine.now()?;
            let event = Event::BackupCodesAcknowledged;
            let presented = Presentation {
                gate: Gate::Session(session.hash),
                event,
                now,
            };
            let gone = Refusal::NotFound;
            let (attempt, kind, judgement) =
                match verify::judge_backup_code(&engine, presented, &code, &client, false).await? {
                    Ok(judged) => judged,
                    Err(refused) => return Ok(refused.verdict(now, gone)),
                };
            let effect = Effect::AcknowledgeBackupCodes;
            let ended = attempt
                .settle(
                    &engine,
                    judgement,
                    effect,
                    &client.origin,
                    verify::wrong(kind),
                )
                .await?;
            Ok(ended.verdict(kind, gone, |_, _| ()))
        };
        self.0.detached(work).await
    }

    /// Ends one of the user's sessions.
    pub async fn end_session(
        &self,
        session: &Session,
        id: SessionId,
        origin: Origin,
    ) -> Result<Verdict<()>, Error> {
        let now = self.0.now()?;
        let user = self.0.user(session.user).await?;
        let draft = self.0.draft(user.as_deref(), &origin, now);
        let audit = self.0.row(
            &draft,
            Event::SessionEnded,
            Outcome::Success,
            Some(Reason::ByUser),
            None,
        )?;
        let guard = self.0.guard(session.hash, now);
        self.guarded(
            session,
            Change::EndSession {
                guard,
                user: session.user,
                session: id,
                audit,
            },
        )
        .await
    }

    /// Ends all sessions, pending logins and known browsers but this one, which goes on under a new
    /// token.
    pub async fn end_other_sessions(
        &self,
        session: &Session,
        origin: Origin,
    ) -> Result<Verdict<SignedIn>, Error> {
        let now = self.0.now()?;
        let user = self.0.user(session.user).await?;
        let draft = self.0.draft(user.as_deref(), &origin, now);
        let audit = self.0.row(
            &draft,
            Event::SessionsEnded,
            Outcome::Success,
            Some(Reason::ByUser),
            None,
        )?;
        let assurance = session.assurance();
        let (token, record) = self.0.new_session(&session.user, assurance, &origin, now)?;
        let guard = self.0.guard(session.hash, now);
        let change = Change::EndOtherSessions {
            guard,
            user: session.user,
            session: record,
            audit,
        };
        let signed_in = SignedIn {
            session: token,
            known: None,
            assurance,
            backup_codes_left: None,
        };
        Ok(self.guarded(session, change).await?.map(|()| signed_in))
    }

    /// The user has read the notices. It takes a session at the user's strongest level, of any age:
    /// who has only the password must not be able to hide what warns of them.
    pub async fn dismiss_notices(&self, session: &Session) -> Result<Verdict<()>, Error> {
        let second_factor = session.holdings().demanding() > 0;
        if second_factor && session.assurance().level < Level::Aal2 {
            let refusal = Refusal::ReauthenticationRequired { second_factor };
            return Ok(Verdict::Refused(refusal));
        }
        let change = Change::DismissNotices {
            user: session.user,
            now: self.0.now()?,
        };
        self.0.change(change).await?;
        Ok(Verdict::Accepted(()))
    }

    async fn guarded(&self, session: &Session, change: Change) -> Result<Verdict<()>, Error> {
        Ok(match self.0.change(change).await? {
            Changed::Done => Verdict::Accepted(()),
            other => Verdict::Refused(refusal(session.holdings(), other)),
        })
    }
}

/// The revocation of one of the user's authenticators, of whatever kind.
pub(super) async fn revocation(
    engine: &Engine,
    user: UserKey,
    id: AuthenticatorId,
    now: Timestamp,
) -> Result<Option<Revocation>, Error> {
    let all = revocations(engine, user, now).await?;
    Ok(all.into_iter().find(|one| one.authenticator == id))
}

/// The revocations of all that are not revoked.
pub(super) async fn revocations(
    engine: &Engine,
    user: UserKey,
    now: Timestamp,
) -> Result<Vec<Revocation>, Error> {
    let Found::Authenticators(rows) = engine
        .store
        .read(Read::Authenticators { user, now })
        .await?
    else {
        return Err(mismatch());
    };
    let codes = rows.iter().map(|row| Revocation {
        authenticator: row.id,
        mac: otp_row::mac(engine, row, Status::Revoked),
    });
    let keys = passkey_row::of(engine, user).await?;
    let keys = keys.iter().map(|row| Revocation {
        authenticator: row.id,
        mac: passkey_row::mac(engine, row, Status::Revoked),
    });
    Ok(codes.chain(keys).collect())
}

/// Why a change was not made.
pub(super) fn refusal(holdings: Holdings, changed: Changed) -> Refusal {
    match changed {
        Changed::NotFresh => Refusal::ReauthenticationRequired {
            second_factor: holdings.demanding() > 0,
        },
        Changed::NotFound => Refusal::NotFound,
        Changed::TooMany => Refusal::TooManyAuthenticators,
        Changed::LastOne => Refusal::LastAuthenticator,
        Changed::NameTaken => Refusal::NameTaken,
        Changed::LinkInvalid => Refusal::LinkInvalid,
        Changed::ChallengeUsed => Refusal::ChallengeUsed,
        Changed::CredentialTaken => Refusal::CredentialTaken,
        Changed::AlreadyDone(made) => Refusal::AlreadyCreated(made),
        Changed::OtherRequest => Refusal::IdempotencyKeyReused,
        Changed::Conflict
        | Changed::EnrolledBefore
        | Changed::Done
        | Changed::DoneWithBackupCodes
        | Changed::HostTaken
        | Changed::RpIdFixed
        | Changed::Purged(_) => Refusal::Conflict,
    }
}
