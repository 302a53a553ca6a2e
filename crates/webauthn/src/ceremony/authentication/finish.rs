//! The steps of WebAuthn L3 §7.2 from 3 to 24, in their order; refuses at the first that fails, and
//! to decide what a counter that went back means.

use super::AuthenticationState;
use crate::authenticator_data::AuthenticatorData;
use crate::base64url::{CredentialId, UserHandle};
use crate::client_data::{Ceremony, ClientData};
use crate::digest::sha256;
use crate::error::{AuthenticationError as Error, AuthenticatorDataError};
use crate::option::UserVerification;
use crate::response::{Attachment, AuthenticationResponse};
use crate::rp::RelyingParty;
use crate::signature::PublicKey;

/// The credential that the caller found by the response's id, as it was stored.
#[derive(Debug, Clone, Copy)]
pub struct StoredCredential<'a> {
    /// Its id.
    pub id: &'a CredentialId,
    /// The user that it belongs to.
    pub user: &'a UserHandle,
    /// Its public key, COSE.
    pub public_key: &'a [u8],
    /// The last counter.
    pub sign_count: u32,
    /// Whether verification counts as a factor.
    pub uv_initialized: bool,
    /// Whether it may leave its device.
    pub backup_eligible: bool,
}

/// An assertion that passed. It is accepted only when the caller has noted its challenge as used
/// and stored the counter, in one conditional write (WebAuthn L3 §7.2 step 24).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
#[expect(
    clippy::struct_excessive_bools,
    reason = "flags of the standard, stored as they are"
)]
#[must_use = "an assertion is not accepted before its challenge is noted as used"]
pub struct Authenticated {
    /// The user that the credential belongs to.
    pub user: UserHandle,
    /// The credential.
    pub credential_id: CredentialId,
    /// A user was present. Always true: step 16 refuses otherwise.
    pub user_present: bool,
    /// The authenticator verified the user.
    pub user_verified: bool,
    /// The verification counts as a factor: the user was verified, and already was at the
    /// registration or by other means since (WebAuthn L3 §4, `uvInitialized`).
    pub user_verification_counts: bool,
    /// The user was verified for the first time. `uv_initialized` may be stored as true only after
    /// another factor has been shown (WebAuthn L3 §7.2 step 24).
    pub may_initialize_uv: bool,
    /// The new counter, to store.
    pub new_sign_count: u32,
    /// One of the counters is not zero and the new one is not the greater: perhaps a clone, perhaps
    /// two answers that crossed. The caller's policy decides (WebAuthn L3 §7.2 step 22).
    pub sign_count_regressed: bool,
    /// Whether the credential may leave its device; as stored.
    pub backup_eligible: bool,
    /// Whether it has been backed up, to store.
    pub backup_state: bool,
    /// Where the authenticator was.
    pub attachment: Option<Attachment>,
}

impl AuthenticationState {
    /// Judges the answer, by the credential stored under its id.
    pub fn finish(
        &self,
        rp: &RelyingParty,
        response: &AuthenticationResponse,
        stored: &StoredCredential<'_>,
    ) -> Result<Authenticated, Error> {
        // Step 3. Step 4, extension results, has been part of parsing.
        if response.kind != "public-key" || response.id != response.raw_id {
            return Err(Error::Response);
        }
        self.judge_owner(response, stored)?;
        // Step 7.
        let answer = &response.response;
        let client_data_json = answer.client_data_json.as_bytes();
        let signed = answer.authenticator_data.as_bytes();
        let data = AuthenticatorData::parse(signed).map_err(Error::AuthenticatorData)?;
        if data.attested.is_some() {
            // WebAuthn L3 §6.1: an assertion carries none.
            return Err(Error::AuthenticatorData(AuthenticatorDataError::Attested));
        }
        // Steps 8 to 14.
        ClientData::parse(client_data_json)?.judge(
            Ceremony::Authentication,
            &self.challenge,
            rp,
        )?;
        self.judge_flags(rp, &data, stored)?;
        // Steps 20 and 21.
        let client_data_hash = sha256(client_data_json);
        PublicKey::from_cose(stored.public_key)
            .map_err(Error::PublicKey)?
            .verify(signed, &client_data_hash, answer.signature.as_bytes())
            .map_err(|_| Error::Signature)?;
        // Step 22. Step 23: no extension output changes anything.
        let counted = data.sign_count != 0 || stored.sign_count != 0;
        let user_verified = data.flags.user_verified();
        Ok(Authenticated {
            user: stored.user.clone(),
            credential_id: stored.id.clone(),
            user_present: data.flags.user_present(),
            user_verified,
            user_verification_counts: user_verified && stored.uv_initialized,
            may_initialize_uv: user_verified && !stored.uv_initialized,
            new_sign_count: data.sign_count,
            sign_count_regressed: counted && data.sign_count <= stored.sign_count,
            backup_eligible: data.flags.backup_eligible(),
            backup_state: data.flags.backup_state(),
            attachment: response.authenticator_attachment,
        })
    }

    fn judge_owner(
        &self,
        response: &AuthenticationResponse,
        stored: &StoredCredential<'_>,
    ) -> Result<(), Error> {
        // Step 5.
        if !self.allowed.is_empty() && !self.allowed.contains(&response.raw_id) {
            return Err(Error::NotAllowed);
        }
        // Step 6: the credential is the one that answers, and belongs to the user.
        let owner_differs = self.user.as_ref().is_some_and(|user| user != stored.user);
        if response.raw_id != *stored.id || owner_differs {
            return Err(Error::Credential);
        }
        // Step 6: the handle in the answer, which must be there if nobody was known before.
        match &response.response.user_handle {
            Some(handle) if handle.as_bytes() != stored.user.as_bytes() => Err(Error::UserHandle),
            None if self.user.is_none() => Err(Error::UserHandle),
            _ => Ok(()),
        }
    }

    fn judge_flags(
        &self,
        rp: &RelyingParty,
        data: &AuthenticatorData<'_>,
        stored: &StoredCredential<'_>,
    ) -> Result<(), Error> {
        let flags = data.flags;
        // Step 15.
        if data.rp_id_hash != rp.id_hash() {
            return Err(Error::RpIdHash);
        }
        // Step 16.
        if !flags.user_present() {
            return Err(Error::UserPresent);
        }
        // Step 17.
        if !flags.user_verified() && self.user_verification == UserVerification::Required {
            return Err(Error::UserVerified);
        }
        // Step 18.
        if flags.backup_state() && !flags.backup_eligible() {
            return Err(Error::BackupState);
        }
        // Step 19.
        if flags.backup_eligible() != stored.backup_eligible {
            return Err(Error::BackupEligible);
        }
        Ok(())
    }
}
