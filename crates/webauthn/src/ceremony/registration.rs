//! Registration of a credential (WebAuthn L3 §7.1): options, state, and the steps in their order;
//! refuses at the first step that fails. Steps 26 and 29, the id unused and the record stored, are
//! the caller's.

mod finish;

use serde::{Deserialize, Serialize};

pub use finish::Registered;

use super::challenge::{Challenge, ChallengeHash};
use crate::base64url::UserHandle;
use crate::cose::Algorithm;
use crate::option::{
    AttestationPreference, CreationExtensions, CreationOptions, CredentialDescriptor, Hint,
    ResidentKey, RpEntity, Selection, TIMEOUT, UserEntity, UserVerification,
};
use crate::response::Attachment;
use crate::rp::RelyingParty;

/// The user that a credential is for (WebAuthn L3 §5.4.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// The same for all credentials of one user, of nobody else, and never derived from a name.
    pub handle: UserHandle,
    /// What tells this account from others, shown by authenticators.
    pub name: String,
    /// The person's name, or nothing.
    pub display_name: String,
}

/// Whether credentials may leave their device (WebAuthn L3 §7.1 step 18).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BackupPolicy {
    /// They may.
    #[default]
    Any,
    /// They must not (NIST SP 800-63B-4 §2.3.2, AAL3).
    DeviceBound,
}

/// A registration to begin.
///
/// ```
/// use countersign_webauthn::{Challenge, Registration, RelyingParty, User, UserHandle};
///
/// # fn random(bytes: &mut [u8]) -> Result<(), std::convert::Infallible> { bytes.fill(7); Ok(()) }
/// let rp = RelyingParty::new("example.com", "Example", ["https://example.com"])?;
/// let user = User {
///     handle: UserHandle::generate(random)?,
///     name: "alice@example.com".to_owned(),
///     display_name: String::new(),
/// };
/// let challenge = Challenge::generate(random)?;
/// let (options, state) = Registration::new(user).begin(&rp, &challenge);
/// // The options go to the browser, the state to the store.
/// let json = serde_json::to_string(&options)?;
/// assert!(json.contains(r#""pubKeyCredParams":[{"type":"public-key","alg":-7}"#));
/// # let _ = state;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[must_use]
pub struct Registration {
    user: User,
    exclude: Vec<CredentialDescriptor>,
    algorithms: Vec<Algorithm>,
    user_verification: UserVerification,
    resident_key: ResidentKey,
    attachment: Option<Attachment>,
    hints: Vec<Hint>,
    attestation: AttestationPreference,
    backup: BackupPolicy,
    conditional: bool,
}

impl Registration {
    /// User verification and a discoverable credential preferred, no attestation, all algorithms.
    pub fn new(user: User) -> Self {
        Self {
            user,
            exclude: Vec::new(),
            algorithms: Algorithm::ALL.to_vec(),
            user_verification: UserVerification::default(),
            resident_key: ResidentKey::default(),
            attachment: None,
            hints: Vec::new(),
            attestation: AttestationPreference::default(),
            backup: BackupPolicy::default(),
            conditional: false,
        }
    }

    /// The user's credentials so far: an authenticator that holds one of them makes no second.
    pub fn exclude(mut self, credentials: Vec<CredentialDescriptor>) -> Self {
        self.exclude = credentials;
        self
    }

    /// Other algorithms than all, most wanted first.
    pub fn algorithms(mut self, algorithms: Vec<Algorithm>) -> Self {
        self.algorithms = algorithms;
        self
    }

    /// Whether the user must be verified.
    pub fn user_verification(mut self, requirement: UserVerification) -> Self {
        self.user_verification = requirement;
        self
    }

    /// Whether the credential must be discoverable.
    pub fn resident_key(mut self, requirement: ResidentKey) -> Self {
        self.resident_key = requirement;
        self
    }

    /// Only authenticators of this place.
    pub fn attachment(mut self, attachment: Attachment) -> Self {
        self.attachment = Some(attachment);
        self
    }

    /// What the user is likely to use.
    pub fn hints(mut self, hints: Vec<Hint>) -> Self {
        self.hints = hints;
        self
    }

    /// What the authenticator should tell about itself.
    pub fn attestation(mut self, preference: AttestationPreference) -> Self {
        self.attestation = preference;
        self
    }

    /// Whether the credential may leave its device.
    pub fn backup(mut self, policy: BackupPolicy) -> Self {
        self.backup = policy;
        self
    }

    /// Made without a dialog after another way of signing in: nobody need be present (WebAuthn L3
    /// §7.1 step 15).
    pub fn conditional(mut self) -> Self {
        self.conditional = true;
        self
    }

    /// The options for the browser, and the state to keep (WebAuthn L3 §7.1 step 1).
    pub fn begin(
        self,
        rp: &RelyingParty,
        challenge: &Challenge,
    ) -> (CreationOptions, RegistrationState) {
        let state = RegistrationState {
            challenge: challenge.hash(),
            user: self.user.handle.clone(),
            user_verification: self.user_verification,
            algorithms: self.algorithms.clone(),
            backup: self.backup,
            conditional: self.conditional,
        };
        let selection = Selection::new(
            self.attachment,
            &self.hints,
            self.resident_key,
            self.user_verification,
        );
        let options = CreationOptions {
            rp: RpEntity {
                id: rp.id().to_owned(),
                name: rp.name().to_owned(),
            },
            user: UserEntity {
                id: self.user.handle,
                name: self.user.name,
                display_name: self.user.display_name,
            },
            challenge: challenge.text(),
            pub_key_cred_params: self.algorithms.into_iter().map(Into::into).collect(),
            timeout: TIMEOUT,
            exclude_credentials: self.exclude,
            authenticator_selection: selection,
            hints: self.hints,
            attestation: self.attestation,
            extensions: CreationExtensions { cred_props: true },
        };
        (options, state)
    }
}

/// What the server keeps of a registration until the answer comes, for five minutes at most, bound
/// to the session it began in. Finishing does not use it up: the store must.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RegistrationState {
    challenge: ChallengeHash,
    user: UserHandle,
    user_verification: UserVerification,
    algorithms: Vec<Algorithm>,
    #[serde(default)]
    backup: BackupPolicy,
    #[serde(default)]
    conditional: bool,
}

impl RegistrationState {
    /// The challenge's hash: what the store notes as used.
    pub fn challenge(&self) -> &ChallengeHash {
        &self.challenge
    }

    /// The user that the credential is for.
    pub fn user(&self) -> &UserHandle {
        &self.user
    }
}
