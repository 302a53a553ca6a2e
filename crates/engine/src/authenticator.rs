//! Authenticators and backup codes as rows: what is kept of them, and which life they lead.

use countersign_otp::{Algorithm, Digits, Period};

use crate::clock::Timestamp;
use crate::error::Misuse;
use crate::id::{AuthenticatorId, BackupCodeId};
use crate::user::UserKey;
use crate::vault::{OtpSecret, PasswordHash, RowMac, Sealed};

/// What kind of authenticator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Kind {
    /// RFC 6238.
    #[default]
    Totp,
    /// RFC 4226.
    Hotp,
    /// A passkey or security key: WebAuthn Level 3.
    Passkey,
}

impl Kind {
    /// `totp`, `hotp`, `passkey`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Hotp => "hotp",
            Self::Passkey => "passkey",
        }
    }

    /// From a row's text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Totp, Self::Hotp, Self::Passkey]
            .into_iter()
            .find(|kind| kind.as_str() == text)
    }
}

/// Where in its life an authenticator is. Nothing is ever deleted: revoked is the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Status {
    /// Begun, not yet confirmed: verifies nothing.
    Pending,
    /// Verifies.
    Active,
    /// Verifies nothing, and still demands the second step.
    Suspended,
    /// Over.
    Revoked,
}

impl Status {
    /// `pending`, `active`, `suspended`, `revoked`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
        }
    }

    /// From a row's text.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Pending, Self::Active, Self::Suspended, Self::Revoked]
            .into_iter()
            .find(|status| status.as_str() == text)
    }

    /// Whether the user counts as having a second factor because of it (rule 6).
    pub const fn demands_second_step(self) -> bool {
        matches!(self, Self::Active | Self::Suspended)
    }
}

/// A label: 1..=64 characters, no control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label(String);

impl Label {
    /// Checks and takes a label, white space at its ends aside.
    pub fn parse(text: &str) -> Result<Self, Misuse> {
        let text = text.trim();
        let fits =
            !text.is_empty() && text.chars().count() <= 64 && !text.chars().any(char::is_control);
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Misuse::Label)
        }
    }

    /// The label.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The row of a TOTP or HOTP authenticator.
pub struct AuthenticatorRecord {
    /// Its id.
    pub id: AuthenticatorId,
    /// Whose it is.
    pub user: UserKey,
    /// What it is.
    pub kind: Kind,
    /// Where in its life.
    pub status: Status,
    /// What the user calls it.
    pub label: String,
    /// The HMAC's hash.
    pub algorithm: Algorithm,
    /// How long a code is.
    pub digits: Digits,
    /// The step of a TOTP; 30 s, unused, for a HOTP.
    pub period: Period,
    /// The secret.
    pub secret: Sealed<OtpSecret>,
    /// The lowest moving factor still acceptable: one more than the last step (RFC 6238 §5.2) or
    /// counter (RFC 4226 §7.2) consumed. It only ever grows.
    pub next: u64,
    /// Learned drift of a TOTP in steps; shifts the window and never widens it.
    pub drift: i8,
    /// Binds kind, status and the fields above that never change to realm, user and id.
    pub mac: RowMac,
    /// When enrollment began.
    pub created_at: Timestamp,
    /// When it was confirmed.
    pub confirmed_at: Option<Timestamp>,
    /// When it last verified.
    pub last_used_at: Option<Timestamp>,
    /// Until when a pending one can be confirmed.
    pub expires_at: Option<Timestamp>,
}

/// A set of backup codes: its row.
#[derive(Clone, Copy, Debug)]
pub struct BackupSet {
    /// Counts the user's sets; part of each code's seal and of each settlement's condition.
    pub version: i64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When the user typed one back.
    pub acknowledged_at: Option<Timestamp>,
    /// When it was voided by failures, by a new set, or with the last authenticator.
    pub voided_at: Option<Timestamp>,
    /// Of a set that was imported, the dearest cost of its bcrypt hashes; none of our own.
    pub bcrypt_cost: Option<u8>,
}

/// A backup code's row: never the code.
pub struct BackupCodeRecord {
    /// Its id.
    pub id: BackupCodeId,
    /// The set it belongs to.
    pub version: i64,
    /// The first symbol, unique in the set; of an imported code its number.
    pub selector: u8,
    /// The sealed Argon2id hash of the rest, or the sealed bcrypt hash of an imported code.
    pub hash: Sealed<PasswordHash>,
    /// When it was consumed.
    pub used_at: Option<Timestamp>,
}

/// A credential's id in its realm, hashed: what reserves it and what finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct CredentialHash(pub [u8; 32]);

/// The row of a passkey. It holds no secret; its MAC keeps a key from being put in a victim's place.
#[derive(Clone, Debug)]
pub struct PasskeyRecord {
    /// Its id.
    pub id: AuthenticatorId,
    /// Whose it is.
    pub user: UserKey,
    /// Active, suspended or revoked; never pending.
    pub status: Status,
    /// What the user calls it.
    pub label: String,
    /// The credential id, 1..=1023 bytes.
    pub credential_id: Vec<u8>,
    /// The COSE key.
    pub public_key: Vec<u8>,
    /// The authenticator's model; all zero when it does not say.
    pub aaguid: [u8; 16],
    /// The transports it named, comma-joined.
    pub transports: String,
    /// The highest signature counter seen.
    pub sign_count: u32,
    /// Whether user verification was ever shown by it.
    pub uv_initialized: bool,
    /// Whether it may be synced.
    pub backup_eligible: bool,
    /// Whether it is.
    pub backup_state: bool,
    /// Binds status and what never changes to realm, user and id.
    pub mac: RowMac,
    /// When it was enrolled.
    pub created_at: Timestamp,
    /// When it last verified.
    pub last_used_at: Option<Timestamp>,
}
