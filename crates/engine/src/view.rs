//! What goes in and out of the use cases: who speaks, and what they are given. Secrets among it have
//! no `Debug` and are given once.

use countersign_otp::{Algorithm, Digits};

use crate::assurance::Assurance;
use crate::authenticator::Kind;
use crate::clock::Timestamp;
use crate::id::{AuthenticatorId, SessionId};
use crate::port::store::{Holdings, SessionView};
use crate::secret_text::BackupCodeList;
use crate::session::{Origin, Token, TokenHash};
use crate::user::{UserId, UserKey};

/// Who speaks.
#[derive(Default)]
pub struct Client {
    /// From where.
    pub origin: Origin,
    /// The known-browser token, if one came.
    pub known: Option<Token>,
}

/// A way to take the second step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// A passkey or security key.
    Passkey,
    /// A code of a TOTP authenticator.
    Totp,
    /// A code of a HOTP authenticator.
    Hotp,
    /// A backup code.
    BackupCode,
}

impl Method {
    /// `passkey`, `totp`, `hotp`, `backup_code`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Passkey => "passkey",
            Self::Totp => "totp",
            Self::Hotp => "hotp",
            Self::BackupCode => "backup_code",
        }
    }

    /// The methods of a user, strongest first and among equals the last used first.
    pub(crate) fn of(holdings: &Holdings) -> Vec<Self> {
        let codes = if holdings.totp_last {
            [(holdings.totp, Self::Totp), (holdings.hotp, Self::Hotp)]
        } else {
            [(holdings.hotp, Self::Hotp), (holdings.totp, Self::Totp)]
        };
        [(holdings.passkeys, Self::Passkey)]
            .into_iter()
            .chain(codes)
            .chain([(holdings.backup_codes, Self::BackupCode)])
            .filter(|(count, _)| *count > 0)
            .map(|(_, method)| method)
            .collect()
    }
}

/// What a right password leads to.
pub enum FirstStep {
    /// A user without a second factor is signed in.
    SignedIn(SignedIn),
    /// The second step is to come.
    SecondStep {
        /// The pending login, for that browser alone.
        pending: Token,
        /// How it can be taken; empty when codes are suspended and no backup code is left.
        methods: Vec<Method>,
        /// When the pending login ends.
        expires_at: Timestamp,
    },
}

/// A session that begins, or goes on under a new token.
pub struct SignedIn {
    /// The token; the one before it, if any, opens nothing now.
    pub session: Token,
    /// To be remembered by the browser, where it was not known.
    pub known: Option<Token>,
    /// What the session is worth.
    pub assurance: Assurance,
    /// How many backup codes are left, where one was used.
    pub backup_codes_left: Option<u32>,
}

/// A pending login, as its page shows it.
#[derive(Clone, Debug)]
pub struct PendingLogin {
    /// Whose.
    pub name: String,
    /// How the second step can be taken.
    pub methods: Vec<Method>,
    /// When it ends.
    pub expires_at: Timestamp,
}

/// A living session: it was looked up, and that is the only way to get one.
#[derive(Clone, Debug)]
pub struct Session {
    pub(crate) hash: TokenHash,
    pub(crate) user: UserKey,
    id: SessionId,
    user_id: UserId,
    name: String,
    admin: bool,
    assurance: Assurance,
    created_at: Timestamp,
    expires_at: Timestamp,
    holdings: Holdings,
}

impl Session {
    pub(crate) fn of(view: &SessionView) -> Self {
        let session = &view.session;
        Self {
            hash: session.hash,
            user: session.user,
            id: session.id,
            user_id: view.user.id.clone(),
            name: view.user.name.clone(),
            admin: view.user.admin,
            assurance: session.assurance,
            created_at: session.created_at,
            expires_at: session.expires_at.min(session.idle_expires_at),
            holdings: view.holdings,
        }
    }

    /// Its public name.
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// Whose it is.
    pub const fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The user's name.
    pub fn user_name(&self) -> &str {
        &self.name
    }

    /// Whether the user may do what operators may.
    pub const fn is_admin(&self) -> bool {
        self.admin
    }

    /// What it is worth.
    pub const fn assurance(&self) -> Assurance {
        self.assurance
    }

    /// When it was made.
    pub const fn created_at(&self) -> Timestamp {
        self.created_at
    }

    /// When it ends unless it is seen again.
    pub const fn expires_at(&self) -> Timestamp {
        self.expires_at
    }

    /// How the user can take the second step, strongest first.
    pub fn methods(&self) -> Vec<Method> {
        Method::of(&self.holdings)
    }

    /// What the user holds.
    pub const fn holdings(&self) -> Holdings {
        self.holdings
    }
}

/// What an enrollment is asked to be.
#[derive(Clone, Debug, Default)]
pub struct EnrollmentOptions {
    /// TOTP unless given.
    pub kind: Kind,
    /// What the user calls it: 1..=64 characters.
    pub label: Option<String>,
    /// SHA-1 unless given: what every authenticator app knows.
    pub algorithm: Option<Algorithm>,
    /// 6 unless given.
    pub digits: Option<Digits>,
}

/// A pending enrollment, without its secret.
#[derive(Clone, Debug)]
pub struct PendingEnrollment {
    /// The authenticator.
    pub id: AuthenticatorId,
    /// What the user calls it.
    pub label: String,
    /// Until when it can be confirmed.
    pub expires_at: Timestamp,
}

/// A passkey that was enrolled.
pub struct EnrolledPasskey {
    /// The session goes on under this token.
    pub session: Token,
    /// The authenticator.
    pub authenticator: AuthenticatorId,
    /// What it is called: as asked, or after its provider.
    pub label: String,
    /// The backup codes, with the first authenticator only, and only here.
    pub backup_codes: Option<BackupCodeList>,
}

/// A confirmed enrollment.
pub struct Confirmed {
    /// The session goes on under this token.
    pub session: Token,
    /// The authenticator.
    pub authenticator: AuthenticatorId,
    /// The backup codes, with the first authenticator only, and only here.
    pub backup_codes: Option<BackupCodeList>,
}
