//! Authentication with a credential (WebAuthn L3 §7.2): options, state, and what a caller stores;
//! refuses to ask for a discoverable credential without verifying the user.

mod finish;

use serde::{Deserialize, Serialize};

pub use finish::{Authenticated, StoredCredential};

use super::challenge::{Challenge, ChallengeHash};
use crate::base64url::{CredentialId, UserHandle};
use crate::option::{CredentialDescriptor, Hint, RequestOptions, TIMEOUT, UserVerification};
use crate::rp::RelyingParty;

/// An authentication to begin.
#[derive(Debug, Clone)]
#[must_use]
pub struct Authentication {
    user: Option<UserHandle>,
    allow: Vec<CredentialDescriptor>,
    user_verification: UserVerification,
    hints: Vec<Hint>,
}

impl Authentication {
    /// For a user who is known already: a second step, or a step-up. `credentials` are all of the
    /// user's. User verification is preferred.
    pub fn of_user(user: UserHandle, credentials: Vec<CredentialDescriptor>) -> Self {
        Self {
            user: Some(user),
            allow: credentials,
            user_verification: UserVerification::Preferred,
            hints: Vec::new(),
        }
    }

    /// For whoever answers: the passkey names the user, and verifying the user is the other factor.
    pub fn discoverable() -> Self {
        Self {
            user: None,
            allow: Vec::new(),
            user_verification: UserVerification::Required,
            hints: Vec::new(),
        }
    }

    /// Whether the user must be verified. A discoverable credential always must: as the only step
    /// it would else be one factor.
    pub fn user_verification(mut self, requirement: UserVerification) -> Self {
        if self.user.is_some() {
            self.user_verification = requirement;
        }
        self
    }

    /// What the user is likely to use.
    pub fn hints(mut self, hints: Vec<Hint>) -> Self {
        self.hints = hints;
        self
    }

    /// The options for the browser, and the state to keep (WebAuthn L3 §7.2 step 1).
    pub fn begin(
        self,
        rp: &RelyingParty,
        challenge: &Challenge,
    ) -> (RequestOptions, AuthenticationState) {
        let allowed = self.allow.iter().map(|descriptor| descriptor.id().clone());
        let state = AuthenticationState {
            challenge: challenge.hash(),
            user: self.user,
            allowed: allowed.collect(),
            user_verification: self.user_verification,
        };
        let options = RequestOptions {
            challenge: challenge.text(),
            timeout: TIMEOUT,
            rp_id: rp.id().to_owned(),
            allow_credentials: self.allow,
            user_verification: self.user_verification,
            hints: self.hints,
        };
        (options, state)
    }
}

/// What the server keeps of an authentication until the answer comes, for five minutes at most.
/// Finishing does not use it up: the store must, by the challenge's hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AuthenticationState {
    challenge: ChallengeHash,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    user: Option<UserHandle>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    allowed: Vec<CredentialId>,
    user_verification: UserVerification,
}

impl AuthenticationState {
    /// The state of [`Authentication::discoverable`] again, for a caller that keeps nothing but
    /// proves the challenge to be its own, by a MAC in it.
    pub fn discoverable(challenge: &Challenge) -> Self {
        Self {
            challenge: challenge.hash(),
            user: None,
            allowed: Vec::new(),
            user_verification: UserVerification::Required,
        }
    }

    /// The challenge's hash: what the store notes as used.
    pub fn challenge(&self) -> &ChallengeHash {
        &self.challenge
    }

    /// The user who was known when it began.
    pub fn user(&self) -> Option<&UserHandle> {
        self.user.as_ref()
    }
}
