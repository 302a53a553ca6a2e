//! The relying party's side of WebAuthn Level 3, §7.1 and §7.2, and attestation; refuses any I/O,
//! clock or randomness of its own, and to remember which challenge has been used.
//!
//! A ceremony has two halves. [`Registration`] and [`Authentication`] make the options for the
//! browser and a state to keep; the state's `finish` judges the answer and tells the step of the
//! standard that refuses it.
//!
//! ```
//! use countersign_webauthn::{
//!     AuthenticationResponse, Authentication, Challenge, RelyingParty, StoredCredential,
//! };
//!
//! # fn random(bytes: &mut [u8]) -> Result<(), std::convert::Infallible> { bytes.fill(7); Ok(()) }
//! # fn store(_: &[u8]) -> Option<StoredCredential<'static>> { None }
//! let rp = RelyingParty::new("example.com", "Example", ["https://example.com"])?;
//! let challenge = Challenge::generate(random)?;
//! let (options, state) = Authentication::discoverable().begin(&rp, &challenge);
//! let to_the_browser = serde_json::to_string(&options)?;
//! # let from_the_browser = b"{}";
//!
//! // Later, with what the browser answered and what is stored under the credential's id:
//! if let Ok(response) = AuthenticationResponse::parse(from_the_browser)
//!     && let Some(credential) = store(response.raw_id.as_bytes())
//! {
//!     let passed = state.finish(&rp, &response, &credential)?;
//!     assert!(passed.user_verified && !passed.sign_count_regressed);
//! }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What passes is not yet accepted. The caller's store must note the challenge as used, by its hash,
//! in the same write that stores the new counter, and must refuse a credential id that any user has.

mod aaguid;
pub mod attestation;
pub mod authenticator_data;
mod base64url;
mod cbor;
mod ceremony;
pub mod client_data;
mod cose;
mod digest;
pub mod error;
#[cfg(feature = "fido-mds")]
pub mod mds;
mod option;
mod origin;
mod response;
mod rp;
mod signature;

pub use aaguid::Aaguid;
pub use attestation::{AttestationOutcome, Format, Requirement, TrustAnchors, TrustPolicy};
pub use base64url::{Base64Url, CredentialId, UserHandle};
pub use ceremony::{
    Authenticated, Authentication, AuthenticationState, BackupPolicy, Challenge, ChallengeHash,
    Registered, Registration, RegistrationState, StoredCredential, User,
};
pub use cose::{Algorithm, MAX_KEY};
pub use error::{AuthenticationError, RegistrationError};
pub use option::{
    AttestationPreference, CreationOptions, CredentialDescriptor, Hint, RequestOptions,
    ResidentKey, TIMEOUT, UserVerification,
};
pub use response::{
    AssertionResponse, Attachment, AttestationResponse, AuthenticationResponse, ClientDataJson,
    CredentialProperties, ExtensionResults, MAX_RESPONSE, RegistrationResponse,
};
pub use rp::{RelatedOrigins, RelyingParty};
pub use signature::PublicKey;
