//! The account overview: authenticators, backup codes, sessions, what happened lately.

use askama::Template;

use super::{Chrome, Moment, SessionRow};

/// `GET /mfa`.
#[derive(Template)]
#[template(path = "overview.html")]
pub struct Overview {
    /// The frame.
    pub chrome: Chrome,
    /// Whether the notices are kept until the person says they were read.
    pub unread: bool,
    /// Active and suspended ones; pending and revoked ones are left out.
    pub authenticators: Vec<AuthenticatorRow>,
    /// `None` while the user has no second step.
    pub backup_codes: Option<BackupCodesLeft>,
    /// This session first, then the last used first.
    pub sessions: Vec<SessionRow>,
    /// Latest first, about ten.
    pub activity: Vec<ActivityRow>,
    /// When the password was last changed, if that is known.
    pub password_changed: Option<Moment>,
    /// Told to the browser, so that it offers no passkey that was removed.
    pub accepted: AcceptedPasskeys,
}

/// What the signal API of browsers is told (WebAuthn L3 §5.1.10.3).
#[derive(Clone, Debug, Default)]
pub struct AcceptedPasskeys {
    /// The RP ID.
    pub rp_id: String,
    /// The user handle, base64url.
    pub user: String,
    /// All credential ids that are accepted, base64url, with spaces between.
    pub ids: String,
}

/// One authenticator.
#[derive(Clone, Debug)]
pub struct AuthenticatorRow {
    /// The public id.
    pub id: String,
    /// What the user calls it.
    pub label: String,
    /// What it is.
    pub kind: Kind,
    /// Whether it works.
    pub state: AuthenticatorState,
    /// When it was confirmed.
    pub created: Moment,
    /// When it last verified something.
    pub last_used: Option<Moment>,
}

/// A kind of authenticator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Codes from time.
    Totp,
    /// Codes from a counter.
    Hotp,
    /// A passkey or security key.
    Passkey {
        /// Who keeps it, if its model is known.
        provider: Option<&'static str>,
        /// Whether it is on more than one device.
        synced: bool,
    },
}

/// Whether an authenticator works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthenticatorState {
    /// It does.
    Active,
    /// Too many wrong codes in a row.
    Suspended,
}

/// What is left of the backup codes.
#[derive(Clone, Debug)]
pub struct BackupCodesLeft {
    /// How many are unused.
    pub left: u32,
    /// How many the set had.
    pub total: u32,
    /// When the set was made.
    pub made: Moment,
    /// Whether one was typed back.
    pub acknowledged: bool,
}

/// One thing that happened.
#[derive(Clone, Debug)]
pub struct ActivityRow {
    /// What.
    pub what: Activity,
    /// When.
    pub at: Moment,
    /// From which address; empty if unknown.
    pub address: String,
    /// With which browser, as `Firefox on Linux`; empty if unknown.
    pub browser: String,
}

/// What happened, for the person it happened to; the words are in `templates/part/activity.html`.
#[derive(Clone, Debug, Template)]
#[template(path = "part/activity.html")]
#[expect(missing_docs, reason = "the words in the template say each")]
pub enum Activity {
    AccountCreated,
    SignedIn { two_steps: bool },
    SignedInWithBackupCode,
    SignedInWithPasskey,
    PasskeyRefused,
    PasskeyCopied { label: String },
    SignInRefused,
    SignInThrottled { times: u32 },
    SignedOut,
    Reauthenticated,
    CodeRefused,
    CodeReused,
    CodesThrottled { times: u32 },
    CodesSuspended,
    GuessBudgetHalf,
    GuessBudgetSpent,
    AuthenticatorAdded { label: String },
    AuthenticatorRenamed { label: String },
    AuthenticatorRemoved,
    AuthenticatorResynchronized { label: String },
    BackupCodesMade,
    BackupCodesAcknowledged,
    BackupCodeRefused,
    BackupCodesVoid,
    PasswordChanged,
    SessionEnded,
    OtherSessionsEnded,
    ResetByOperator,
    Other { name: String },
}
