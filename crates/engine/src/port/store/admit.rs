//! Admit: an attempt is written before it is evaluated, and counts as failed until it is settled.

use crate::authenticator::{
    AuthenticatorRecord, BackupCodeRecord, BackupSet, CredentialHash, PasskeyRecord,
};
use crate::clock::Timestamp;
use crate::id::AttemptId;
use crate::session::TokenHash;
use crate::throttle::{Limits, Odds};
use crate::user::{NameHash, Subject, UserKey, UserRecord};

/// An attempt to be recorded.
pub enum Admit {
    /// On a password.
    Password(AdmitPassword),
    /// On a code.
    Code(AdmitCode),
    /// On a backup code.
    BackupCode(AdmitBackupCode),
    /// On a passkey.
    Passkey(AdmitPasskey),
}

/// What must stand for an attempt to be admitted at all, and again when it is settled.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gate {
    /// Nothing: the first step of a login.
    Open,
    /// A pending login that is unused and unexpired, of an enabled user, at the password version that opened it.
    Pending(TokenHash),
    /// A living session of an enabled user.
    Session(TokenHash),
    /// The host vouches for the first factor of this user, who must not be disabled.
    User(UserKey),
}

/// Who keeps the password.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The store: it is the password of the name's user.
    Name,
    /// A directory of the application's. At an open gate only its answer names the user, by
    /// [`super::Settle::named`]; whoever holds the name here lends their known browsers, and the audit
    /// trail of what fails. At a session's gate it is that session's user, whatever the name.
    Directory,
}

/// An attempt on a password. Counted under `subject` and, in the window, under `bucket`: a client
/// address, or the known browser if `known` is one of this user's. All of it is the same for a name
/// that is nobody's.
#[derive(Clone, Copy, Debug)]
pub struct AdmitPassword {
    /// The attempt.
    pub attempt: AttemptId,
    /// Now.
    pub now: Timestamp,
    /// What it is counted under.
    pub subject: Subject,
    /// Who keeps the password.
    pub whose: Whose,
    /// The name that was typed.
    pub name: NameHash,
    /// The keyed hash of the client's address (/32 or /64).
    pub bucket: [u8; 16],
    /// The known-browser cookie's hash, if one came.
    pub known: Option<TokenHash>,
    /// What must stand.
    pub gate: Gate,
    /// The limits in force.
    pub limits: Limits,
}

/// What a code is typed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To verify: tried against all active authenticators, counted in the window, the consecutive
    /// failures and the odds budget.
    Verify,
    /// To confirm the pending enrollment: only that one is tried, only the window counts, since the
    /// secret it is judged by was just shown.
    Confirm,
}

/// An attempt on a code.
#[derive(Clone, Copy, Debug)]
pub struct AdmitCode {
    /// The attempt.
    pub attempt: AttemptId,
    /// Now.
    pub now: Timestamp,
    /// What must stand; it also says whose code.
    pub gate: Gate,
    /// What for.
    pub purpose: Purpose,
    /// Whether two consecutive codes were typed, to resynchronize a HOTP authenticator.
    pub pair: bool,
    /// What evaluating one authenticator of the row's kind costs; see [`Self::cost`].
    pub candidates: Candidates,
    /// The known-browser cookie's hash, if one came.
    pub known: Option<TokenHash>,
    /// The limits in force.
    pub limits: Limits,
}

/// How many candidates are evaluated for one authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Candidates {
    /// Of a TOTP: past + now + future steps.
    pub totp: u32,
    /// Of a HOTP: the look-ahead and the counter itself.
    pub hotp: u32,
}

impl AdmitCode {
    /// What this attempt costs against `authenticators`, in odds: the candidates of all of them, each
    /// at its own number of digits, whatever number was typed. A code of another length is never
    /// right, but it counts as a failure in a row, and must not do so for nothing. A pair of codes
    /// costs its square, at least one unit.
    pub fn cost(&self, authenticators: &[AuthenticatorRecord]) -> Odds {
        use crate::authenticator::Kind;
        if self.purpose == Purpose::Confirm {
            return Odds(0);
        }
        authenticators
            .iter()
            .map(|authenticator| match (authenticator.kind, self.pair) {
                (Kind::Totp, _) => Odds::of(self.candidates.totp, authenticator.digits.get()),
                (Kind::Hotp, false) => Odds::of(self.candidates.hotp, authenticator.digits.get()),
                (Kind::Hotp, true) => Odds(1),
                (Kind::Passkey, _) => Odds(0),
            })
            .fold(Odds(0), Odds::plus)
    }
}

/// An attempt on a backup code.
#[derive(Clone, Copy, Debug)]
pub struct AdmitBackupCode {
    /// The attempt.
    pub attempt: AttemptId,
    /// Now.
    pub now: Timestamp,
    /// What must stand; it also says whose code.
    pub gate: Gate,
    /// The first symbol typed; none to be judged by all that is left of an imported set.
    pub selector: Option<u8>,
    /// The known-browser cookie's hash, if one came.
    pub known: Option<TokenHash>,
    /// The limits in force.
    pub limits: Limits,
}

/// An attempt on a passkey. It cannot be guessed, so no window, row of failures or budget counts it;
/// it is recorded all the same, and settled once.
#[derive(Clone, Copy, Debug)]
pub struct AdmitPasskey {
    /// The attempt.
    pub attempt: AttemptId,
    /// Now.
    pub now: Timestamp,
    /// What must stand. With [`Gate::Open`] the credential itself says whose it is.
    pub gate: Gate,
    /// The credential that was presented.
    pub credential: CredentialHash,
    /// The known-browser cookie's hash, if one came.
    pub known: Option<TokenHash>,
}

/// What the store answers.
pub enum Admission {
    /// Recorded; judge it.
    Open(Box<Open>),
    /// Refused, and nothing recorded but a repeat of a window's throttle row.
    Throttled {
        /// Whom it concerns, if anybody.
        user: Option<Box<UserRecord>>,
        /// Not before this.
        retry_at: Timestamp,
        /// The window has a throttle row already, which was counted up; else the caller records
        /// one by [`super::Change::RecordThrottle`].
        recorded: bool,
    },
    /// Codes are refused to this class of clients, the backup codes are void, or all code
    /// authenticators are suspended: nothing recorded.
    Exhausted {
        /// Whom it concerns.
        user: Box<UserRecord>,
    },
    /// The gate does not stand, or there is no pending enrollment to confirm.
    Gone,
}

/// An admitted attempt and what it is judged by.
pub struct Open {
    /// The user; none for a name that is nobody's. A disabled user is given as they are. Of an attempt
    /// that is yet to be named ([`Whose::Directory`]) it is only who holds the name.
    pub user: Option<UserRecord>,
    /// The candidates: all active code authenticators, or the pending one.
    pub authenticators: Vec<AuthenticatorRecord>,
    /// The presented passkey, if it is an active one of this user's.
    pub passkey: Option<PasskeyRecord>,
    /// The code of the current set under the typed selector, used or not.
    pub backup_code: Option<BackupCodeRecord>,
    /// The unused codes of an imported set, where those were asked for: at most
    /// [`super::ImportedCodes::MOST`].
    pub imported_codes: Vec<BackupCodeRecord>,
    /// The user's newest set.
    pub backup_set: Option<BackupSet>,
    /// The known-browser cookie is this user's, unexpired.
    pub known: bool,
    /// Authenticators that demand the second step (active or suspended), of any kind.
    pub demanding: u32,
}

impl Open {
    /// The version of the set that a backup code is judged by.
    pub(crate) fn judged_set(&self) -> Option<i64> {
        let mut codes = self.backup_code.iter().chain(&self.imported_codes);
        codes.next().map(|code| code.version)
    }
}
