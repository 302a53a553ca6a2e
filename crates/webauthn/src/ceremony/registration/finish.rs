//! The steps of WebAuthn L3 §7.1 from 3 to 28, in their order; refuses at the first that fails.

use super::{BackupPolicy, RegistrationState};
use crate::aaguid::Aaguid;
use crate::attestation::{self, AttestationObject, AttestationOutcome, Subject, TrustPolicy};
use crate::authenticator_data::{AttestedCredential, AuthenticatorData};
use crate::base64url::{CredentialId, UserHandle};
use crate::client_data::{Ceremony, ClientData};
use crate::cose::{self, Algorithm};
use crate::digest::sha256;
use crate::error::{AuthenticatorDataError, RegistrationError as Error};
use crate::option::UserVerification;
use crate::response::{Attachment, RegistrationResponse};
use crate::rp::RelyingParty;
use crate::signature::PublicKey;

/// A credential that passed, for the caller to store unless its id is taken, by whomever
/// (WebAuthn L3 §7.1 steps 26, 27 and 29).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags of the standard, stored as they are"
)]
#[must_use = "the credential is not registered before it is stored"]
pub struct Registered {
    /// The user that the options named, never one that the answer names.
    pub user: UserHandle,
    /// The id, unique over all users.
    pub credential_id: CredentialId,
    /// The public key, COSE as the authenticator wrote it.
    pub public_key: Vec<u8>,
    /// The algorithm of the key.
    pub algorithm: Algorithm,
    /// The signature counter, 0 for authenticators that have none.
    pub sign_count: u32,
    /// Whether the user was verified, now.
    pub user_verified: bool,
    /// Whether verification may count as a factor from now on (WebAuthn L3 §4, `uvInitialized`).
    pub uv_initialized: bool,
    /// Whether the credential may leave its device.
    pub backup_eligible: bool,
    /// Whether it has been backed up.
    pub backup_state: bool,
    /// The model, as it says itself unless the attestation is trusted.
    pub aaguid: Aaguid,
    /// How the authenticator can be reached, words not known here included.
    pub transports: Vec<String>,
    /// Where the authenticator was.
    pub attachment: Option<Attachment>,
    /// Whether the credential is discoverable, if the browser tells (WebAuthn L3 §10.1.3).
    pub discoverable: Option<bool>,
    /// What the attestation is worth.
    pub attestation: AttestationOutcome,
}

impl RegistrationState {
    /// Judges the answer. `trust` says what attestation must be.
    pub fn finish(
        &self,
        rp: &RelyingParty,
        response: &RegistrationResponse,
        trust: &TrustPolicy<'_>,
    ) -> Result<Registered, Error> {
        // Step 3. Step 4, extension results, has been part of parsing.
        if response.kind != "public-key" || response.id != response.raw_id {
            return Err(Error::Response);
        }
        // Steps 5 to 11.
        let client_data_json = response.response.client_data_json.as_bytes();
        ClientData::parse(client_data_json)?.judge(Ceremony::Registration, &self.challenge, rp)?;
        // Step 12: over the bytes as they came.
        let client_data_hash = sha256(client_data_json);
        // Step 13.
        let object = AttestationObject::parse(response.response.attestation_object.as_bytes())
            .map_err(Error::AttestationObject)?;
        let data = AuthenticatorData::parse(object.auth_data).map_err(Error::AuthenticatorData)?;
        let credential = data
            .attested
            .ok_or(Error::AuthenticatorData(AuthenticatorDataError::Attested))?;
        self.judge_flags(rp, &data)?;
        let key = self.judge_key(&credential)?;
        // Steps 21 to 24.
        let attestation = attestation::judge(
            &Subject {
                object: &object,
                data: &data,
                credential: &credential,
                key: &key,
                client_data_hash: &client_data_hash,
            },
            trust,
        )?;
        // Step 25. An id that the response does not name would be stored under a name that no
        // answer ever gives.
        if response.raw_id.as_bytes() != credential.credential_id {
            return Err(Error::CredentialId);
        }
        Ok(Registered {
            user: self.user.clone(),
            credential_id: response.raw_id.clone(),
            public_key: credential.public_key.to_vec(),
            algorithm: key.algorithm(),
            sign_count: data.sign_count,
            user_verified: data.flags.user_verified(),
            uv_initialized: data.flags.user_verified(),
            backup_eligible: data.flags.backup_eligible(),
            backup_state: data.flags.backup_state(),
            aaguid: credential.aaguid,
            transports: usable(&response.response.transports),
            attachment: response.authenticator_attachment,
            // Step 28: outputs that are missing or that nobody asked for change nothing.
            discoverable: response
                .client_extension_results
                .cred_props
                .and_then(|properties| properties.rk),
            attestation,
        })
    }

    fn judge_flags(&self, rp: &RelyingParty, data: &AuthenticatorData<'_>) -> Result<(), Error> {
        let flags = data.flags;
        // Step 14.
        if data.rp_id_hash != rp.id_hash() {
            return Err(Error::RpIdHash);
        }
        // Step 15.
        if !flags.user_present() && !self.conditional {
            return Err(Error::UserPresent);
        }
        // Step 16.
        if !flags.user_verified() && self.user_verification == UserVerification::Required {
            return Err(Error::UserVerified);
        }
        // Step 17.
        if flags.backup_state() && !flags.backup_eligible() {
            return Err(Error::BackupState);
        }
        // Step 18. Step 19: the backup state decides nothing (NIST SP 800-63B-4 §B.3).
        if flags.backup_eligible() && self.backup == BackupPolicy::DeviceBound {
            return Err(Error::BackupEligible);
        }
        Ok(())
    }

    /// Step 20, and that the key is one (WebAuthn L3 §5.8.5).
    fn judge_key<'a>(&self, credential: &AttestedCredential<'a>) -> Result<PublicKey<'a>, Error> {
        let number = cose::algorithm_number(credential.public_key).map_err(Error::PublicKey)?;
        if !self.algorithms.iter().any(|own| own.number() == number) {
            return Err(Error::Algorithm(number));
        }
        let key = PublicKey::from_cose(credential.public_key).map_err(Error::PublicKey)?;
        key.check().map_err(Error::PublicKey)?;
        Ok(key)
    }
}

/// Transports that can be stored and given back: at most eight short words, each once.
fn usable(transports: &[String]) -> Vec<String> {
    let mut usable: Vec<String> = Vec::new();
    for word in transports {
        let short =
            (1..=32).contains(&word.len()) && word.bytes().all(|byte| byte.is_ascii_graphic());
        if short && usable.len() < 8 && !usable.contains(word) {
            usable.push(word.clone());
        }
    }
    usable
}
