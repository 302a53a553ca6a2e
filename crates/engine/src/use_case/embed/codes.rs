//! Authenticators that show codes: begun with a secret that is told once, confirmed by the first code.

use countersign_otp::{Algorithm, Digits};

use super::Shown;
use crate::authenticator::Kind;
use crate::enrollment::Enrollment;
use crate::error::Error;
use crate::id::AuthenticatorId;
use crate::session::Token;
use crate::use_case::{Host, HostEnrolled};
use crate::user::UserId;
use crate::verdict::Verdict;
use crate::view::EnrollmentOptions;

/// TOTP or HOTP authenticators of the application's users.
#[must_use]
pub struct Codes<'a> {
    host: Host<'a>,
    options: EnrollmentOptions,
    proof: Shown,
}

impl<'a> Codes<'a> {
    pub(super) fn new(host: Host<'a>, kind: Kind) -> Self {
        let options = EnrollmentOptions {
            kind,
            ..EnrollmentOptions::default()
        };
        Self {
            host,
            options,
            proof: Shown::default(),
        }
    }

    /// What the user calls it: 1..=64 characters.
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.options.label = Some(label.into());
        self
    }

    /// The HMAC's hash, if not SHA-1, which every app knows.
    pub const fn algorithm(mut self, algorithm: Algorithm) -> Self {
        self.options.algorithm = Some(algorithm);
        self
    }

    /// The length of a code, if not six.
    pub const fn digits(mut self, digits: Digits) -> Self {
        self.options.digits = Some(digits);
        self
    }

    /// The proof of a verification of this user ([`Verified::proof`](crate::Verified::proof)): needed
    /// once they have an authenticator, used up by the change.
    pub fn proof(mut self, proof: &Token) -> Self {
        self.proof = Shown::of(proof);
        self
    }

    /// Begins an enrollment; the app shows `account`. A pending one before it is replaced. The answer
    /// alone holds the secret. Without the proof that it takes it is refused with
    /// [`Refusal::ProofRequired`](crate::Refusal::ProofRequired).
    pub async fn begin_enrollment(
        self,
        user: &UserId,
        account: &str,
    ) -> Result<Verdict<Enrollment>, Error> {
        let Self {
            host,
            options,
            proof,
        } = self;
        host.begin_enrollment(user, account, options, proof.text(), None)
            .await
    }

    /// Finishes it by a code that the app shows, which is consumed. With the first authenticator of a
    /// user the answer has the backup codes, to be shown once.
    pub async fn confirm(
        self,
        user: &UserId,
        authenticator: AuthenticatorId,
        code: &str,
    ) -> Result<Verdict<HostEnrolled>, Error> {
        self.host
            .confirm_enrollment(user, authenticator, code)
            .await
    }
}
