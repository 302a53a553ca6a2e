//! What a program asks that has the engine inside: named after what is enrolled. It decides nothing:
//! all of it goes the way of [`Host`], by the program's own word.

mod backup_codes;
mod codes;
#[cfg(feature = "passkeys")]
mod passkeys;

pub use backup_codes::BackupCodes;
pub use codes::Codes;
#[cfg(feature = "passkeys")]
pub use passkeys::Passkeys;

use zeroize::Zeroizing;

#[cfg(feature = "passkeys")]
use super::HostChallenge;
use super::{Host, Verified};
use crate::authenticator::Kind;
use crate::countersign::Countersign;
use crate::error::Error;
use crate::secret_text::Proof;
use crate::session::{Origin, Token};
use crate::user::UserId;
use crate::verdict::Verdict;
use crate::view::Client;

impl Countersign {
    /// TOTP: authenticator apps (RFC 6238).
    pub fn totp(&self) -> Codes<'_> {
        self.host(Origin::default()).totp()
    }

    /// HOTP: authenticators that count (RFC 4226).
    pub fn hotp(&self) -> Codes<'_> {
        self.host(Origin::default()).hotp()
    }

    /// Passkeys and security keys (WebAuthn).
    #[cfg(feature = "passkeys")]
    pub fn passkeys(&self) -> Passkeys<'_> {
        self.host(Origin::default()).passkeys()
    }

    /// Backup codes.
    pub fn backup_codes(&self) -> BackupCodes<'_> {
        self.host(Origin::default()).backup_codes()
    }

    /// The ways to verify a user, and a challenge for their passkeys. Asking writes nothing.
    #[cfg(feature = "passkeys")]
    pub async fn challenge(&self, user: &UserId) -> Result<Verdict<HostChallenge>, Error> {
        self.host(Origin::default()).challenge(user).await
    }

    /// Verifies a user whose first step the application has seen: a code, a backup code or a passkey's
    /// answer, counted before it is judged and accepted once. A user who is unknown or has no such
    /// authenticator gets the refusal of a wrong one.
    ///
    /// `Err` is never a wrong code: nothing could be decided, and nobody is let in.
    pub async fn verify(
        &self,
        user: &UserId,
        proof: Proof,
        client: &Client,
    ) -> Result<Verdict<Verified>, Error> {
        let client = Client {
            origin: client.origin.clone(),
            known: client.known.as_ref().map(Token::duplicate),
        };
        let host = self.host(client.origin.clone());
        host.verify(user, proof, None, client).await
    }
}

impl<'a> Host<'a> {
    /// TOTP: authenticator apps (RFC 6238).
    pub fn totp(self) -> Codes<'a> {
        Codes::new(self, Kind::Totp)
    }

    /// HOTP: authenticators that count (RFC 4226).
    pub fn hotp(self) -> Codes<'a> {
        Codes::new(self, Kind::Hotp)
    }

    /// Passkeys and security keys (WebAuthn).
    #[cfg(feature = "passkeys")]
    pub fn passkeys(self) -> Passkeys<'a> {
        Passkeys::new(self)
    }

    /// Backup codes.
    pub fn backup_codes(self) -> BackupCodes<'a> {
        BackupCodes::new(self)
    }
}

/// The proof of a verification, as it is shown with a change.
#[derive(Default)]
struct Shown(Option<Zeroizing<String>>);

impl Shown {
    fn of(proof: &Token) -> Self {
        Self(Some(proof.reveal()))
    }

    fn text(&self) -> Option<&str> {
        self.0.as_ref().map(|text| text.as_str())
    }
}
