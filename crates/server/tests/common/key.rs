//! A browser with one passkey in it: an authenticator that others wrote, with its own CBOR and
//! cryptography. It talks to nobody; it answers options.

use futures_executor::block_on;
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientDataWithExtra};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use serde_json::{Value, json};
use url::Url;

/// A person who is there, and whose finger is known.
struct Present;

#[async_trait::async_trait]
impl UserValidationMethod for Present {
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

type Browser =
    Client<Option<Passkey>, Present, RustCryptoBackend, public_suffix::PublicSuffixList, ()>;

/// Whether a key counts its signatures, or says zero for ever, as synced passkeys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    Zero,
    Counting,
}

/// One passkey and the browser around it, at one origin.
pub struct Key {
    browser: Browser,
    origin: Url,
    answers: u32,
}

impl Key {
    pub fn new(origin: &str, counter: Counter) -> Self {
        let mut authenticator =
            Authenticator::new(Aaguid::from([0x42; 16]), None, Present, RustCryptoBackend);
        authenticator.set_make_credentials_with_signature_counter(counter == Counter::Counting);
        Self {
            browser: Client::new(authenticator).allows_insecure_localhost(true),
            origin: Url::parse(origin).unwrap(),
            answers: 0,
        }
    }

    /// What it answers to creation options.
    pub fn create(&mut self, options: &Value) -> Value {
        let (origin, extra) = (self.origin.clone(), self.extra());
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let made = block_on(self.browser.register(origin, request, extra));
        serde_json::to_value(made.unwrap()).unwrap()
    }

    /// What it answers to request options: another answer each time.
    pub fn sign(&mut self, options: &Value) -> Value {
        let (origin, extra) = (self.origin.clone(), self.extra());
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let signed = block_on(self.browser.authenticate(origin, request, extra));
        serde_json::to_value(signed.unwrap()).unwrap()
    }

    /// Signatures repeat where the same is signed: a number in the client data, which may have
    /// more fields than the standard's (WebAuthn L3 §5.8.1), keeps each answer apart.
    fn extra(&mut self) -> DefaultClientDataWithExtra<Value> {
        self.answers += 1;
        DefaultClientDataWithExtra(json!({ "answer": self.answers }))
    }
}
