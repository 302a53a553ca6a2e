//! Changes that are no verification: a closed set, each with its audit row in the same transaction.

use std::time::Duration;

use crate::assurance::Level;
use crate::audit::AuditRow;
use crate::authenticator::{AuthenticatorRecord, CredentialHash, Label, PasskeyRecord};
use crate::clock::Timestamp;
use crate::id::{AuthenticatorId, SessionId};
use crate::port::store::{BackupCodes, UsedChallenge};
use crate::realm::RealmId;
use crate::session::{KnownBrowser, SessionRecord, TokenHash};
use crate::user::{Subject, UserKey, UserRecord};
use crate::vault::{PasswordHash, RowMac, Sealed};

/// The proof that a change demands (rule 7), checked by the store in the change's own transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Guard {
    /// The session: it must live and be the user's.
    pub session: TokenHash,
    /// Now.
    pub now: Timestamp,
    /// How old its last active proof may be.
    pub max_age: Duration,
}

impl Guard {
    /// Whether the session is proof enough: alive, fresh, and at the strongest level the user has.
    /// `demanding` counts the user's authenticators that demand the second step.
    pub fn admits(&self, session: &SessionRecord, demanding: u32) -> bool {
        let strongest = if demanding > 0 {
            Level::Aal2
        } else {
            Level::Aal1
        };
        session.lives(self.now)
            && self.now.since(session.assurance.auth_time) <= self.max_age
            && session.assurance.level >= strongest
    }
}

/// By what right a change is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// A user's fresh proof.
    Fresh(Guard),
    /// An operator at the command line, who can remove and require but never plant.
    Operator,
}

/// A user to be created.
pub struct NewUser {
    /// The row. `name_hash` and `key` must both be free.
    pub record: UserRecord,
    /// The setup link that is used up: then no user may exist yet. None at the command line.
    pub setup_link: Option<TokenHash>,
    /// The session that begins with it.
    pub session: Option<SessionRecord>,
    /// The browser, remembered.
    pub known: Option<KnownBrowser>,
}

/// An authenticator to be revoked, and its MAC as a revoked one.
#[derive(Clone, Copy, Debug)]
pub struct Revocation {
    /// Which.
    pub authenticator: AuthenticatorId,
    /// Its MAC once revoked.
    pub mac: RowMac,
}

/// A change of state.
pub enum Change {
    /// Creates a user. → `Done`, `NameTaken`, `LinkInvalid`.
    CreateUser(Box<NewUser>, AuditRow),
    /// Keeps the hash of the one setup link there is, in place of any before; only while there is
    /// no user. → `Done`, `Conflict`.
    IssueSetupLink {
        /// The hash of its token.
        link: TokenHash,
        /// Until when it opens.
        expires_at: Timestamp,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Stores a pending authenticator in place of any other pending one of the user; active ones are
    /// untouched. → `Done`, `NotFresh`, `TooMany` (20 that are active, suspended or pending).
    BeginEnrollment {
        /// The proof.
        guard: Guard,
        /// The row.
        authenticator: Box<AuthenticatorRecord>,
        /// Its row.
        audit: AuditRow,
    },
    /// Stores a passkey, whose ceremony consumed `challenge`; the guard's session goes on as
    /// `session`. Backup codes are stored as with [`super::Effect::Activate`]. → `Done`,
    /// `DoneWithBackupCodes`, `NotFresh`, `ChallengeUsed`, `CredentialTaken`, `TooMany`, `Conflict`
    /// (the realm has another RP ID by now).
    AddPasskey {
        /// The proof.
        guard: Guard,
        /// The challenge it answered.
        challenge: UsedChallenge,
        /// The row.
        passkey: Box<PasskeyRecord>,
        /// The reservation of its credential id in the realm.
        credential: CredentialHash,
        /// The realm, and the RP ID that the passkey is bound to: it is fixed by the first.
        rp: (RealmId, String),
        /// The successor of the guard's session.
        session: SessionRecord,
        /// The first set; without codes where there was a set.
        backup_codes: BackupCodes,
        /// Its row.
        audit: AuditRow,
    },
    /// Fixes the realm's RP ID: it can be another one only while there is no passkey.
    /// → `Done`, `Conflict`.
    FixRpId {
        /// The realm.
        realm: RealmId,
        /// The RP ID.
        rp_id: String,
    },
    /// Renames an authenticator that is not revoked. → `Done`, `NotFresh`, `NotFound`.
    Rename {
        /// The proof.
        guard: Guard,
        /// Whose.
        user: UserKey,
        /// Which.
        authenticator: AuthenticatorId,
        /// To what.
        label: Label,
        /// Its row.
        audit: AuditRow,
    },
    /// Revokes authenticators; with the last that demands the second step, the backup codes are
    /// voided. → `Done`, `NotFresh`, `NotFound` (one is not the user's, or revoked already),
    /// `LastOne`.
    Revoke {
        /// By what right.
        authority: Authority,
        /// Whether one that is the last to demand the second step has to stay.
        keep_last: bool,
        /// Whose.
        user: UserKey,
        /// Which.
        revocation: Revocation,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Stores a new set of backup codes and voids the old; the user must have an authenticator that
    /// demands the second step. → `Done`, `NotFresh`, `Conflict` (the version is taken), `NotFound`.
    ReplaceBackupCodes {
        /// The proof.
        guard: Guard,
        /// Whose.
        user: UserKey,
        /// The codes.
        codes: BackupCodes,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Ends the session of this token, and its children. → `Done`, `NotFound`.
    SignOut {
        /// Which.
        session: TokenHash,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Ends one of the user's sessions by its public name. → `Done`, `NotFresh`, `NotFound`.
    EndSession {
        /// The proof.
        guard: Guard,
        /// Whose.
        user: UserKey,
        /// Which.
        session: SessionId,
        /// Its row.
        audit: AuditRow,
    },
    /// Ends all of the user's sessions, pending logins and known browsers but the guard's session,
    /// which goes on as `session`. → `Done`, `NotFresh`.
    EndOtherSessions {
        /// The proof.
        guard: Guard,
        /// Whose.
        user: UserKey,
        /// The successor of the guard's session.
        session: SessionRecord,
        /// Its row.
        audit: AuditRow,
    },
    /// An operator's reset: revokes all authenticators that are not revoked (exactly those listed,
    /// else `Conflict`), voids backup codes, ends sessions, pending logins and known browsers, clears
    /// consecutive failures and odds budgets; never the password. → `Done`, `NotFound`, `Conflict`.
    Reset {
        /// Whom.
        user: UserKey,
        /// All of them.
        revocations: Vec<Revocation>,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Enables or disables a user; disabling ends sessions and pending logins. → `Done`, `NotFound`.
    SetEnabled {
        /// Whom.
        user: UserKey,
        /// To what.
        enabled: bool,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// An operator's new password: ends sessions, pending logins and known browsers.
    /// → `Done`, `NotFound`, `Conflict` (another change of it came between).
    SetPassword {
        /// Whose.
        user: UserKey,
        /// The sealed hash.
        hash: Sealed<PasswordHash>,
        /// Its version: one more than before.
        version: i64,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Notes that a window's attempts are throttled; if the window has such a row already, that one
    /// is counted up and this one dropped. → `Done`.
    RecordThrottle {
        /// What is throttled: the name's subject, or the user's key.
        subject: Subject,
        /// Password, code or backup code, as in [`super::SettleKind`] without its purpose.
        kind: &'static str,
        /// How long a window is.
        span: Duration,
        /// Its row.
        audit: AuditRow,
    },
    /// Only the row. → `Done`.
    Record(AuditRow),
    /// Notes that a session was seen, and postpones its idle end; never backwards. → `Done`.
    TouchSession {
        /// Which.
        session: TokenHash,
        /// Now.
        now: Timestamp,
        /// Its new idle end.
        idle_expires_at: Timestamp,
    },
    /// The user has read the notices. → `Done`.
    DismissNotices {
        /// Whose.
        user: UserKey,
        /// Those up to this moment.
        now: Timestamp,
    },
    /// Removes what has expired and can no longer matter: attempts out of their windows, pending
    /// logins, sessions and setup links past their end, pending enrollments, used challenges some
    /// minutes past their time (an answer admitted in time may be settled later), budget days past
    /// the year; at most `most` rows of each. → `Purged`.
    Purge {
        /// Now.
        now: Timestamp,
        /// A bound, so that it never holds the store for long.
        most: u32,
    },
}

/// What a change came to. All but `Done` and `Purged` left the state as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Changed {
    /// Done.
    Done,
    /// Rows removed.
    Purged(u64),
    /// The name is somebody's.
    NameTaken,
    /// The setup link is unknown, expired, or there is a user by now.
    LinkInvalid,
    /// The session is gone, stale, or not at the user's strongest level.
    NotFresh,
    /// There is no such thing of this user's.
    NotFound,
    /// Something else changed in between.
    Conflict,
    /// The limit on authenticators is reached.
    TooMany,
    /// Done, and the backup codes given were stored.
    DoneWithBackupCodes,
    /// The challenge was answered before.
    ChallengeUsed,
    /// The credential is enrolled already, by whomever.
    CredentialTaken,
    /// It is the last that demands the second step, and has to stay.
    LastOne,
}
