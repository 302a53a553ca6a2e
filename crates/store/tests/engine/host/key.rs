//! A browser with a passkey: an authenticator that others wrote, with its own CBOR and cryptography.

use countersign::webauthn::{
    AuthenticationResponse, CreationOptions, RegistrationResponse, RequestOptions,
};
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client as Ceremonies, DefaultClientData};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use serde_json::{Value, json};
use url::Url;

const ORIGIN: &str = "http://localhost:8080";

/// A person who is there, and whose finger is known.
struct Person;

#[async_trait::async_trait]
impl UserValidationMethod for Person {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Passkey>,
        _presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck {
            presence: true,
            verification,
        })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        Some(true)
    }
}

/// One passkey and the browser around it.
pub struct Key(
    Ceremonies<Option<Passkey>, Person, RustCryptoBackend, public_suffix::PublicSuffixList, ()>,
);

impl Key {
    pub fn new() -> Self {
        let aaguid = Aaguid::from([0x42; 16]);
        let authenticator = Authenticator::new(aaguid, None, Person, RustCryptoBackend);
        Self(Ceremonies::new(authenticator).allows_insecure_localhost(true))
    }

    pub async fn create(&mut self, options: &CreationOptions) -> RegistrationResponse {
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let origin = Url::parse(ORIGIN).unwrap();
        let made = self.0.register(origin, request, DefaultClientData).await;
        let made = serde_json::to_value(made.unwrap()).unwrap();
        serde_json::from_value(made).unwrap()
    }

    pub async fn sign(&mut self, options: &RequestOptions) -> AuthenticationResponse {
        self.sign_any(&json!(options)).await
    }

    pub async fn sign_any(&mut self, options: &Value) -> AuthenticationResponse {
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let origin = Url::parse(ORIGIN).unwrap();
        let signed = self.0.authenticate(origin, request, DefaultClientData);
        let signed = serde_json::to_value(signed.await.unwrap()).unwrap();
        serde_json::from_value(signed).unwrap()
    }
}
