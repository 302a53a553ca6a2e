//! A browser's passkeys: an authenticator that others wrote, with its own CBOR and cryptography.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client as Ceremonies, DefaultClientData};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use serde_json::{Value, json};
use url::Url;

use super::{Answer, Client};

const ORIGIN: &str = "https://login.example.com";

/// A person who is there, and whose finger is known or not.
struct Person {
    verified: Arc<AtomicBool>,
}

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
            verification: verification && self.verified.load(Ordering::Relaxed),
        })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        self.verified.load(Ordering::Relaxed).then_some(true)
    }
}

/// One passkey and the browser around it.
pub struct Key {
    ceremonies:
        Ceremonies<Option<Passkey>, Person, RustCryptoBackend, public_suffix::PublicSuffixList, ()>,
    verified: Arc<AtomicBool>,
}

impl Key {
    /// One that verifies its user.
    pub fn new() -> Self {
        Self::of(true)
    }

    /// A key that anybody can touch.
    pub fn without_verification() -> Self {
        Self::of(false)
    }

    fn of(verified: bool) -> Self {
        let finger = Arc::new(AtomicBool::new(verified));
        let authenticator = Authenticator::new(
            Aaguid::from([0x42; 16]),
            None,
            Person {
                verified: Arc::clone(&finger),
            },
            RustCryptoBackend,
        );
        let ceremonies = Ceremonies::new(authenticator);
        Self {
            ceremonies: ceremonies.user_verification_when_preferred(verified),
            verified: finger,
        }
    }

    /// Somebody sets a PIN on it: from here on it verifies whoever knows that.
    pub fn takes_a_pin(&self) {
        self.verified.store(true, Ordering::Relaxed);
    }

    /// What it answers to creation options.
    pub async fn create(&mut self, options: &Value) -> Value {
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let origin = Url::parse(ORIGIN).unwrap();
        let made = self
            .ceremonies
            .register(origin, request, DefaultClientData)
            .await;
        serde_json::to_value(made.unwrap()).unwrap()
    }

    /// What it answers to request options.
    pub async fn sign(&mut self, options: &Value) -> Value {
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let origin = Url::parse(ORIGIN).unwrap();
        let signed = self
            .ceremonies
            .authenticate(origin, request, DefaultClientData);
        serde_json::to_value(signed.await.unwrap()).unwrap()
    }

    /// Signs the options of a path, whatever they allow.
    pub async fn answer(&mut self, client: &Client, path: &str) -> Value {
        let options = client.post(path, "{}").await;
        assert_eq!(options.status, 200, "{}", options.text());
        self.sign(&options.json()).await
    }

    /// Enrolls it.
    pub async fn enroll(&mut self, client: &Client) -> Answer {
        let options = client.post("/mfa/passkeys/options", "{}").await;
        assert_eq!(options.status, 200, "{}", options.text());
        let credential = self.create(&options.json()).await;
        let body = json!({ "credential": credential, "label": "Blue key" });
        client.post("/mfa/passkeys", body.to_string()).await
    }
}
