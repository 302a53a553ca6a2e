//! Verifying a user of an application's: the same way through as every other proof.

use super::Host;
#[cfg(feature = "passkeys")]
use super::challenge::answers;
use crate::api_key::Scope;
use crate::audit::{Event, Outcome, Reason};
use crate::clock::Timestamp;
use crate::engine::Engine;
use crate::error::Error;
use crate::port::store::{Change, Effect, Gate};
use crate::secret_text::Proof;
use crate::session::{Origin, Token};
use crate::use_case::verify::{Presentation, codes_left, judge, wrong};
use crate::user::{UserId, UserKey};
use crate::verdict::{Refusal, Verdict};
use crate::verification::Acceptance;
use crate::view::Client;

/// An accepted verification.
pub struct Verified {
    /// What it is worth.
    pub acceptance: Acceptance,
    /// The proof that a change of the user's authenticators takes: once, for a few minutes.
    pub proof: Token,
    /// The user's device, for the application to keep in a cookie: shown at the next verification
    /// it has a budget of its own. The one that was shown, or a new one.
    pub device: Token,
    /// How many backup codes are left, where one was used.
    pub backup_codes_left: Option<u32>,
}

impl Host<'_> {
    /// Verifies a user. One who is unknown, or has no such authenticator, gets
    /// [`Refusal::InvalidCode`] or [`Refusal::InvalidPasskey`]. A passkey's answer names its
    /// challenge by `challenge`. `client` is whom the application speaks of.
    pub async fn verify(
        &self,
        user: &UserId,
        proof: Proof,
        challenge: Option<&str>,
        mut client: Client,
    ) -> Result<Verdict<Verified>, Error> {
        if let Some(refusal) = self.lacks(Scope::Verify).await? {
            return Ok(Verdict::Refused(refusal));
        }
        if proof.is_passkey() && !answers(&proof, challenge) {
            return Ok(Verdict::Refused(Refusal::ChallengeExpired));
        }
        let key = self.key(user);
        client.origin.actor = self.origin.actor;
        self.mfa
            .0
            .detached(move |engine| async move { verify(&engine, key, &proof, client).await })
            .await
    }
}

async fn verify(
    engine: &Engine,
    user: UserKey,
    proof: &Proof,
    client: Client,
) -> Result<Verdict<Verified>, Error> {
    let now = engine.now()?;
    let presented = Presentation {
        gate: Gate::User(user),
        event: Event::Verification,
        now,
    };
    let gone = if proof.is_passkey() {
        Refusal::InvalidPasskey
    } else {
        Refusal::InvalidCode { clock_offset: None }
    };
    let (attempt, kind, judgement) = match judge(engine, presented, proof, &client).await? {
        Ok(judged) => judged,
        Err(refused) => {
            if refused.is_gone() {
                record_disabled(engine, user, &client.origin, now).await?;
            }
            return Ok(refused.verdict(now, gone));
        }
    };
    let token = engine.token(&user)?;
    let (device, known) = if let Some(device) = client.known.filter(|_| attempt.open.known) {
        (device, None)
    } else {
        let (device, record) = engine.new_known(now)?;
        (device, Some(record))
    };
    let effect = Effect::Grant {
        proof: engine.hash(&token),
        expires_at: now.plus(engine.policy.fresh),
        known,
    };
    let ended = attempt
        .settle(engine, judgement, effect, &client.origin, wrong(kind))
        .await?;
    let backup_codes_left = codes_left(engine, kind, &ended, user, now).await?;
    let ended = ended.verdict(kind, gone, |acceptance, _| acceptance);
    Ok(ended.flatten(|acceptance| match acceptance {
        Some(acceptance) => Verdict::Accepted(Verified {
            acceptance,
            proof: token,
            device,
            backup_codes_left,
        }),
        None => Verdict::Refused(gone),
    }))
}

/// A disabled user is refused before anything is counted; the trail has it all the same.
async fn record_disabled(
    engine: &Engine,
    user: UserKey,
    origin: &Origin,
    now: Timestamp,
) -> Result<(), Error> {
    let user = engine.user(user).await?;
    let draft = engine.draft(user.as_deref(), origin, now);
    let (event, reason) = (Event::Verification, Some(Reason::UserDisabled));
    let row = engine.row(&draft, event, Outcome::Failure, reason, None)?;
    engine.change(Change::Record(row)).await.map(drop)
}

/// Without passkeys no proof is the answer to a challenge.
#[cfg(not(feature = "passkeys"))]
const fn answers(_: &Proof, _: Option<&str>) -> bool {
    false
}
