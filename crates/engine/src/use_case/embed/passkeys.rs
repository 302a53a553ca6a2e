//! Passkeys: begun with options for the browser, finished by what it answers.

use countersign_webauthn::RegistrationResponse;

use super::Shown;
use crate::error::Error;
use crate::id::AuthenticatorId;
use crate::session::Token;
use crate::use_case::{BegunPasskey, Host, HostEnrolled};
use crate::user::UserId;
use crate::verdict::Verdict;

/// Passkeys of the application's users.
#[must_use]
pub struct Passkeys<'a> {
    host: Host<'a>,
    label: Option<String>,
    display: Option<String>,
    proof: Shown,
}

impl<'a> Passkeys<'a> {
    pub(super) fn new(host: Host<'a>) -> Self {
        Self {
            host,
            label: None,
            display: None,
            proof: Shown::default(),
        }
    }

    /// What the user calls it: 1..=64 characters; after its provider unless given.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = Some(label.into());
        self
    }

    /// A longer name, that the browser shows beside the account.
    pub fn display_name(mut self, name: impl Into<String>) -> Self {
        self.display = Some(name.into());
        self
    }

    /// The proof of a verification of this user ([`Verified::proof`](crate::Verified::proof)): needed
    /// once they have an authenticator, used up by the change.
    pub fn proof(mut self, proof: &Token) -> Self {
        self.proof = Shown::of(proof);
        self
    }

    /// Begins an enrollment: options for `navigator.credentials.create()`, which shows `account`.
    pub async fn begin(self, user: &UserId, account: &str) -> Result<Verdict<BegunPasskey>, Error> {
        let names = (account, self.display.as_deref());
        let (label, proof) = (self.label.as_deref(), self.proof.text());
        self.host
            .begin_passkey(user, names, label, proof, None)
            .await
    }

    /// Finishes it by what the browser answered. With the first authenticator of a user the answer
    /// has the backup codes, to be shown once.
    pub async fn finish(
        self,
        user: &UserId,
        authenticator: AuthenticatorId,
        response: RegistrationResponse,
    ) -> Result<Verdict<HostEnrolled>, Error> {
        self.host
            .confirm_passkey(user, authenticator, response)
            .await
    }
}
