//! What a refusal is called on the command line, and what helps.

use countersign::{BuildError, RealmRefusal, Refusal};

/// A refusal in words.
pub fn text(refusal: Refusal) -> String {
    match refusal {
        Refusal::PasswordTooShort { least } => {
            return format!("the password has fewer than {least} characters");
        }
        Refusal::InvalidCredentials => "name or password is wrong",
        Refusal::PasswordStepRequired => "the password comes first",
        Refusal::MalformedCode => "this cannot be a code",
        Refusal::InvalidCode { .. } => "the code is wrong",
        Refusal::CodeAlreadyUsed => "the code was already used",
        Refusal::CodesSuspended => "codes are suspended",
        Refusal::BackupCodesVoid => "the backup codes are void",
        Refusal::InvalidPasskey => "the passkey's answer does not hold",
        Refusal::ChallengeExpired => "the passkey took too long",
        Refusal::ChallengeUsed => "the passkey's answer was already used",
        Refusal::CredentialTaken => "the passkey is enrolled already",
        Refusal::AuthenticatorNotAllowed => "the authenticator is none that may be used here",
        Refusal::SessionRequired => "there is no session",
        Refusal::ReauthenticationRequired { .. } => "a fresh proof is required",
        Refusal::PasswordRequired => "the password is required",
        Refusal::SecondFactorRequired => "the second factor is required",
        Refusal::NoPendingSetup => "there is no enrollment to confirm",
        Refusal::NotFound => "there is no such thing",
        Refusal::TooManyAuthenticators => "the user has as many authenticators as there may be",
        Refusal::LastAuthenticator => "the user has to keep one authenticator",
        Refusal::PasswordTooLong => "the password has more than 128 characters",
        Refusal::PasswordCommon => {
            "the password is among those that are tried first, or contains the user's or the server's name"
        }
        Refusal::PasswordElsewhere => "the application keeps the passwords",
        Refusal::NameInvalid => "a name has 1 to 64 characters and no control characters",
        Refusal::NameTaken => "there is already a user of this name",
        Refusal::LabelInvalid => "a label has 1 to 64 characters and no control characters",
        Refusal::LinkInvalid => "the link is expired or was used",
        Refusal::Conflict => "something else changed it at the same time; nothing was done",
        Refusal::ScopeMissing(_) => "the API key's scopes do not hold this",
        Refusal::ProofRequired => "the proof of a verification is required",
        Refusal::AccountNameInvalid => {
            "an account name has 1 to 64 characters, no colon and no control characters"
        }
        Refusal::AlreadyCreated(_) => "it was done before",
        Refusal::IdempotencyKeyReused => "another request had this idempotency key",
    }
    .to_owned()
}

/// What helps.
pub fn hint(refusal: Refusal) -> Option<&'static str> {
    match refusal {
        Refusal::PasswordTooShort { .. } => Some(
            "use at least 15 characters, or 8 for a user who has a second factor; a phrase of several words is good",
        ),
        Refusal::PasswordCommon => Some("use a phrase of several words that nobody else uses"),
        Refusal::NameTaken => Some("see who there is: countersign user list"),
        Refusal::Conflict => Some("look at the state and try again"),
        _ => None,
    }
}

/// What helps a realm.
pub fn of_realm(refusal: &RealmRefusal) -> Option<&'static str> {
    match refusal {
        RealmRefusal::Default => Some("change the configuration, then start the server again"),
        RealmRefusal::NameTaken => Some("change it with: countersign realm set NAME"),
        RealmRefusal::HostTaken => {
            Some("give each realm a host of its own; another port is not enough, cookies know none")
        }
        RealmRefusal::RpIdFixed => Some(
            "leave the RP ID, and name other sites by --related-origin; or have the owners of the \
             passkeys remove them first",
        ),
        RealmRefusal::Build(BuildError::RelyingParty(_)) => Some(
            "each origin's host is the RP ID or ends in a dot and it: \
             --rp-id example.com --origin https://login.example.com",
        ),
        _ => None,
    }
}
