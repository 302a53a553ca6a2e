//! The one translation of the engine's refusals and errors into problems.

use countersign::error::{Error, Misuse, Unavailable};
use countersign::{Refusal, Verdict};

use super::{Failure, Problem};

/// Takes what was accepted out of a verdict.
pub(crate) trait Settle<T> {
    /// What was accepted; a refusal or a throttle as a failure.
    fn settle(self) -> Result<T, Failure>;
}

impl<T> Settle<T> for Verdict<T> {
    fn settle(self) -> Result<T, Failure> {
        match self {
            Self::Accepted(content) => Ok(content),
            Self::Refused(refusal) => Err(refusal.into()),
            Self::Throttled {
                retry_at,
                retry_after,
            } => Err(Failure {
                retry_at: Some(retry_at),
                retry_after: Some(retry_after),
                ..Problem::Throttled.into()
            }),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        let mut failure = Self::from(problem(refusal));
        match refusal {
            Refusal::InvalidCode { clock_offset } => failure.clock_offset = clock_offset,
            Refusal::PasswordTooShort { least } => failure.minimum_length = Some(least),
            Refusal::ReauthenticationRequired { second_factor } => {
                failure.second_factor = second_factor;
            }
            Refusal::ScopeMissing(scope) => failure.scope = Some(scope),
            Refusal::AlreadyCreated(made) => failure.made = Some(Box::new(made)),
            _ => {}
        }
        failure
    }
}

fn problem(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::InvalidCredentials => Problem::InvalidCredentials,
        Refusal::PasswordStepRequired => Problem::PasswordStepRequired,
        Refusal::MalformedCode => Problem::MalformedCode,
        Refusal::InvalidCode { .. } => Problem::InvalidCode,
        Refusal::CodeAlreadyUsed => Problem::CodeAlreadyUsed,
        Refusal::CodesSuspended => Problem::CodesSuspended,
        Refusal::BackupCodesVoid => Problem::BackupCodesVoid,
        Refusal::InvalidPasskey => Problem::InvalidPasskey,
        Refusal::ChallengeExpired => Problem::ChallengeExpired,
        Refusal::ChallengeUsed => Problem::ChallengeUsed,
        Refusal::CredentialTaken => Problem::CredentialTaken,
        Refusal::AuthenticatorNotAllowed => Problem::AuthenticatorNotAllowed,
        Refusal::SessionRequired => Problem::SessionRequired,
        Refusal::ReauthenticationRequired { .. } => Problem::ReauthenticationRequired,
        Refusal::PasswordRequired => Problem::PasswordRequired,
        Refusal::SecondFactorRequired => Problem::SecondFactorRequired,
        Refusal::NoPendingSetup => Problem::NoPendingSetup,
        Refusal::NotFound => Problem::NotFound,
        Refusal::TooManyAuthenticators => Problem::TooManyAuthenticators,
        Refusal::LastAuthenticator => Problem::LastAuthenticator,
        Refusal::PasswordTooShort { .. } => Problem::PasswordTooShort,
        Refusal::PasswordTooLong => Problem::PasswordTooLong,
        Refusal::PasswordCommon => Problem::PasswordCommon,
        Refusal::PasswordElsewhere => Problem::PasswordElsewhere,
        Refusal::NameInvalid => Problem::NameInvalid,
        Refusal::NameTaken => Problem::NameTaken,
        Refusal::LabelInvalid => Problem::LabelInvalid,
        Refusal::LinkInvalid => Problem::LinkInvalid,
        Refusal::Conflict => Problem::Conflict,
        Refusal::ScopeMissing(_) => Problem::InsufficientScope,
        Refusal::ProofRequired => Problem::ProofRequired,
        Refusal::AccountNameInvalid => Problem::AccountNameInvalid,
        Refusal::AlreadyCreated(_) => Problem::AlreadyCreated,
        Refusal::IdempotencyKeyReused => Problem::IdempotencyKeyReused,
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Misuse(misuse) => misused(misuse).into(),
            Error::Unavailable(unavailable) => {
                tracing::warn!(reason = %unavailable, "could not decide");
                unavailable_now(&unavailable)
            }
            Error::Inconsistent(inconsistent) => {
                tracing::error!(reason = %inconsistent, "the store holds what nobody wrote");
                Problem::Internal.into()
            }
            // The engine keeps its errors open to more kinds; none of those lets anybody in.
            _ => Problem::Internal.into(),
        }
    }
}

fn misused(misuse: Misuse) -> Problem {
    match misuse {
        Misuse::UserName => Problem::NameInvalid,
        Misuse::Label => Problem::LabelInvalid,
        misuse => {
            tracing::error!(reason = %misuse, "the engine was misused");
            Problem::Internal
        }
    }
}

fn unavailable_now(unavailable: &Unavailable) -> Failure {
    match unavailable {
        Unavailable::Store(_) => Problem::StoreUnavailable.into(),
        Unavailable::Clock => Problem::ClockWrong.into(),
        Unavailable::Directory(_) => Problem::DirectoryUnavailable.into(),
        Unavailable::Vault(_) => Problem::SecretUnavailable.into(),
        Unavailable::Busy { retry_after } => Failure {
            retry_after: Some(*retry_after),
            ..Problem::Busy.into()
        },
        _ => Problem::Unavailable.into(),
    }
}
