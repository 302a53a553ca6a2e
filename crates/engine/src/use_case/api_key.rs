//! API keys: made and revoked by an operator, recognized at each request of a back end.

use std::time::Duration;

use crate::api_key::{ApiKey, ApiKeyRecord, Scopes};
use crate::audit::{Actor, Event, Reason};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::mismatch;
use crate::error::{Error, VaultFailure};
use crate::id::ApiKeyId;
use crate::port::store::{Change, Changed, Found, Read};
use crate::realm::RealmId;
use crate::use_case::Operator;
use crate::vault::RowMac;
use crate::verdict::{Refusal, Verdict};

/// A use is noted at most this often.
const NOTED: Duration = Duration::from_mins(1);

/// A key to be made.
#[derive(Clone, Debug)]
pub struct NewKey<'a> {
    /// What the operator calls it: 1..=64 characters, no control characters.
    pub name: &'a str,
    /// What it may ask for.
    pub scopes: Scopes,
    /// How long it lives, if not forever.
    pub lifetime: Option<Duration>,
}

/// A back end that showed a living key.
#[derive(Clone, Debug)]
pub struct Caller {
    pub(super) id: ApiKeyId,
    pub(super) realm: RealmId,
    pub(super) scopes: Scopes,
    name: String,
}

impl Caller {
    /// The key's public name.
    pub const fn id(&self) -> ApiKeyId {
        self.id
    }

    /// The realm that the key is for.
    pub const fn realm(&self) -> &RealmId {
        &self.realm
    }

    /// What the operator calls it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it may ask for.
    pub const fn scopes(&self) -> Scopes {
        self.scopes
    }
}

/// Why a key opens nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyRefusal {
    /// No key could look like this: it was cut, or typed wrong.
    Malformed,
    /// It is unknown here, expired or revoked.
    Unknown,
}

impl Countersign {
    /// Recognizes a key of this realm. A row that is not what was written opens nothing.
    pub async fn recognize_key(&self, text: &str) -> Result<Result<Caller, KeyRefusal>, Error> {
        let here = |realm: &RealmId| (*realm == self.0.realm.id).then(|| self.clone());
        let recognized = self.recognize_key_among(text, here).await?;
        Ok(recognized.map(|(_, caller)| caller))
    }

    /// Recognizes a key, and the engine that it is for, among those that `realms` knows.
    pub async fn recognize_key_among(
        &self,
        text: &str,
        realms: impl FnOnce(&RealmId) -> Option<Self>,
    ) -> Result<Result<(Self, Caller), KeyRefusal>, Error> {
        let Some(key) = ApiKey::parse(text) else {
            return Ok(Err(KeyRefusal::Malformed));
        };
        let now = self.0.now()?;
        let Found::ApiKey(found) = self.0.store.read(Read::ApiKey(key.hash())).await? else {
            return Err(mismatch());
        };
        let Some(row) = found.filter(|row| row.lives(now)) else {
            return Ok(Err(KeyRefusal::Unknown));
        };
        let Some(mfa) = realms(&row.realm).filter(|mfa| mfa.0.realm.id == row.realm) else {
            return Ok(Err(KeyRefusal::Unknown));
        };
        row.check(&self.0.vault).map_err(VaultFailure::from)?;
        let unnoted = |last: Timestamp| now.since(last) >= NOTED;
        if row.last_used_at.is_none_or(unnoted) {
            self.0
                .change(Change::TouchApiKey { id: row.id, now })
                .await?;
        }
        let caller = Caller {
            id: row.id,
            realm: row.realm,
            scopes: row.scopes,
            name: row.name,
        };
        Ok(Ok((mfa, caller)))
    }
}

impl Operator<'_> {
    /// Makes a key, which is given once, here. Two that live may share a name, so that one can take
    /// over from the other.
    pub async fn create_api_key(
        &self,
        new: NewKey<'_>,
    ) -> Result<Verdict<(ApiKeyRecord, ApiKey)>, Error> {
        let engine = &self.mfa.0;
        let now = engine.now()?;
        let Ok(name) = crate::authenticator::Label::parse(new.name) else {
            return Ok(Verdict::Refused(Refusal::LabelInvalid));
        };
        let key = ApiKey::generate(&*engine.random)?;
        let record = ApiKeyRecord {
            id: ApiKeyId::generate(now, &*engine.random)?,
            realm: engine.realm.id.clone(),
            name: name.as_str().to_owned(),
            hash: key.hash(),
            scopes: new.scopes,
            created_at: now,
            expires_at: new.lifetime.map(|span| now.plus(span)),
            last_used_at: None,
            revoked_at: None,
            mac: RowMac::empty(),
        }
        .seal(&engine.vault);
        let (event, reason) = (Event::ApiKeyChanged, Some(Reason::Created));
        let audit = self.row(None, Actor::Operator, event, reason, None, now)?;
        let change = Change::CreateApiKey(Box::new(record.clone()), audit);
        Ok(match engine.change(change).await? {
            Changed::Done => Verdict::Accepted((record, key)),
            Changed::TooMany => Verdict::Refused(Refusal::NameTaken),
            _ => Verdict::Refused(Refusal::Conflict),
        })
    }

    /// The keys of this realm, revoked ones too, oldest first.
    pub async fn api_keys(&self) -> Result<Vec<ApiKeyRecord>, Error> {
        let engine = &self.mfa.0;
        let Found::ApiKeys(mut keys) = engine.store.read(Read::ApiKeys).await? else {
            return Err(mismatch());
        };
        keys.retain(|key| key.realm == engine.realm.id);
        Ok(keys)
    }

    /// Revokes a key: it opens nothing from here on.
    pub async fn revoke_api_key(&self, id: ApiKeyId) -> Result<Verdict<()>, Error> {
        let engine = &self.mfa.0;
        let now = engine.now()?;
        let keys = self.api_keys().await?;
        let Some(mut key) = keys.into_iter().find(|key| key.id == id) else {
            return Ok(Verdict::Refused(Refusal::NotFound));
        };
        key.revoked_at = Some(now);
        let (event, reason) = (Event::ApiKeyChanged, Some(Reason::Revoked));
        let audit = self.row(None, Actor::Operator, event, reason, None, now)?;
        let change = Change::RevokeApiKey {
            realm: engine.realm.id.clone(),
            id,
            now,
            mac: key.seal(&engine.vault).mac,
            audit,
        };
        self.done(change).await
    }
}
