//! What all use cases stand on: the store, the vault, time, randomness, the hashing pool, in one place.

use std::future::Future;
use std::sync::Arc;

#[cfg(feature = "passkeys")]
use countersign_webauthn::RelyingParty;
use futures_channel::oneshot;
use zeroize::Zeroizing;

use crate::assurance::Assurance;
#[cfg(feature = "passkeys")]
use crate::attestation::AttestationPolicy;
use crate::audit::{AuditRow, Draft, Event, Outcome, Reason};
use crate::clock::{Clock, Randomness, Timestamp};
use crate::directory::Directory;
use crate::error::{Error, Inconsistent, Unavailable, VaultFailure};
use crate::hashing::Hasher;
use crate::id::{AuthenticatorId, SessionId};
use crate::policy::Policy;
use crate::port::Spawn;
use crate::port::store::{Change, Changed, DynStore, Found, Guard, Overview, Read};
use crate::realm::Realm;
use crate::session::{KnownBrowser, Origin, SessionRecord, Token, TokenHash};
use crate::user::{Subject, UserKey, UserRecord};
use crate::vault::{Context, PasswordHash, Sealed, Vault};

pub(crate) struct Engine {
    pub(crate) store: Arc<dyn DynStore>,
    pub(crate) vault: Arc<Vault>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) random: Arc<dyn Randomness>,
    pub(crate) spawn: Arc<dyn Spawn>,
    pub(crate) hasher: Arc<Hasher>,
    /// The application's own users; without it they are the store's.
    pub(crate) directory: Option<Directory>,
    pub(crate) realm: Realm,
    #[cfg(feature = "passkeys")]
    pub(crate) rp: RelyingParty,
    pub(crate) policy: Policy,
    #[cfg(feature = "passkeys")]
    pub(crate) attestation: AttestationPolicy,
}

/// The attempt's four possible rows, and which use case they tell of.
pub(crate) struct Rows {
    pub(crate) accepted: AuditRow,
    pub(crate) already_used: AuditRow,
    pub(crate) refused: AuditRow,
    pub(crate) changed: AuditRow,
}

impl Engine {
    /// Now; a clock before 1970 admits nothing.
    pub(crate) fn now(&self) -> Result<Timestamp, Unavailable> {
        let now = self.clock.now();
        if now.as_millis() < 0 {
            Err(Unavailable::Clock)
        } else {
            Ok(now)
        }
    }

    /// Runs `work` in a task of its own: a caller that goes away cancels nothing between admit and
    /// settle.
    pub(crate) async fn detached<T, F>(
        self: &Arc<Self>,
        work: impl FnOnce(Arc<Self>) -> F,
    ) -> Result<T, Error>
    where
        T: Send + 'static,
        F: Future<Output = Result<T, Error>> + Send + 'static,
    {
        let (answer, wait) = oneshot::channel();
        let work = work(Arc::clone(self));
        self.spawn.spawn(Box::pin(async move {
            // A caller that is gone has nobody to tell.
            let _ = answer.send(work.await);
        }));
        wait.await
            .unwrap_or_else(|_| Err(Unavailable::Interrupted.into()))
    }

    pub(crate) fn draft<'a>(
        &'a self,
        user: Option<&UserRecord>,
        origin: &'a Origin,
        at: Timestamp,
    ) -> Draft<'a> {
        Draft {
            realm: &self.realm.id,
            user: user.map(|user| (user.key, user.id.clone())),
            actor: origin.actor,
            origin,
            at,
        }
    }

    pub(crate) fn row(
        &self,
        draft: &Draft<'_>,
        event: Event,
        outcome: Outcome,
        reason: Option<Reason>,
        authenticator: Option<AuthenticatorId>,
    ) -> Result<AuditRow, Error> {
        Ok(draft.row(
            &self.vault,
            &*self.random,
            event,
            outcome,
            reason,
            authenticator,
        )?)
    }

    /// The four rows of an attempt: `how` is the method that was accepted, `why` the true reason of
    /// a refusal.
    pub(crate) fn rows(
        &self,
        draft: &Draft<'_>,
        event: Event,
        (how, why): (Reason, Reason),
        authenticator: Option<AuthenticatorId>,
    ) -> Result<Rows, Error> {
        let failure =
            |reason| self.row(draft, event, Outcome::Failure, Some(reason), authenticator);
        Ok(Rows {
            accepted: self.row(draft, event, Outcome::Success, Some(how), authenticator)?,
            already_used: failure(Reason::CodeAlreadyUsed)?,
            refused: failure(why)?,
            changed: failure(Reason::StateChanged)?,
        })
    }

    pub(crate) fn token(&self, user: &UserKey) -> Result<Token, Error> {
        Ok(Token::generate(self.vault.tag(user), &*self.random)?)
    }

    /// What the store knows a token of this realm by.
    pub(crate) fn hash(&self, token: &Token) -> TokenHash {
        token.hash(&self.realm.id)
    }

    /// A session that begins now, and the token that opens it.
    pub(crate) fn new_session(
        &self,
        user: &UserKey,
        assurance: Assurance,
        origin: &Origin,
        now: Timestamp,
    ) -> Result<(Token, SessionRecord), Error> {
        let token = self.token(user)?;
        let record = SessionRecord {
            hash: self.hash(&token),
            id: SessionId::generate(now, &*self.random)?,
            user: *user,
            audience: self.realm.audience.clone(),
            parent: None,
            assurance,
            created_at: now,
            last_seen_at: now,
            idle_expires_at: now.plus(self.policy.session_idle),
            expires_at: now.plus(self.policy.session_absolute),
            address: origin.address.map(|address| address.to_string()),
            agent: origin.agent.clone(),
        };
        Ok((token, record))
    }

    /// A browser to be remembered. Its token vouches for itself by its tag, so that a made-up one
    /// reaches neither the store nor the reserved places of the hashing pool.
    pub(crate) fn new_known(&self, now: Timestamp) -> Result<(Token, KnownBrowser), Error> {
        let token = Token::generate_tagged(
            |random| self.vault.known_tag(&self.realm.id, random),
            &*self.random,
        )?;
        let record = KnownBrowser {
            hash: self.hash(&token),
            expires_at: now.plus(self.policy.known_browser),
        };
        Ok((token, record))
    }

    /// The hash of a known-browser token, if this keyring made it.
    pub(crate) fn known_hash(&self, token: Option<&Token>) -> Option<TokenHash> {
        token
            .filter(|token| {
                token.tag_matches(|random| self.vault.known_tag(&self.realm.id, random))
            })
            .map(|token| self.hash(token))
    }

    pub(crate) fn guard(&self, session: TokenHash, now: Timestamp) -> Guard {
        Guard {
            session,
            now,
            max_age: self.policy.fresh,
        }
    }

    pub(crate) fn seal_password(
        &self,
        user: &UserKey,
        version: i64,
        phc: &str,
    ) -> Result<Sealed<PasswordHash>, Error> {
        self.vault.seal(
            phc.as_bytes(),
            self.password_context(user, &version.to_be_bytes()),
            &*self.random,
        )
    }

    pub(crate) fn open_password(
        &self,
        user: &UserRecord,
    ) -> Result<Option<Zeroizing<String>>, VaultFailure> {
        let Some(sealed) = &user.password else {
            return Ok(None);
        };
        let bytes = self.vault.open(
            sealed,
            self.password_context(&user.key, &user.password_version.to_be_bytes()),
        )?;
        let text = std::str::from_utf8(&bytes).map_err(|_| VaultFailure::Tampered)?;
        Ok(Some(Zeroizing::new(text.to_owned())))
    }

    fn password_context<'a>(&'a self, user: &'a UserKey, version: &'a [u8]) -> Context<'a> {
        Context {
            purpose: "password",
            realm: &self.realm.id,
            user,
            row: version,
        }
    }

    /// Notes a throttled window, once.
    pub(crate) async fn record_throttle(
        &self,
        subject: Subject,
        kind: &'static str,
        draft: &Draft<'_>,
    ) -> Result<(), Error> {
        let audit = self.row(
            draft,
            Event::Throttled,
            Outcome::Failure,
            Some(Reason::TooManyFailures),
            None,
        )?;
        let span = self.policy.limits.code.span;
        self.store
            .change(Change::RecordThrottle {
                subject,
                kind,
                span,
                audit,
            })
            .await
            .map(|_| ())
    }

    /// A change that can only be done.
    pub(crate) async fn change(&self, change: Change) -> Result<Changed, Error> {
        self.store.change(change).await
    }

    pub(crate) async fn overview(
        &self,
        user: UserKey,
        now: Timestamp,
    ) -> Result<Option<Box<Overview>>, Error> {
        match self.store.read(Read::Overview { user, now }).await? {
            Found::Overview(overview) => Ok(overview),
            _ => Err(mismatch()),
        }
    }

    pub(crate) async fn user(&self, key: UserKey) -> Result<Option<Box<UserRecord>>, Error> {
        match self.store.read(Read::User(key)).await? {
            Found::User(user) => Ok(user),
            _ => Err(mismatch()),
        }
    }
}

/// The store answered another question than was asked.
pub(crate) fn mismatch() -> Error {
    Inconsistent {
        table: "answer",
        column: "kind",
    }
    .into()
}
