//! The pages of the front channel: what each one shows, and nothing about how it came to be so.
//!
//! A view struct holds plain text and small closed enums; handlers convert the engine's types into
//! them. Every sentence a person reads is in `templates/`, chosen there by those enums.

mod assets;
mod authenticator;
mod backup_codes;
mod chrome;
mod enrollment;
mod error;
mod lost_access;
mod notice;
mod overview;
mod passkey;
mod password;
mod problem_type;
mod reauthenticate;
mod second_step;
mod sessions;
mod setup;
mod sign_in;

#[cfg(test)]
mod tests;

pub use assets::{Asset, asset};
pub use authenticator::{RemoveAuthenticator, RenameAuthenticator, RenameProblem};
pub use backup_codes::{BackupCodes, RegenerateBackupCodes, TypeBackProblem, TypeOneBack};
pub use chrome::{Chrome, Moment, Steps, Wait};
pub use enrollment::{
    ClockDrift, ConfirmProblem, Drift, EnrollmentDone, EnrollmentRetry, EnrollmentScan,
    EnrollmentStart, StartProblem,
};
pub use error::{Fault, Problem};
pub use lost_access::LostAccess;
pub use notice::{Notice, Tone};
pub use overview::{
    AcceptedPasskeys, Activity, ActivityRow, AuthenticatorRow, AuthenticatorState, BackupCodesLeft,
    Kind, Overview,
};
pub use passkey::PasskeyStart;
pub use password::{ChangePassword, NewPasswordProblem, PasswordProblem};
pub use problem_type::{ProblemKind, ProblemType};
pub use reauthenticate::{Reason, Reauthenticate, ReauthenticateProblem, SecondFactor};
pub use second_step::{
    BackupCodeProblem, BackupCodeStep, ChooseMethod, CodeProblem, CodeStep, Method, PasskeyStep,
    PendingGone, ResyncStep,
};
pub use sessions::{EndOtherSessions, SessionRow};
pub use setup::{FirstAccount, FirstAccountProblem, SetupLinkGone};
pub use sign_in::{SignIn, SignInProblem, SignedOut};
