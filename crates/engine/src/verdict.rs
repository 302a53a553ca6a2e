//! Verdicts: what a person's submission came to. A refusal is one of them, and no error: it was
//! committed, counted and recorded.

use std::time::Duration;

use crate::api_key::Scope;
use crate::clock::Timestamp;

/// What a submission came to.
#[derive(Debug)]
#[must_use]
pub enum Verdict<T> {
    /// Right; it is done.
    Accepted(T),
    /// Not.
    Refused(Refusal),
    /// Not evaluated: too many before it.
    Throttled {
        /// Not before this moment.
        retry_at: Timestamp,
        /// The same as a span from now, at least one second.
        retry_after: Duration,
    },
}

impl<T> Verdict<T> {
    /// The same verdict with its content changed.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Verdict<U> {
        match self {
            Self::Accepted(content) => Verdict::Accepted(change(content)),
            Self::Refused(refusal) => Verdict::Refused(refusal),
            Self::Throttled {
                retry_at,
                retry_after,
            } => Verdict::Throttled {
                retry_at,
                retry_after,
            },
        }
    }

    /// What was accepted, or why nothing was, for `?`. It is decided and recorded by now: the error
    /// takes nothing back.
    pub fn into_result(self) -> Result<T, NotAccepted> {
        match self {
            Self::Accepted(content) => Ok(content),
            Self::Refused(refusal) => Err(NotAccepted::Refused(refusal)),
            Self::Throttled { retry_at, .. } => Err(NotAccepted::Throttled { retry_at }),
        }
    }

    /// The verdict that `go_on` comes to, where this one is accepted.
    pub(crate) fn flatten<U>(self, go_on: impl FnOnce(T) -> Verdict<U>) -> Verdict<U> {
        match self {
            Self::Accepted(content) => go_on(content),
            Self::Refused(refusal) => Verdict::Refused(refusal),
            Self::Throttled {
                retry_at,
                retry_after,
            } => Verdict::Throttled {
                retry_at,
                retry_after,
            },
        }
    }

    pub(crate) fn throttled(retry_at: Timestamp, now: Timestamp) -> Self {
        let wait = retry_at.since(now);
        let whole = Duration::from_secs(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        Self::Throttled {
            retry_at,
            retry_after: whole.max(Duration::from_secs(1)),
        }
    }
}

/// A verdict that accepted nothing, as an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotAccepted {
    /// Refused.
    #[error("refused: {0:?}")]
    Refused(Refusal),
    /// Too many before it.
    #[error("throttled until {}", retry_at.rfc3339())]
    Throttled {
        /// Not before this moment.
        retry_at: Timestamp,
    },
}

/// Why not. After the first factor it may be told as it is; before it, there is only
/// [`Self::InvalidCredentials`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// Unknown name, wrong password, disabled user: one answer.
    InvalidCredentials,
    /// No pending login, or it is expired or used.
    PasswordStepRequired,
    /// No code could look like this: nothing was evaluated or counted.
    MalformedCode,
    /// The code is wrong.
    InvalidCode {
        /// Only where an enrollment is confirmed: the seconds by which the app's clock seems to be
        /// ahead (positive) or slow.
        clock_offset: Option<i64>,
    },
    /// The code was right, and was accepted before.
    CodeAlreadyUsed,
    /// Codes are not accepted from this client, or no longer at all: a backup code or a reset is
    /// the way in.
    CodesSuspended,
    /// Too many wrong backup codes in a row: the set is void.
    BackupCodesVoid,
    /// The passkey's answer does not hold: another site, another challenge, a wrong signature, or a
    /// credential that is not enrolled.
    InvalidPasskey,
    /// The challenge expired, or is none of this sign-in's.
    ChallengeExpired,
    /// The challenge was answered before.
    ChallengeUsed,
    /// The credential is enrolled already.
    CredentialTaken,
    /// The authenticator is none that may be used here, or does not show that it is.
    AuthenticatorNotAllowed,
    /// There is no session.
    SessionRequired,
    /// The session's proof is too old or too weak for this.
    ReauthenticationRequired {
        /// Whether it takes the second factor beside the password.
        second_factor: bool,
    },
    /// A step-up begins with the password.
    PasswordRequired,
    /// A step-up of a user with a second factor takes that too.
    SecondFactorRequired,
    /// There is no pending enrollment to confirm, or it expired.
    NoPendingSetup,
    /// There is no such thing of this user's.
    NotFound,
    /// The limit on authenticators is reached.
    TooManyAuthenticators,
    /// It is the user's last authenticator, and the policy wants one.
    LastAuthenticator,
    /// The password is shorter than it must be.
    PasswordTooShort {
        /// The fewest code points.
        least: u8,
    },
    /// The password is longer than 128 code points.
    PasswordTooLong,
    /// The password is one of those tried first.
    PasswordCommon,
    /// The application around the engine keeps the passwords: they are set and changed there.
    PasswordElsewhere,
    /// No name could look like this.
    NameInvalid,
    /// The name is somebody's.
    NameTaken,
    /// No label could look like this.
    LabelInvalid,
    /// The setup link is unknown, expired or used.
    LinkInvalid,
    /// Something else changed at the same time; nothing was done.
    Conflict,
    /// The API key's scopes do not hold this one.
    ScopeMissing(Scope),
    /// The user has an authenticator: this takes the proof of a verification, fresh and unused.
    ProofRequired,
    /// The account name is empty, longer than 64 characters, or has a colon or a control character.
    AccountNameInvalid,
    /// The request was done before, and made what has this id; it is not told again.
    AlreadyCreated([u8; 16]),
    /// Another request had this idempotency key.
    IdempotencyKeyReused,
}
