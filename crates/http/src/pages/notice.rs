//! What a page tells about what just happened, or about what needs care.

use askama::Template;

use super::Moment;

/// One thing to tell; its sentence is in `templates/part/notice.html`.
#[derive(Clone, Debug)]
pub enum Notice {
    /// The first account was created; sign in with it.
    AccountCreated,
    /// The person signed out.
    SignedOut,
    /// The session reached its end; sign in again.
    SessionExpired,
    /// The password was changed; other sessions were ended.
    PasswordChanged,
    /// An authenticator was added.
    AuthenticatorAdded {
        /// Its label.
        label: String,
    },
    /// An authenticator was given another label.
    AuthenticatorRenamed {
        /// The label it has now.
        label: String,
    },
    /// An authenticator was removed.
    AuthenticatorRemoved {
        /// The label it had.
        label: String,
    },
    /// One other session was ended.
    SessionEnded,
    /// All other sessions were ended.
    OtherSessionsEnded,
    /// One backup code was typed back correctly.
    BackupCodesAcknowledged,
    /// The password was right and the second step failed, since the person last read notices.
    SecondStepFailed {
        /// How often.
        times: u32,
        /// The last time.
        last: Moment,
    },
    /// An authenticator was added, since the person last read notices.
    NewAuthenticator {
        /// When.
        at: Moment,
    },
    /// An authenticator was removed, since the person last read notices.
    LostAuthenticator {
        /// When.
        at: Moment,
    },
    /// The backup codes were replaced, since the person last read notices.
    BackupCodesReplaced {
        /// When.
        at: Moment,
    },
    /// An operator removed all authenticators.
    Reset {
        /// When.
        at: Moment,
    },
    /// A backup code was used to sign in.
    BackupCodeUsed {
        /// How many are left.
        left: u32,
    },
    /// Few backup codes are left.
    BackupCodesLow {
        /// How many are left.
        left: u32,
    },
    /// Nobody has typed a backup code of the present set back yet.
    BackupCodesUnacknowledged,
    /// Too many wrong backup codes in a row: the set is void.
    BackupCodesVoid,
    /// Half of the budget for guessing codes is spent.
    GuessBudgetHalf,
    /// Codes are refused until a passkey, a backup code or a reset.
    CodesSuspended,
}

/// How a notice looks and how urgently it is read out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something worked.
    Good,
    /// Something needs care soon.
    Care,
    /// Something needs care now.
    Alarm,
}

/// A notice on a page: it leads to where the password is changed only if that is here.
#[derive(Template)]
#[template(path = "part/notice.html")]
pub struct Shown<'a> {
    notice: &'a Notice,
    passwords_here: bool,
}

impl<'a> Shown<'a> {
    pub(super) fn new(notice: &'a Notice, passwords_here: bool) -> Self {
        Self {
            notice,
            passwords_here,
        }
    }
}

impl Notice {
    /// How it looks.
    pub fn tone(&self) -> Tone {
        match self {
            Self::AccountCreated
            | Self::SignedOut
            | Self::PasswordChanged
            | Self::AuthenticatorAdded { .. }
            | Self::AuthenticatorRenamed { .. }
            | Self::AuthenticatorRemoved { .. }
            | Self::SessionEnded
            | Self::OtherSessionsEnded
            | Self::BackupCodesAcknowledged => Tone::Good,
            Self::SessionExpired
            | Self::BackupCodeUsed { .. }
            | Self::NewAuthenticator { .. }
            | Self::LostAuthenticator { .. }
            | Self::BackupCodesReplaced { .. }
            | Self::BackupCodesLow { .. }
            | Self::BackupCodesUnacknowledged => Tone::Care,
            Self::SecondStepFailed { .. }
            | Self::Reset { .. }
            | Self::BackupCodesVoid
            | Self::GuessBudgetHalf
            | Self::CodesSuspended => Tone::Alarm,
        }
    }

    /// Whether it interrupts a screen reader.
    pub fn alarms(&self) -> bool {
        self.tone() == Tone::Alarm
    }

    /// The name of the style for its tone.
    pub fn style(&self) -> &'static str {
        match self.tone() {
            Tone::Good => "good",
            Tone::Care => "care",
            Tone::Alarm => "alarm",
        }
    }
}
