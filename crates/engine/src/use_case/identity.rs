//! Identity assertions: what an application behind a proxy can verify instead of believing the proxy.
//! Each is for one host and for one minute at most; it opens nothing here.

use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde_json::{Value, json};

use super::ticket::ChildSession;
use crate::countersign::Countersign;
use crate::error::Error;

/// How long an assertion is good, in seconds.
const LIFE: u64 = 60;

/// The claims (RFC 7519 §4.1, RFC 8176, `OpenID` Connect Core §2). Moments are seconds since 1970.
#[derive(Serialize)]
struct Claims<'a> {
    iss: &'a str,
    aud: &'a str,
    sub: &'a str,
    preferred_username: &'a str,
    amr: Vec<&'static str>,
    acr: &'static str,
    auth_time: u64,
    iat: u64,
    exp: u64,
}

impl Countersign {
    /// A JWT (RFC 7519) signed with `EdDSA` (RFC 8037), for `audience`: who the session is, and what it
    /// is worth.
    pub fn identity_assertion(
        &self,
        session: &ChildSession,
        audience: &str,
    ) -> Result<String, Error> {
        let now = self.0.now()?.unix_seconds();
        let assurance = session.assurance();
        let claims = Claims {
            iss: &self.0.realm.audience,
            aud: audience,
            sub: session.user_id().as_str(),
            preferred_username: session.user_name(),
            amr: assurance.amr.names(),
            acr: assurance.acr(),
            auth_time: assurance.auth_time.unix_seconds(),
            iat: now,
            exp: now + LIFE,
        };
        let part = |value: &Value| BASE64URL_NOPAD.encode(value.to_string().as_bytes());
        let key = self.0.vault.identity_key();
        let head = json!({ "alg": "EdDSA", "typ": "JWT", "kid": key.to_string() });
        let signed = format!("{}.{}", part(&head), part(&json!(claims)));
        let signature = self.0.vault.sign_identity(signed.as_bytes());
        Ok(format!("{signed}.{}", BASE64URL_NOPAD.encode(&signature)))
    }

    /// The public keys of those assertions, as a JWK set (RFC 7517 §5, RFC 8037 §2).
    pub fn identity_keys(&self) -> Value {
        let keys = self.0.vault.identity_keys().map(|(id, public)| {
            json!({
                "kty": "OKP",
                "crv": "Ed25519",
                "alg": "EdDSA",
                "use": "sig",
                "kid": id.to_string(),
                "x": BASE64URL_NOPAD.encode(public),
            })
        });
        json!({ "keys": keys.collect::<Vec<_>>() })
    }
}
