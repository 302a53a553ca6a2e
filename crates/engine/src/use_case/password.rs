//! A name and a password, from admit to judgement: by the store's sealed hash, or by the application's
//! directory. Their settlement is the caller's.

use std::net::IpAddr;

use crate::audit::Event;
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::hashing::Permit;
use crate::port::store::{Admit, AdmitPassword, Gate, SettleKind, Whose};
use crate::secret_text::Password;
use crate::use_case::directory::Asking;
use crate::user::UserName;
use crate::verification::{Attempt, Closed, Judgement, What};
use crate::view::Client;

/// What was typed, where and for what.
pub(super) struct Typed<'a> {
    pub(super) name: &'a UserName,
    pub(super) password: &'a Password,
    pub(super) client: &'a Client,
    pub(super) gate: Gate,
    pub(super) event: Event,
    pub(super) now: Timestamp,
}

impl Typed<'_> {
    /// Counts it and judges it. A place to be judged at is taken before anything is counted.
    pub(super) async fn check(
        &self,
        engine: &Engine,
    ) -> Result<Result<(Attempt, Judgement), Closed>, Error> {
        if let Some(asking) = Asking::begin(engine, self.client)? {
            return Ok(match self.admit(engine, Whose::Directory).await? {
                Ok(attempt) => Ok(asking.judge(engine, self, attempt).await?),
                Err(closed) => Err(closed),
            });
        }
        let known = engine.known_hash(self.client.known.as_ref());
        let permit = engine.hasher.permit(1, known.is_some())?;
        Ok(match self.admit(engine, Whose::Name).await? {
            Ok(attempt) => {
                let judgement = self.judge(engine, &permit, &attempt).await?;
                Ok((attempt, judgement))
            }
            Err(closed) => Err(closed),
        })
    }

    async fn admit(&self, engine: &Engine, whose: Whose) -> Result<Result<Attempt, Closed>, Error> {
        let Self {
            name,
            client,
            gate,
            event,
            now,
            ..
        } = *self;
        let subject = engine.vault.subject(&engine.realm.id, name);
        let what = What {
            kind: SettleKind::Password,
            event,
            gate,
            now,
            subject: Some(subject),
        };
        let known = engine.known_hash(client.known.as_ref());
        let bucket = engine.vault.bucket(&network(client.origin.address));
        let admit = |attempt| {
            let (name, limits) = (name.hash(&engine.realm.id), engine.policy.limits);
            Admit::Password(AdmitPassword {
                attempt,
                now,
                subject,
                whose,
                name,
                bucket,
                known,
                gate,
                limits,
            })
        };
        Attempt::admit(engine, what, &client.origin, admit).await
    }

    /// Exactly one Argon2id, whoever it is.
    async fn judge(
        &self,
        engine: &Engine,
        permit: &Permit,
        attempt: &Attempt,
    ) -> Result<Judgement, Error> {
        let (stored, failure) = match attempt.user().map(|user| engine.open_password(user)) {
            None => (None, None),
            Some(Ok(stored)) => (stored, None),
            Some(Err(failure)) => (None, Some(failure)),
        };
        let typed = self.password.normalized();
        let stored = stored
            .as_deref()
            .map(String::as_str)
            .filter(|_| typed.is_some());
        let input = typed.as_deref().map_or("", String::as_str);
        let right = engine
            .hasher
            .verify(permit, input.as_bytes(), stored)
            .await?;
        let enabled = attempt.user().is_some_and(|user| user.enabled);
        Ok(Judgement::of_password(right && enabled, failure))
    }
}

/// The network that a client's attempts are counted by: /32 or /64.
fn network(address: Option<IpAddr>) -> Vec<u8> {
    match address.map(|address| address.to_canonical()) {
        None => vec![0],
        Some(IpAddr::V4(address)) => address.octets().to_vec(),
        Some(IpAddr::V6(address)) => address.octets().iter().copied().take(8).collect(),
    }
}
