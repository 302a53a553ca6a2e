//! Changes that are no verification: a closed set, each with its audit row in the same transaction.

use std::time::Duration;

use crate::api_key::ApiKeyRecord;
use crate::assurance::Level;
use crate::audit::AuditRow;
use crate::authenticator::{AuthenticatorRecord, CredentialHash, Label, PasskeyRecord};
use crate::clock::Timestamp;
use crate::id::{ApiKeyId, AuthenticatorId, BackupCodeId, SessionId};
use crate::port::store::{BackupCodes, UsedChallenge};
use crate::realm::{RealmId, RealmRecord};
use crate::session::{KnownBrowser, SessionRecord, TokenHash};
use crate::ticket::TicketRecord;
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
    /// An operator at the command line, who can remove and require but never plant. Only for
    /// [`Change::Revoke`].
    Operator,
    /// An application that has its own users, which vouches for this one's first factor.
    Host(Voucher),
    /// The pending passkey of this id was begun by right: it must be this user's and unexpired, and
    /// is used up. Only for [`Change::AddPasskey`].
    Begun(AuthenticatorId, Timestamp),
}

/// What an application's word is worth. Once the user has an authenticator that demands the second
/// step, it takes a proof that one of them was verified, so that nobody plants a factor beside it. The
/// user must exist and be enabled, whatever it is worth.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Voucher {
    /// Now.
    pub now: Timestamp,
    /// The proof of a verification: this user's, unexpired, and used up by the change if that is
    /// done. Where none is needed, one that is given is left as it is.
    pub proof: Option<TokenHash>,
    /// Whether a user with such an authenticator needs one; else none is looked at.
    pub demanded: bool,
}

/// A change that is to happen once, whatever the network does: its name among the requests of one
/// caller, and what it made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Once {
    /// The hash of caller, route, user and the name that the caller gave it.
    pub name: TokenHash,
    /// The hash of the request.
    pub request: TokenHash,
    /// The id of what it makes.
    pub made: [u8; 16],
    /// Now.
    pub now: Timestamp,
    /// Until when it is remembered.
    pub expires_at: Timestamp,
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

/// A user to be imported, with the TOTP authenticator that another program confirmed.
pub struct Import {
    /// The row, if there is none of this key.
    pub user: UserRecord,
    /// The audit row of that.
    pub created: AuditRow,
    /// The authenticator: active, and of this user.
    pub authenticator: AuthenticatorRecord,
    /// The backup codes that came with it.
    pub codes: Option<ImportedCodes>,
    /// The limit on failures in a row: a count that reached it begins anew.
    pub consecutive: u32,
    /// Now.
    pub now: Timestamp,
}

/// Backup codes that another program hashed: a set of their own.
pub struct ImportedCodes {
    /// The dearest cost of their bcrypt hashes.
    pub cost: u8,
    /// The codes, each with its sealed hash.
    pub codes: Vec<(BackupCodeId, Sealed<PasswordHash>)>,
}

impl ImportedCodes {
    /// The most of one user: each is compared at every attempt.
    pub const MOST: u8 = 20;
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
    /// untouched. → `Done`, `NotFresh`, `TooMany` (20 that are active, suspended, or a passkey that
    /// was begun).
    BeginEnrollment {
        /// By what right.
        authority: Authority,
        /// The row.
        authenticator: Box<AuthenticatorRecord>,
        /// Its row.
        audit: AuditRow,
    },
    /// Notes that the enrollment of a passkey was begun by right, to be added by
    /// [`Authority::Begun`]; one that was begun before is replaced. → `Done`, `NotFresh`, `TooMany`
    /// (20 that are active, suspended or pending).
    BeginPasskey {
        /// By what right.
        authority: Authority,
        /// Whose.
        user: UserKey,
        /// The id that it will have.
        authenticator: AuthenticatorId,
        /// What it will be called, if that was said.
        label: Option<Label>,
        /// Until when it can be added.
        expires_at: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Stores a passkey, whose ceremony consumed `challenge`, by [`Authority::Fresh`] or
    /// [`Authority::Begun`]; the guard's session, where there is one, goes on as `session`. Backup
    /// codes are stored, and a first authenticator ends what else was begun, as with
    /// [`super::Effect::Activate`]. → `Done`, `DoneWithBackupCodes`, `NotFresh`, `ChallengeUsed`,
    /// `CredentialTaken`, `TooMany`, `Conflict` (the realm has another RP ID by now).
    AddPasskey {
        /// By what right.
        authority: Authority,
        /// Now.
        now: Timestamp,
        /// The challenge it answered.
        challenge: UsedChallenge,
        /// The row.
        passkey: Box<PasskeyRecord>,
        /// The reservation of its credential id in the realm.
        credential: CredentialHash,
        /// The realm, and the RP ID that the passkey is bound to: it is fixed by the first.
        rp: (RealmId, String),
        /// The successor of the guard's session; none with what was begun.
        session: Option<SessionRecord>,
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
        /// By what right.
        authority: Authority,
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
        /// By what right.
        authority: Authority,
        /// Whose.
        user: UserKey,
        /// The codes.
        codes: BackupCodes,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Stores a ticket. → `Done`, `NotFound` (its session is over, another user's, or itself a child).
    IssueTicket {
        /// The row.
        ticket: TicketRecord,
        /// Now.
        now: Timestamp,
        /// Its row.
        audit: AuditRow,
    },
    /// Uses a ticket up, and begins `session` as the child of the ticket's session: its user's, for its
    /// audience, worth what the parent is worth now. A child that the parent had at this audience ends.
    /// → `Done`, `NotFound` (unknown, used, expired, for another audience or browser, the parent is over
    /// or worth something else by now).
    UseTicket {
        /// Which.
        ticket: TokenHash,
        /// The browser that shows it.
        browser: TokenHash,
        /// Now.
        now: Timestamp,
        /// The child.
        session: SessionRecord,
        /// Its row.
        audit: AuditRow,
    },
    /// Removes a ticket that was shown where it is not good. → `Done`, `NotFound`.
    BurnTicket {
        /// Which.
        ticket: TokenHash,
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
    /// which goes on as `session`. As wherever all sessions end, proofs of verifications and begun
    /// passkeys end with them. → `Done`, `NotFresh`.
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
    /// The application ends whatever a user has open, because their password changed there, or they may
    /// no longer sign in: sessions, pending logins, known browsers, and sign-ins under way, by a new
    /// version of the password (of one that is kept here the version stays: it is part of its seal).
    /// → `Done`, `NotFound`.
    EndSessions {
        /// Whose.
        user: UserKey,
        /// Now.
        now: Timestamp,
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
    /// Creates a user whom the application keeps, unless there is one of this key. → `Done` (created;
    /// only then the row is written), `Conflict` (there is one, and nothing was done).
    EnsureUser(Box<UserRecord>, AuditRow),
    /// Imports a user with authenticator and backup codes, once: only whoever never had an authenticator
    /// that was confirmed. It ends what else was begun for them, like any first authenticator.
    /// → `Done`, `EnrolledBefore`, `Conflict` (their password is kept here, or the record is none that
    /// can be imported).
    Import(Box<Import>, AuditRow),
    /// The change, unless one of this name was done already, in the same transaction. Only a change
    /// that is done takes the name. → what the change comes to, `AlreadyDone`, `OtherRequest`,
    /// `Conflict` (of a change that has a name already).
    Once(Once, Box<Change>),
    /// Stores an API key. → `Done`, `TooMany` (two of this name live in its realm), `Conflict`.
    CreateApiKey(Box<ApiKeyRecord>, AuditRow),
    /// Revokes an API key. → `Done`, `NotFound` (unknown, of another realm, or revoked already).
    RevokeApiKey {
        /// Its realm.
        realm: RealmId,
        /// Which.
        id: ApiKeyId,
        /// Now.
        now: Timestamp,
        /// Its MAC once revoked.
        mac: RowMac,
        /// Its row.
        audit: AuditRow,
    },
    /// Stores a realm, and fixes its RP ID. → `Done`, `NameTaken` (there is one of this id),
    /// `HostTaken`, `Conflict` (what is replaced changed in between), `RpIdFixed`.
    PutRealm {
        /// The row.
        realm: Box<RealmRecord>,
        /// The MAC of the row that it replaces; none where there must be none yet.
        replaces: Option<RowMac>,
        /// Its row.
        audit: AuditRow,
    },
    /// Notes that an API key was used; never backwards. → `Done`.
    TouchApiKey {
        /// Which.
        id: ApiKeyId,
        /// Now.
        now: Timestamp,
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
    /// minutes past their time (an answer admitted in time may be settled later), proofs of
    /// verifications, pending passkeys and names of requests past their end, budget days past the
    /// year; at most `most` rows of each. → `Purged`.
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
    /// The request of this name was done before, and made what has this id.
    AlreadyDone([u8; 16]),
    /// Another request had this name.
    OtherRequest,
    /// It is the last that demands the second step, and has to stay.
    LastOne,
    /// The user has, or had, an authenticator.
    EnrolledBefore,
    /// The pages of another realm are at this host.
    HostTaken,
    /// There are passkeys of another RP ID.
    RpIdFixed,
}
