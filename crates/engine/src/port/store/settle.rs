//! Settle: what was judged becomes what happened, in one transaction, under a condition that repeats
//! what could have changed since admit.

use crate::audit::AuditRow;
use crate::authenticator::Status;
use crate::clock::Timestamp;
use crate::id::{AttemptId, AuthenticatorId, BackupCodeId};
use crate::port::store::change::Guard;
use crate::port::store::{Gate, Purpose};
use crate::session::{KnownBrowser, PendingRecord, SessionRecord, TokenHash};
use crate::throttle::Limits;
use crate::user::{NameHash, UserKey, UserRecord};
use crate::vault::{PasswordHash, RowMac, Sealed};

/// What kind of attempt is settled; it must be the one that was admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettleKind {
    /// A password.
    Password,
    /// A code.
    Code(Purpose),
    /// A backup code.
    BackupCode,
    /// A passkey.
    Passkey,
}

/// An attempt's end.
pub struct Settle {
    /// The attempt; it must be recorded and unsettled, else nothing is accepted.
    pub attempt: AttemptId,
    /// Its kind.
    pub kind: SettleKind,
    /// Now.
    pub now: Timestamp,
    /// Whose; none for a name that is nobody's, which is never accepted.
    pub user: Option<UserKey>,
    /// Whom a directory named as `user`. It comes with the match of an attempt that was admitted to be
    /// named, and with no other.
    pub named: Option<Named>,
    /// What was judged.
    pub judged: Judged,
    /// What must still be so.
    pub expect: Expect,
    /// What acceptance does.
    pub effect: Effect,
    /// The row for acceptance.
    pub accepted: AuditRow,
    /// The row for a code that was consumed before.
    pub already_used: AuditRow,
    /// The row for a refusal.
    pub refused: AuditRow,
    /// The row for a match whose condition no longer held.
    pub changed: AuditRow,
    /// What this failure does if it is the last of those allowed.
    pub exhaustion: Option<Exhaustion>,
    /// The limits in force.
    pub limits: Limits,
}

/// Whom a directory of the application's named with the right password. It is written with the
/// acceptance, or not at all.
pub struct Named {
    /// Their row and its audit row, for whom there was none; nothing is done where there is one by now.
    pub new: Option<Box<(UserRecord, AuditRow)>>,
    /// What they are called now.
    pub name: String,
    /// The name that was typed: it is theirs from now on, unless it is somebody else's.
    pub typed: NameHash,
}

/// What the comparison said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Judged {
    /// Right, if everything listed can be consumed. An empty list consumes nothing (a password, or
    /// a backup code typed back).
    Match(Vec<Consumption>),
    /// Wrong.
    NoMatch,
}

/// One conditional consumption.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consumption {
    /// The moving factor `at` of an authenticator, which must have `status` and `next <= at`; then
    /// `next = at + 1` and, where given, the drift is learned.
    Step {
        /// The authenticator.
        authenticator: AuthenticatorId,
        /// The highest matching step or counter.
        at: u64,
        /// The status it must have: active, or pending where it is confirmed.
        status: Status,
        /// The drift learned.
        drift: Option<i8>,
    },
    /// An unused code of the user's current, unvoided set.
    BackupCode {
        /// The code.
        code: BackupCodeId,
        /// Its set's version.
        version: i64,
    },
    /// A challenge: its hash must not be among the used ones, and is from now on, until it expires.
    Challenge(UsedChallenge),
    /// An assertion of an active passkey: the counter, which never goes down, and what it said of
    /// itself. It comes with the challenge that it signed, always.
    Assertion {
        /// The passkey.
        authenticator: AuthenticatorId,
        /// The counter that it was judged by: it must be that still, or an answer of a copy in the
        /// meantime would go unseen. None where the policy takes any.
        judged_at: Option<u32>,
        /// The counter it sent.
        sign_count: u32,
        /// Whether it is synced now.
        backup_state: bool,
        /// Whether user verification was shown, now or before.
        uv_initialized: bool,
    },
}

/// A challenge that is used up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UsedChallenge {
    /// Its hash.
    pub hash: TokenHash,
    /// Until when it could be answered, and so until when its use must be remembered.
    pub expires_at: Timestamp,
}

/// What must still be so at the commit, beside what is consumed: the user is enabled always.
#[derive(Clone, Copy, Debug)]
pub struct Expect {
    /// The gate stands.
    pub gate: Gate,
    /// The user's password version, where a password or a pending login is involved.
    pub password_version: Option<i64>,
    /// The current backup set's version, where a code of it is involved.
    pub backup_set: Option<i64>,
}

/// A set of backup codes to be stored: per code its id, selector and sealed hash.
pub struct BackupCodes {
    /// The set's version: one more than the newest.
    pub version: i64,
    /// The codes.
    pub codes: Vec<(BackupCodeId, u8, Sealed<PasswordHash>)>,
}

/// What acceptance does, in the same transaction.
pub enum Effect {
    /// Nothing more.
    None,
    /// The first step of a login: a pending login if the user has an authenticator that demands the
    /// second step, as it is at the commit; else the session.
    FirstStep {
        /// For a user with a second factor.
        pending: PendingRecord,
        /// For a user without.
        session: SessionRecord,
        /// The browser, remembered with the session.
        known: Option<KnownBrowser>,
    },
    /// The pending login of the gate is used up (it must be unused) and becomes this session.
    OpenSession {
        /// The session.
        session: SessionRecord,
        /// The browser, remembered.
        known: Option<KnownBrowser>,
    },
    /// A passwordless login: the session begins. Only for a passkey, at an open gate.
    BeginSession {
        /// The session.
        session: SessionRecord,
        /// The browser, remembered.
        known: Option<KnownBrowser>,
    },
    /// The session of the gate ends and goes on as this one, worth more or fresher. With
    /// `only_without_mfa` the effect is refused if the user has an authenticator that demands the
    /// second step (a password alone is no fresh proof then).
    RaiseSession {
        /// Its successor.
        session: SessionRecord,
        /// The proof is a password alone.
        only_without_mfa: bool,
    },
    /// The pending enrollment becomes active; the session of the gate, if it is one, goes on as this
    /// one. Backup codes are stored only if the user has no current set, and then a set at exactly
    /// this version must not exist. Where it is the first that demands the second step, it ends
    /// whatever else was begun for this user, which took no proof of it.
    Activate {
        /// The authenticator.
        authenticator: AuthenticatorId,
        /// Its MAC as an active one.
        mac: RowMac,
        /// The successor of the session; none at the gate of an application's user.
        session: Option<SessionRecord>,
        /// The first set.
        backup_codes: BackupCodes,
    },
    /// The verification is proved by a token, which a change by [`super::Authority::Host`] uses up.
    /// Only at [`super::Gate::User`].
    Grant {
        /// The hash of the token.
        proof: TokenHash,
        /// Until when it can be used.
        expires_at: Timestamp,
        /// The user's device, remembered.
        known: Option<KnownBrowser>,
    },
    /// The user has typed one back.
    AcknowledgeBackupCodes,
    /// A new password: all other sessions, all pending logins and all known browsers end; the
    /// session of the gate goes on as this one.
    SetPassword {
        /// The guard of the change.
        guard: Guard,
        /// The sealed hash.
        hash: Sealed<PasswordHash>,
        /// Its version: one more than before.
        version: i64,
        /// The successor of the session.
        session: SessionRecord,
    },
}

/// What the last failure allowed does: suspends the user's active code authenticators, or voids the
/// backup codes, and says so.
pub struct Exhaustion {
    /// Each candidate's MAC as a suspended one; empty for backup codes.
    pub suspended: Vec<(AuthenticatorId, RowMac)>,
    /// The row for the suspension or voiding.
    pub exhausted: AuditRow,
    /// The row for half of an odds budget spent, written when this failure crosses it.
    pub half_spent: AuditRow,
    /// The row for an odds budget spent.
    pub spent: AuditRow,
}

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settled {
    /// Everything listed was consumed and the effect carried out.
    Accepted(Effected),
    /// It matched, and was consumed before.
    AlreadyUsed,
    /// It was wrong.
    Refused,
    /// It matched, but something else changed in between: nothing was consumed.
    Changed,
}

/// What acceptance did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effected {
    /// What was asked.
    Done,
    /// Of a first step: the pending login was opened.
    SecondStepDemanded,
    /// Of an activation: the backup codes given were stored.
    BackupCodesStored,
}
