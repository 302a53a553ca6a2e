//! The engine as an application holds it: built once, cloned freely, without a type parameter.

use std::sync::Arc;

#[cfg(feature = "passkeys")]
use countersign_webauthn::RelyingParty;
#[cfg(feature = "passkeys")]
use countersign_webauthn::error::RelyingPartyError;

use crate::assurance::Level;
#[cfg(feature = "passkeys")]
use crate::attestation::AttestationPolicy;
use crate::audit::{Event, Outcome};
use crate::clock::{Clock, Randomness, Timestamp};
use crate::directory::{Directory, DirectoryBounds};
use crate::engine::Engine;
use crate::error::{Error, Misuse};
use crate::hashing::{Hasher, Hashing};
use crate::policy::Policy;
use crate::port::directory::{DynDirectory, UserDirectory};
use crate::port::store::{Change, Changed, Store};
use crate::port::{Spawn, Timer};
use crate::realm::{Realm, RealmId};
use crate::session::Origin;
use crate::vault::{Keyring, KeyringError, Vault};
use crate::view::Session;

/// Multi-factor authentication over one store and one keyring. Cheap to clone.
#[derive(Clone)]
pub struct Countersign(pub(crate) Arc<Engine>);

impl Countersign {
    /// Begins to build one.
    pub fn builder(store: impl Store, keyring: &Keyring) -> Builder<'_, impl Store> {
        Builder {
            store,
            keyring,
            clock: None,
            random: None,
            spawn: None,
            timer: None,
            directory: None,
            parts: Parts::default(),
        }
    }

    /// The engine of another realm over the same store, keyring, clock and hashing pool. Nothing that
    /// one of them gives out is worth anything to the other. A directory of the application's is this
    /// realm's alone: the other has its users in the store.
    pub fn in_realm(&self, realm: Realm, policy: Policy) -> Result<Self, BuildError> {
        let here = &self.0;
        check(&realm, &policy)?;
        Ok(Self(Arc::new(Engine {
            #[cfg(feature = "passkeys")]
            rp: relying_party(&realm)?,
            store: Arc::clone(&here.store),
            vault: Arc::clone(&here.vault),
            clock: Arc::clone(&here.clock),
            random: Arc::clone(&here.random),
            spawn: Arc::clone(&here.spawn),
            hasher: Arc::clone(&here.hasher),
            directory: None,
            realm,
            policy,
            #[cfg(feature = "passkeys")]
            attestation: here.attestation.clone(),
        })))
    }

    /// The realm it serves.
    pub fn realm(&self) -> &Realm {
        &self.0.realm
    }

    /// The origins that may use the realm's passkeys, as `/.well-known/webauthn` lists them.
    #[cfg(feature = "passkeys")]
    pub fn passkey_origins(&self) -> Vec<&str> {
        self.0.rp.related_origins().origins
    }

    /// Whether names and passwords are in the store. Not where the application has a directory of its own:
    /// then no password is set or changed here.
    pub fn keeps_passwords(&self) -> bool {
        self.0.directory.is_none()
    }

    /// The policy in force.
    pub fn policy(&self) -> &Policy {
        &self.0.policy
    }

    /// The injected clock's time.
    pub fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    /// Argon2id hashes done since the start.
    pub fn hashes_performed(&self) -> u64 {
        self.0.hasher.performed()
    }

    /// The value of a cookie that binds forms before there is a session: 256 random bits.
    pub fn new_form_binding(&self) -> Result<String, Error> {
        let bytes: [u8; 32] = crate::clock::random(&*self.0.random)?;
        Ok(data_encoding::BASE64URL_NOPAD.encode(&bytes))
    }

    /// The token of a form beside the cookie `binding`.
    pub fn form_token(&self, binding: &str) -> String {
        self.0.vault.form_token(&self.0.realm.id, binding)
    }

    /// Whether a form's token belongs to the cookie beside it.
    pub fn check_form_token(&self, binding: &str, token: &str) -> bool {
        self.0
            .vault
            .check_form_token(&self.0.realm.id, binding, token)
    }

    /// Whether a change that needs a fresh proof would pass now: at most as old as the policy says,
    /// at the strongest level the user has (rule 7). The store checks it again when it changes.
    pub fn is_fresh(&self, session: &Session) -> bool {
        let strongest = if session.holdings().demanding() > 0 {
            Level::Aal2
        } else {
            Level::Aal1
        };
        let assurance = session.assurance();
        self.now().since(assurance.auth_time) <= self.0.policy.fresh && assurance.level >= strongest
    }

    /// Records a security event that only the caller sees.
    pub async fn record(&self, event: Event, origin: Origin) -> Result<(), Error> {
        let now = self.0.now()?;
        let row = self.0.row(
            &self.0.draft(None, &origin, now),
            event,
            Outcome::Failure,
            None,
            None,
        )?;
        self.0.change(Change::Record(row)).await.map(|_| ())
    }

    /// Removes what has expired and can no longer matter; to be called every minute. Returns how
    /// many rows went.
    pub async fn purge(&self) -> Result<u64, Error> {
        match self
            .0
            .change(Change::Purge {
                now: self.0.now()?,
                most: 1000,
            })
            .await?
        {
            Changed::Purged(rows) => Ok(rows),
            _ => Ok(0),
        }
    }
}

/// Builds a [`Countersign`]. Clock, randomness and the way to spawn have no default: they are chosen
/// where the process is wired.
#[must_use]
pub struct Builder<'a, S> {
    store: S,
    keyring: &'a Keyring,
    clock: Option<Arc<dyn Clock>>,
    random: Option<Arc<dyn Randomness>>,
    spawn: Option<Arc<dyn Spawn>>,
    timer: Option<Arc<dyn Timer>>,
    directory: Option<Arc<dyn DynDirectory>>,
    parts: Parts,
}

struct Parts {
    realm: Realm,
    policy: Policy,
    #[cfg(feature = "passkeys")]
    attestation: AttestationPolicy,
    hashing: Hashing,
    bounds: DirectoryBounds,
}

impl Default for Parts {
    fn default() -> Self {
        let realm = Realm {
            id: RealmId::default(),
            issuer: "Countersign".to_owned(),
            rp_id: "localhost".to_owned(),
            origins: vec!["http://localhost:8080".to_owned()],
            related_origins: Vec::new(),
            audience: "http://localhost:8080".to_owned(),
        };
        Self {
            realm,
            policy: Policy::default(),
            #[cfg(feature = "passkeys")]
            attestation: AttestationPolicy::default(),
            hashing: Hashing::default(),
            bounds: DirectoryBounds::default(),
        }
    }
}

/// Why an engine could not be built.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BuildError {
    /// A part without a default was not given.
    #[error("no {0} was given")]
    Missing(&'static str),
    /// A part is out of range.
    #[error(transparent)]
    Misuse(#[from] Misuse),
    /// RP ID and origins do not fit together.
    #[cfg(feature = "passkeys")]
    #[error(transparent)]
    RelyingParty(#[from] RelyingPartyError),
    /// The keyring cannot be used.
    #[error(transparent)]
    Keyring(#[from] KeyringError),
    /// The hashing threads did not start.
    #[error("the hashing threads did not start")]
    Threads(#[source] std::io::Error),
}

impl<S: Store> Builder<'_, S> {
    /// Where time comes from.
    pub fn clock(mut self, clock: impl Clock) -> Self {
        self.clock = Some(Arc::new(clock));
        self
    }

    /// Where randomness comes from.
    pub fn randomness(mut self, random: impl Randomness) -> Self {
        self.random = Some(Arc::new(random));
        self
    }

    /// How work is started that nobody may cancel.
    pub fn spawn(mut self, spawn: impl Spawn) -> Self {
        self.spawn = Some(Arc::new(spawn));
        self
    }

    /// How to wait, such as `tokio::time::sleep`; a directory needs it.
    pub fn timer(mut self, timer: impl Timer) -> Self {
        self.timer = Some(Arc::new(timer));
        self
    }

    /// The application's own users: names and passwords are checked by it, and the store keeps none.
    pub fn directory(mut self, users: impl UserDirectory) -> Self {
        self.directory = Some(Arc::new(users));
        self
    }

    /// How long a directory may take, and how often it is asked at once, if not the default.
    pub fn directory_bounds(mut self, bounds: DirectoryBounds) -> Self {
        self.parts.bounds = bounds;
        self
    }

    /// The realm; `default` on localhost unless given.
    pub fn realm(mut self, realm: Realm) -> Self {
        self.parts.realm = realm;
        self
    }

    /// What authenticator apps and passkeys show as the application's name: no colon, 1..=64 bytes.
    pub fn issuer(mut self, issuer: impl Into<String>) -> Self {
        self.parts.realm.issuer = issuer.into();
        self
    }

    /// Where passkeys are used: the RP ID, and the origins under it, the application's own first.
    pub fn relying_party(
        mut self,
        id: impl Into<String>,
        origins: impl IntoIterator<Item: Into<String>>,
    ) -> Self {
        let realm = &mut self.parts.realm;
        realm.rp_id = id.into();
        realm.origins = origins.into_iter().map(Into::into).collect();
        if let Some(own) = realm.origins.first() {
            realm.audience.clone_from(own);
        }
        self
    }

    /// The policy, if not the default.
    pub fn policy(mut self, policy: Policy) -> Self {
        self.parts.policy = policy;
        self
    }

    /// Which authenticators may become passkeys; any unless given.
    #[cfg(feature = "passkeys")]
    pub fn attestation(mut self, policy: AttestationPolicy) -> Self {
        self.parts.attestation = policy;
        self
    }

    /// The size of the hashing pool, if not the default.
    pub fn hashing(mut self, hashing: Hashing) -> Self {
        self.parts.hashing = hashing;
        self
    }

    /// Checks everything and starts the hashing threads.
    pub fn build(self) -> Result<Countersign, BuildError> {
        check(&self.parts.realm, &self.parts.policy)?;
        #[cfg(feature = "passkeys")]
        let rp = relying_party(&self.parts.realm)?;
        let directory = match (self.directory, self.timer) {
            (None, _) => None,
            (Some(_), None) => return Err(BuildError::Missing("timer")),
            (Some(users), Some(timer)) => Some(Directory::new(users, timer, self.parts.bounds)),
        };
        Ok(Countersign(Arc::new(Engine {
            #[cfg(feature = "passkeys")]
            rp,
            store: Arc::new(self.store),
            vault: Arc::new(Vault::new(self.keyring)?),
            clock: self.clock.ok_or(BuildError::Missing("clock"))?,
            random: self.random.ok_or(BuildError::Missing("randomness"))?,
            spawn: self.spawn.ok_or(BuildError::Missing("way to spawn"))?,
            hasher: Arc::new(Hasher::start(self.parts.hashing).map_err(BuildError::Threads)?),
            directory,
            realm: self.parts.realm,
            policy: self.parts.policy,
            #[cfg(feature = "passkeys")]
            attestation: self.parts.attestation,
        })))
    }
}

/// Whether a realm can be served under this policy.
fn check(realm: &Realm, policy: &Policy) -> Result<(), BuildError> {
    policy.check()?;
    countersign_otp::validate_label(&realm.issuer).map_err(|_| Misuse::Issuer)?;
    Ok(())
}

#[cfg(feature = "passkeys")]
fn relying_party(realm: &Realm) -> Result<RelyingParty, RelyingPartyError> {
    RelyingParty::new(&realm.rp_id, &realm.issuer, &realm.origins)?
        .with_related_origins(&realm.related_origins)
}
