//! What can go wrong, by whose fault; a refusal of a person's input is no error but a verdict.

use std::time::Duration;

/// Anything that ends a use case without a verdict.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The caller gave something that can never work.
    #[error(transparent)]
    Misuse(#[from] Misuse),
    /// It could not be decided now; nobody was let in.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The store holds something that this code cannot have written.
    #[error(transparent)]
    Inconsistent(#[from] Inconsistent),
}

/// The caller's bug or a malformed argument.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Misuse {
    /// A realm id out of its alphabet or length.
    #[error("a realm id is 1 to 63 of a-z, 0-9 and hyphen")]
    RealmId,
    /// A user id out of its length, with control characters, or a dot segment.
    #[error(
        "a user id is 1 to 128 bytes of UTF-8 without control characters, and neither . nor .."
    )]
    UserId,
    /// A login name that is empty, too long or holds control characters.
    #[error("a name is 1 to 64 characters without control characters")]
    UserName,
    /// An authenticator's label that is too long or holds control characters.
    #[error("a label is 1 to 64 characters without control characters")]
    Label,
    /// A passkey where a TOTP or HOTP was meant.
    #[error("this is for TOTP and HOTP authenticators")]
    Kind,
    /// An issuer or account that an authenticator app could not show.
    #[error("issuer and account are 1 to 64 characters without colon and control characters")]
    Issuer,
    /// More imported backup codes than are compared at one attempt.
    #[error("a user is imported with at most 20 backup codes")]
    ImportedCodes,
    /// A policy beyond what the standards allow.
    #[error("the policy is out of range: {0}")]
    Policy(&'static str),
}

/// Try later: a dependency did not answer as it must.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Unavailable {
    /// The store did not answer, or a commit's end is uncertain: not accepted, code burned.
    #[error("the store is unavailable: {0}")]
    Store(StoreFailure),
    /// The clock stands before 1970, or more than five seconds from the store's.
    #[error("the clock is wrong")]
    Clock,
    /// The random generator failed.
    #[error("the random generator failed")]
    Randomness,
    /// A secret does not open: wrong key, or a row that was changed. Deny, and raise the alarm.
    #[error("a sealed secret does not open: {0}")]
    Vault(VaultFailure),
    /// All hashing threads have a second of work before them.
    #[error("too busy, try again in {} s", retry_after.as_secs())]
    Busy {
        /// When to try again.
        retry_after: Duration,
    },
    /// The application's own directory of users did not say who it is.
    #[error("the directory is unavailable: {0}")]
    Directory(DirectoryFailure),
    /// The task that carried the work is gone.
    #[error("the work was interrupted")]
    Interrupted,
}

/// Why a store gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StoreFailure {
    /// Closed, or its thread has ended.
    #[error("it is closed")]
    Closed,
    /// Another process held it past the deadline.
    #[error("it is locked by another process")]
    Locked,
    /// No space, or a quota.
    #[error("it is full")]
    Full,
    /// It may not be written.
    #[error("it is read-only")]
    ReadOnly,
    /// Its schema is newer than this program.
    #[error("its schema is from a newer version")]
    Newer,
    /// The file is no store of ours, or is damaged.
    #[error("it is damaged or not a store")]
    Damaged,
    /// Input or output failed.
    #[error("input or output failed")]
    Io,
    /// A deadline passed.
    #[error("it took too long")]
    Deadline,
}

/// Why a directory of the application's gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DirectoryFailure {
    /// It said that it could not decide.
    #[error("it could not decide")]
    Failed,
    /// A deadline passed.
    #[error("it took too long")]
    Deadline,
}

/// Why a sealed value did not open. One opaque answer for tampering of any kind (ASVS 11.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultFailure {
    /// The keyring does not hold the key that the envelope names.
    #[error("its key is not in the keyring")]
    UnknownKey,
    /// The envelope or the row around it is not what was sealed.
    #[error("it is not what was sealed")]
    Tampered,
}

/// A row that this code cannot have written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("inconsistent row: {table}.{column}")]
pub struct Inconsistent {
    /// The table.
    pub table: &'static str,
    /// The column.
    pub column: &'static str,
}

impl From<StoreFailure> for Error {
    fn from(failure: StoreFailure) -> Self {
        Unavailable::Store(failure).into()
    }
}

impl From<VaultFailure> for Error {
    fn from(failure: VaultFailure) -> Self {
        Unavailable::Vault(failure).into()
    }
}
