//! An application that has its own users and their first step: what it asks of the engine. A back end
//! does it by an API key and within its scopes, the program around the engine by itself.

#[cfg(feature = "passkeys")]
mod challenge;
mod enroll;
mod manage;
#[cfg(feature = "passkeys")]
mod passkey;
mod verify;

#[cfg(feature = "passkeys")]
pub use challenge::HostChallenge;
pub use enroll::HostEnrolled;
pub use manage::{HostAuthenticator, HostUser};
#[cfg(feature = "passkeys")]
pub use passkey::BegunPasskey;
pub use verify::Verified;

use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::api_key::{Scope, Scopes};
use crate::audit::{Actor, Event, Outcome, Reason};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::{Engine, mismatch};
use crate::error::Error;
use crate::id::ApiKeyId;
use crate::port::store::{Authority, Change, Holdings, Once, Overview, Voucher};
use crate::session::{Origin, Token, TokenHash};
use crate::use_case::Caller;
use crate::user::{NameHash, UserId, UserKey, UserName, UserRecord};
use crate::vault::length_prefixed;
use crate::verdict::{Refusal, Verdict};

/// A request's name among those of one caller is remembered this long.
const REMEMBERED: Duration = Duration::from_hours(24);

/// The engine, as an application sees it.
pub struct Host<'a> {
    mfa: &'a Countersign,
    scopes: Scopes,
    origin: Origin,
}

/// A request that is to be done once, whatever the network does.
#[derive(Clone, Copy, Debug)]
pub struct Idempotency<'a> {
    /// The name that the caller gave it.
    pub key: &'a str,
    /// What is asked, such as `POST authenticators`.
    pub route: &'a str,
    /// The whole request.
    pub request: &'a [u8],
}

impl Countersign {
    /// For the program around the engine. `origin` tells of whom it speaks.
    pub fn host(&self, origin: Origin) -> Host<'_> {
        Host {
            mfa: self,
            scopes: Scopes::ALL,
            origin: Origin {
                actor: Actor::Host(None),
                ..origin
            },
        }
    }

    /// For a back end that showed its key.
    pub fn host_by(&self, caller: &Caller, origin: Origin) -> Host<'_> {
        Host {
            mfa: self,
            scopes: caller.scopes,
            origin: Origin {
                actor: Actor::Host(Some(caller.id)),
                ..origin
            },
        }
    }
}

impl Host<'_> {
    fn engine(&self) -> &Engine {
        &self.mfa.0
    }

    fn key(&self, user: &UserId) -> UserKey {
        user.key(&self.engine().realm.id)
    }

    fn caller(&self) -> Option<ApiKeyId> {
        match self.origin.actor {
            Actor::Host(key) => key,
            Actor::User | Actor::Operator | Actor::System => None,
        }
    }

    /// Why this is not the caller's to ask, if it is not: recorded.
    async fn lacks(&self, scope: Scope) -> Result<Option<Refusal>, Error> {
        if self.scopes.holds(scope) {
            return Ok(None);
        }
        let engine = self.engine();
        let draft = engine.draft(None, &self.origin, engine.now()?);
        let (event, reason) = (Event::ScopeMissing, Some(Reason::ScopeMissing));
        let row = engine.row(&draft, event, Outcome::Failure, reason, None)?;
        engine.change(Change::Record(row)).await?;
        Ok(Some(Refusal::ScopeMissing(scope)))
    }

    /// The right of a change, by the application's word and the user's proof.
    fn voucher(&self, proof: Option<&str>, now: Timestamp) -> Result<Authority, Refusal> {
        let proof = match proof.map(Token::parse) {
            Some(None) => return Err(Refusal::ProofRequired),
            Some(Some(token)) => Some(self.engine().hash(&token)),
            None => None,
        };
        Ok(Authority::Host(Voucher {
            now,
            proof,
            demanded: self.engine().policy.host_proof,
        }))
    }

    /// A voucher that needs no proof.
    const fn word(now: Timestamp) -> Authority {
        Authority::Host(Voucher {
            now,
            proof: None,
            demanded: false,
        })
    }

    fn named(&self, user: UserKey, once: Option<Idempotency<'_>>, now: Timestamp) -> Option<Named> {
        let once = once?;
        let caller = self.caller().map(|key| *key.as_bytes()).unwrap_or_default();
        let (route, key) = (once.route.as_bytes(), once.key.as_bytes());
        Some(Named {
            name: hash(&[b"request", &caller, route, &user.0, key]),
            request: hash(&[once.request]),
            now,
        })
    }

    async fn overview(&self, user: UserKey) -> Result<Option<Box<Overview>>, Error> {
        let engine = self.engine();
        engine.overview(user, engine.now()?).await
    }

    /// The user's row; made at their first enrollment.
    async fn ensure(
        &self,
        id: &UserId,
        account: &str,
        now: Timestamp,
    ) -> Result<UserRecord, Error> {
        let engine = self.engine();
        let key = self.key(id);
        if let Some(user) = engine.user(key).await? {
            return Ok(*user);
        }
        let record = new_user(engine, id, account, now)?;
        let draft = engine.draft(Some(&record), &self.origin, now);
        let reason = Some(Reason::ByHost);
        let audit = engine.row(&draft, Event::UserCreated, Outcome::Success, reason, None)?;
        engine
            .change(Change::EnsureUser(Box::new(record), audit))
            .await?;
        // Whoever made it: this one, or a request beside it.
        engine
            .user(key)
            .await?
            .map(|user| *user)
            .ok_or_else(mismatch)
    }
}

/// The row of a user whom an application keeps.
pub(super) fn new_user(
    engine: &Engine,
    id: &UserId,
    account: &str,
    now: Timestamp,
) -> Result<UserRecord, Error> {
    let key = id.key(&engine.realm.id);
    Ok(UserRecord {
        key,
        id: id.clone(),
        realm: engine.realm.id.clone(),
        handle: crate::clock::random(&*engine.random)?,
        name: account.to_owned(),
        name_hash: reserved(&key),
        admin: false,
        enabled: true,
        password: None,
        password_version: 0,
        created_at: now,
        sessions_valid_from: now,
    })
}

/// A request's name, hashed.
#[derive(Clone, Copy)]
pub(super) struct Named {
    name: TokenHash,
    request: TokenHash,
    now: Timestamp,
}

impl Named {
    /// The change that makes what has the id `made`, at most once.
    pub(super) fn once(self, made: [u8; 16], change: Change) -> Change {
        let once = Once {
            name: self.name,
            request: self.request,
            made,
            now: self.now,
            expires_at: self.now.plus(REMEMBERED),
        };
        Change::Once(once, Box::new(change))
    }
}

fn hash(parts: &[&[u8]]) -> TokenHash {
    let mut hash = Sha256::new();
    length_prefixed(parts, |part| hash.update(part));
    TokenHash(hash.finalize().into())
}

/// An application's users sign in there: the place of their name is taken by nobody else's.
fn reserved(user: &UserKey) -> NameHash {
    let TokenHash(hash) = hash(&[b"countersign host user", &user.0]);
    let mut short = [0; 16];
    short.iter_mut().zip(hash).for_each(|(to, from)| *to = from);
    NameHash(short)
}

/// What authenticators show of the account: 1..=64 characters, no colon, no control character.
fn account_name(text: &str) -> Result<String, Refusal> {
    let name = UserName::parse(text).map_err(|_| Refusal::AccountNameInvalid)?;
    Ok(name.shown().to_owned())
}

/// What an application is told where the user needs a proof.
fn refusal(holdings: Holdings, changed: crate::port::store::Changed) -> Refusal {
    match super::account::refusal(holdings, changed) {
        Refusal::ReauthenticationRequired { .. } => Refusal::ProofRequired,
        other => other,
    }
}

/// The verdict of a change that can be done or refused.
fn verdict<T>(holdings: Holdings, changed: crate::port::store::Changed, done: T) -> Verdict<T> {
    match changed {
        crate::port::store::Changed::Done => Verdict::Accepted(done),
        other => Verdict::Refused(refusal(holdings, other)),
    }
}
