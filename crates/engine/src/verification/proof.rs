//! The end of the proof chain: what a right and consumed code is worth. Only the settlement makes one.

use crate::assurance::Assurance;
use crate::id::{AttemptId, AuthenticatorId};
use crate::user::UserKey;

/// An accepted verification: matched, consumed in the store and recorded. It has no public
/// constructor and no `Clone`: whoever holds one was handed it by an acceptance, and hands it on once.
#[must_use]
pub struct Acceptance {
    user: UserKey,
    attempt: AttemptId,
    authenticator: Option<AuthenticatorId>,
    assurance: Assurance,
}

impl Acceptance {
    pub(super) const fn new(
        user: UserKey,
        attempt: AttemptId,
        authenticator: Option<AuthenticatorId>,
        assurance: Assurance,
    ) -> Self {
        Self {
            user,
            attempt,
            authenticator,
            assurance,
        }
    }

    /// Whose it is.
    pub const fn user(&self) -> UserKey {
        self.user
    }

    /// The verification's id.
    pub const fn id(&self) -> AttemptId {
        self.attempt
    }

    /// The authenticator that matched; none for a backup code.
    pub const fn authenticator(&self) -> Option<AuthenticatorId> {
        self.authenticator
    }

    /// What it is worth.
    pub const fn assurance(&self) -> Assurance {
        self.assurance
    }
}
