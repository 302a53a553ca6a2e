//! Reads: what use cases look up before they act or show. Nothing read here is an authority for a
//! consumption; conditions are repeated where things change.

use crate::api_key::ApiKeyRecord;
use crate::audit::AuditRow;
use crate::authenticator::{AuthenticatorRecord, BackupSet, PasskeyRecord};
use crate::clock::Timestamp;
use crate::id::{AuthenticatorId, EventId};
use crate::port::store::Gate;
use crate::realm::{RealmId, RealmRecord};
use crate::session::{PendingRecord, SessionRecord, TokenHash};
use crate::ticket::TicketRecord;
use crate::user::{NameHash, UserKey, UserRecord};

/// A look-up.
#[derive(Clone, Debug)]
pub enum Read {
    /// A session that lives at `now`, not ended, of an enabled user, made after `sessions_valid_from`. → `Session`
    Session {
        /// By its token's hash.
        session: TokenHash,
        /// Now.
        now: Timestamp,
    },
    /// A pending login that is unused and unexpired, of an enabled user, at the password version that opened it. → `Pending`
    Pending {
        /// By its token's hash.
        pending: TokenHash,
        /// Now.
        now: Timestamp,
    },
    /// Everything the account overview shows. → `Overview`
    Overview {
        /// Whose.
        user: UserKey,
        /// Now.
        now: Timestamp,
    },
    /// All authenticators of a user that are not revoked, oldest first; expired pending ones aside. → `Authenticators`
    Authenticators {
        /// Whose.
        user: UserKey,
        /// Now.
        now: Timestamp,
    },
    /// All passkeys of a user that are not revoked, oldest first. → `Passkeys`
    Passkeys(UserKey),
    /// Whether the challenge of this hash was used. → `Flag`
    ChallengeUsed(TokenHash),
    /// A user by name. → `User`
    UserByName(NameHash),
    /// A user by key. → `User`
    User(UserKey),
    /// A realm's users by creation, after this key. → `Users`
    Users {
        /// Whose.
        realm: RealmId,
        /// The last of the page before.
        after: Option<UserKey>,
        /// The most; 1..=1000.
        limit: u32,
    },
    /// Whether there is any user. → `Flag`
    AnyUser,
    /// Whether the setup link of this hash opens: unexpired, and there is no user. → `Flag`
    SetupLink {
        /// By its token's hash.
        link: TokenHash,
        /// Now.
        now: Timestamp,
    },
    /// The begun enrollment of a passkey, unexpired. → `PendingPasskey`
    PendingPasskey {
        /// Whose.
        user: UserKey,
        /// Which.
        authenticator: AuthenticatorId,
        /// Now.
        now: Timestamp,
    },
    /// The current set of backup codes of whoever is behind the gate, if it was imported and has an
    /// unused code. → `BackupSet`
    ImportedSet {
        /// Who.
        gate: Gate,
        /// Now.
        now: Timestamp,
    },
    /// Whether a user has, or had, an authenticator that was confirmed. → `Flag`
    EverEnrolled(UserKey),
    /// A ticket that is unused and unexpired. → `Ticket`
    Ticket {
        /// By its hash.
        ticket: TokenHash,
        /// Now.
        now: Timestamp,
    },
    /// An API key by the hash of its text. → `ApiKey`
    ApiKey(TokenHash),
    /// All API keys, of all realms, revoked ones too, oldest first. → `ApiKeys`
    ApiKeys,
    /// All realms that have a row, by name. → `Realms`
    Realms,
    /// Audit rows, oldest first. → `Events`
    Events(EventFilter),
    /// A realm's audit rows after this one (by id), oldest first. → `Events`
    RealmEvents {
        /// Whose.
        realm: RealmId,
        /// The last of the page before.
        after: Option<EventId>,
        /// The most; 1..=1000.
        limit: u32,
    },
    /// How the store is. → `State`
    State,
}

/// Which audit rows.
#[derive(Clone, Copy, Debug)]
pub struct EventFilter {
    /// Only after this one (by id).
    pub after: Option<EventId>,
    /// Only this user's.
    pub user: Option<UserKey>,
    /// The newest `limit` rather than the oldest; still given oldest first.
    pub newest: bool,
    /// The most; 1..=1000.
    pub limit: u32,
}

/// What was found.
pub enum Found {
    /// To `Session`.
    Session(Option<Box<SessionView>>),
    /// To `Pending`.
    Pending(Option<Box<PendingView>>),
    /// To `Overview`.
    Overview(Option<Box<Overview>>),
    /// To `Authenticators`.
    Authenticators(Vec<AuthenticatorRecord>),
    /// To `Passkeys`.
    Passkeys(Vec<PasskeyRecord>),
    /// To `UserByName` and `User`.
    User(Option<Box<UserRecord>>),
    /// To `Users`.
    Users(Vec<(UserRecord, Holdings)>),
    /// To `AnyUser`, `SetupLink`, `ChallengeUsed` and `EverEnrolled`.
    Flag(bool),
    /// To `PendingPasskey`.
    PendingPasskey(Option<PendingPasskey>),
    /// To `ImportedSet`.
    BackupSet(Option<BackupSet>),
    /// To `Ticket`.
    Ticket(Option<Box<TicketRecord>>),
    /// To `ApiKey`.
    ApiKey(Option<Box<ApiKeyRecord>>),
    /// To `ApiKeys`.
    ApiKeys(Vec<ApiKeyRecord>),
    /// To `Realms`.
    Realms(Vec<RealmRecord>),
    /// To `Events` and `RealmEvents`.
    Events(Vec<AuditRow>),
    /// To `State`.
    State(StoreState),
}

/// An enrollment of a passkey that was begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PendingPasskey {
    /// What it will be called, if that was said.
    pub label: Option<String>,
    /// Until when it can be added.
    pub expires_at: Timestamp,
}

/// What a user holds, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// Active TOTP authenticators.
    pub totp: u32,
    /// Active HOTP authenticators.
    pub hotp: u32,
    /// Active passkeys.
    pub passkeys: u32,
    /// Suspended authenticators of any kind.
    pub suspended: u32,
    /// Unused codes of the current set.
    pub backup_codes: u32,
    /// Whether the current set was typed back; true when there is none.
    pub backup_codes_acknowledged: bool,
    /// Whether a TOTP (rather than a HOTP) authenticator was used last.
    pub totp_last: bool,
}

impl Holdings {
    /// Authenticators that demand the second step.
    pub const fn demanding(&self) -> u32 {
        self.totp + self.hotp + self.passkeys + self.suspended
    }
}

/// A session with its user.
pub struct SessionView {
    /// The session.
    pub session: SessionRecord,
    /// The user.
    pub user: UserRecord,
    /// What the user holds.
    pub holdings: Holdings,
}

/// A pending login with its user.
pub struct PendingView {
    /// The pending login.
    pub pending: PendingRecord,
    /// The user.
    pub user: UserRecord,
    /// What the user holds.
    pub holdings: Holdings,
}

/// What the user is to be told until they have read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoticeKind {
    /// Half of an odds budget is spent.
    BudgetHalfSpent,
    /// An odds budget is spent.
    BudgetSpent,
    /// The code authenticators were suspended.
    CodesSuspended,
    /// The backup codes were voided by failures.
    BackupCodesVoided,
    /// A backup code was used.
    BackupCodeUsed,
    /// The password was right and the second step failed.
    SecondStepFailed,
    /// An authenticator was added.
    AuthenticatorAdded,
    /// An authenticator was removed.
    AuthenticatorRemoved,
    /// The backup codes were replaced.
    BackupCodesReplaced,
    /// An operator removed all authenticators.
    Reset,
}

impl NoticeKind {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::BudgetHalfSpent,
        Self::BudgetSpent,
        Self::CodesSuspended,
        Self::BackupCodesVoided,
        Self::BackupCodeUsed,
        Self::SecondStepFailed,
        Self::AuthenticatorAdded,
        Self::AuthenticatorRemoved,
        Self::BackupCodesReplaced,
        Self::Reset,
    ];

    /// The name that a row carries.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BudgetHalfSpent => "budget_half_spent",
            Self::BudgetSpent => "budget_spent",
            Self::CodesSuspended => "codes_suspended",
            Self::BackupCodesVoided => "backup_codes_voided",
            Self::BackupCodeUsed => "backup_code_used",
            Self::SecondStepFailed => "second_step_failed",
            Self::AuthenticatorAdded => "authenticator_added",
            Self::AuthenticatorRemoved => "authenticator_removed",
            Self::BackupCodesReplaced => "backup_codes_replaced",
            Self::Reset => "reset",
        }
    }

    /// From a row's text.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == text)
    }
}

/// A notice, unread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub kind: NoticeKind,
    /// When it last happened.
    pub at: Timestamp,
    /// How often since it was last read.
    pub count: u32,
}

/// Everything the account overview shows.
pub struct Overview {
    /// The user.
    pub user: UserRecord,
    /// Authenticators that are not revoked, oldest first; expired pending ones aside.
    pub authenticators: Vec<AuthenticatorRecord>,
    /// Passkeys that are not revoked, oldest first.
    pub passkeys: Vec<PasskeyRecord>,
    /// The newest set of backup codes.
    pub backup_set: Option<BackupSet>,
    /// What the user holds.
    pub holdings: Holdings,
    /// Living sessions that are nobody's child, last seen first.
    pub sessions: Vec<SessionRecord>,
    /// The newest 20 audit rows of this user, newest first.
    pub events: Vec<AuditRow>,
    /// Unread notices.
    pub notices: Vec<Notice>,
}

/// How the store is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoreState {
    /// The schema's version.
    pub schema: u32,
    /// Users.
    pub users: u64,
    /// Key ids that sealed rows name.
    pub seal_keys: Vec<u32>,
    /// Whether it passed its own integrity check.
    pub intact: bool,
    /// The newest moment in its audit trail.
    pub newest: Option<Timestamp>,
}
