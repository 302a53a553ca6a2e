//! The challenge that a passkey of an application's user answers. It has no row until it is used.

use countersign_webauthn::{Authentication, RequestOptions};

use super::Host;
use crate::api_key::Scope;
use crate::clock::Timestamp;
use crate::error::Error;
use crate::factor::passkey::{self, Purpose};
use crate::port::store::Holdings;
use crate::secret_text::{Presented, Proof};
use crate::session::TokenHash;
use crate::user::UserId;
use crate::verdict::Verdict;
use crate::view::Method;

/// How a user can be verified now.
pub struct HostChallenge {
    /// What a passkey's answer names it by.
    pub id: String,
    /// Strongest first, and among equals the last used first.
    pub methods: Vec<Method>,
    /// For the browser, where the user has a passkey.
    pub options: Option<RequestOptions>,
    /// Until when it can be answered.
    pub expires_at: Timestamp,
}

impl Host<'_> {
    /// The ways to verify a user, and a challenge for their passkeys. Asking writes nothing.
    pub async fn challenge(&self, user: &UserId) -> Result<Verdict<HostChallenge>, Error> {
        if let Some(refusal) = self.lacks(Scope::Verify).await? {
            return Ok(Verdict::Refused(refusal));
        }
        let (engine, now, key) = (self.engine(), self.engine().now()?, self.key(user));
        let challenge = passkey::challenge(engine, Purpose::HostVerify(key), now)?;
        let id = challenge_id(passkey::challenge_hash(&challenge));
        let expires_at = now.plus(engine.policy.challenge);
        let overview = self.overview(key).await?;
        let overview = overview.filter(|overview| overview.user.enabled);
        let holdings = overview
            .as_ref()
            .map_or(Holdings::default(), |overview| overview.holdings);
        let options = match overview {
            Some(overview) if holdings.passkeys > 0 => {
                let allowed = passkey::descriptors(&overview.passkeys)?;
                let handle = passkey::handle(&overview.user)?;
                let asked = Authentication::of_user(handle, allowed);
                Some(asked.begin(&engine.rp, &challenge).0)
            }
            _ => None,
        };
        Ok(Verdict::Accepted(HostChallenge {
            id,
            methods: Method::of(&holdings),
            options,
            expires_at,
        }))
    }
}

/// Whether a proof is the answer to the challenge of this name; to any, where none is named.
pub(super) fn answers(proof: &Proof, id: Option<&str>) -> bool {
    let (Presented::Passkey(response), Some(id)) = (&proof.0, id) else {
        return true;
    };
    let client_data = response.response.client_data_json.as_bytes();
    passkey::answered(client_data).map(challenge_id).as_deref() == Some(id)
}

fn challenge_id(hash: TokenHash) -> String {
    let (front, _) = hash.0.split_at(16);
    format!("chl_{}", data_encoding::BASE64URL_NOPAD.encode(front))
}
