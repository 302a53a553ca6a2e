//! An authenticator and a browser that say whatever a test wants said, signed by real keys.

mod answer;
mod cbor;
mod certificate;
mod signer;

pub use answer::{
    Assertion, Attestation, ClientData, base64url, parsed_registration, registration_json, sha256,
};
pub use cbor::{array, bytes, int, map, text};
pub use certificate::{Authority, Certified, NOW, blank, der, extension, packed};
pub use signer::{Signer, cose_of};

use countersign_webauthn::{
    Authentication, AuthenticationState, Challenge, CredentialDescriptor, CredentialId,
    Registration, RegistrationState, RelyingParty, StoredCredential, User, UserHandle,
};

pub const RP_ID: &str = "example.com";
pub const ORIGIN: &str = "https://login.example.com";

pub const UP: u8 = 0x01;
pub const UV: u8 = 0x04;
pub const BE: u8 = 0x08;
pub const BS: u8 = 0x10;
pub const AT: u8 = 0x40;
pub const ED: u8 = 0x80;

pub fn rp() -> RelyingParty {
    RelyingParty::new(RP_ID, "Example", [ORIGIN]).unwrap()
}

pub fn challenge() -> Challenge {
    Challenge::from([9; 32])
}

pub fn handle() -> UserHandle {
    UserHandle::from_bytes(&[3; 64]).unwrap()
}

pub fn credential_id() -> CredentialId {
    CredentialId::from_bytes(b"the credential's id").unwrap()
}

pub fn registration() -> Registration {
    Registration::new(User {
        handle: handle(),
        name: "alice@example.com".to_owned(),
        display_name: "Alice".to_owned(),
    })
}

pub fn registration_state(registration: Registration) -> RegistrationState {
    registration.begin(&rp(), &challenge()).1
}

/// Of the known user, with one credential to choose.
pub fn authentication() -> Authentication {
    let descriptor = CredentialDescriptor::new(credential_id(), vec!["internal".to_owned()]);
    Authentication::of_user(handle(), vec![descriptor])
}

pub fn authentication_state(authentication: Authentication) -> AuthenticationState {
    authentication.begin(&rp(), &challenge()).1
}

/// What a server stored about [`credential_id`], with the counter at 5.
pub struct Stored {
    pub id: CredentialId,
    pub user: UserHandle,
    pub public_key: Vec<u8>,
    pub sign_count: u32,
    pub uv_initialized: bool,
    pub backup_eligible: bool,
}

impl Stored {
    pub fn of(signer: &Signer) -> Self {
        Self {
            id: credential_id(),
            user: handle(),
            public_key: signer.cose(),
            sign_count: 5,
            uv_initialized: true,
            backup_eligible: true,
        }
    }

    pub fn view(&self) -> StoredCredential<'_> {
        StoredCredential {
            id: &self.id,
            user: &self.user,
            public_key: &self.public_key,
            sign_count: self.sign_count,
            uv_initialized: self.uv_initialized,
            backup_eligible: self.backup_eligible,
        }
    }
}
