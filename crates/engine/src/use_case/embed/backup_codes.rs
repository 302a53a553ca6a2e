//! Backup codes: counted, and replaced as a set. The first set comes with the first authenticator.

use super::Shown;
use crate::error::Error;
use crate::secret_text::BackupCodeList;
use crate::session::Token;
use crate::use_case::Host;
use crate::user::UserId;
use crate::verdict::Verdict;

/// Backup codes of the application's users.
#[must_use]
pub struct BackupCodes<'a> {
    host: Host<'a>,
    proof: Shown,
}

impl<'a> BackupCodes<'a> {
    pub(super) fn new(host: Host<'a>) -> Self {
        Self {
            host,
            proof: Shown::default(),
        }
    }

    /// The proof of a verification of this user ([`Verified::proof`](crate::Verified::proof)), used
    /// up by the change.
    pub fn proof(mut self, proof: &Token) -> Self {
        self.proof = Shown::of(proof);
        self
    }

    /// How many are left.
    pub async fn left(self, user: &UserId) -> Result<u32, Error> {
        let user = self.host.user(user).await?;
        Ok(user.backup_codes_left)
    }

    /// Makes a new set, to be shown once, and voids the old.
    pub async fn replace(self, user: &UserId) -> Result<Verdict<BackupCodeList>, Error> {
        self.host
            .replace_backup_codes(user, self.proof.text(), None)
            .await
    }
}
