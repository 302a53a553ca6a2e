//! A browser with one passkey in it: an authenticator that others wrote, with its own CBOR and
//! cryptography. It talks to nobody; it answers options.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientDataWithExtra};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use serde_json::{Value, json};
use url::Url;

/// A person who is there, and whose finger is known or not.
struct Present {
    verified: Arc<AtomicBool>,
}

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

type Ceremonies =
    Client<Option<Passkey>, Present, RustCryptoBackend, public_suffix::PublicSuffixList, ()>;

/// Whether a key counts its signatures, or says zero for ever, as synced passkeys do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counter {
    /// Zero for ever.
    Zero,
    /// One more each time.
    Counting,
}

/// One passkey and the browser around it, at one origin.
pub struct Browser {
    ceremonies: Ceremonies,
    verified: Arc<AtomicBool>,
    origin: Url,
    answers: u32,
}

impl Browser {
    /// A synced passkey that verifies its user.
    pub fn new(origin: &str) -> Self {
        Self::with(origin, Counter::Zero, true)
    }

    /// One that counts or does not, and verifies its user or is touched by anybody.
    pub fn with(origin: &str, counter: Counter, verified: bool) -> Self {
        let finger = Arc::new(AtomicBool::new(verified));
        let person = Present {
            verified: Arc::clone(&finger),
        };
        let aaguid = Aaguid::from([0x42; 16]);
        let mut authenticator = Authenticator::new(aaguid, None, person, RustCryptoBackend);
        authenticator.set_make_credentials_with_signature_counter(counter == Counter::Counting);
        let ceremonies = Client::new(authenticator)
            .allows_insecure_localhost(true)
            .user_verification_when_preferred(verified);
        Self {
            ceremonies,
            verified: finger,
            origin: Url::parse(origin).unwrap(),
            answers: 0,
        }
    }

    /// Somebody sets a PIN on it: from here on it verifies whoever knows that.
    pub fn takes_a_pin(&self) {
        self.verified.store(true, Ordering::Relaxed);
    }

    /// What it answers to creation options.
    pub async fn create(&mut self, options: &Value) -> Value {
        let (origin, extra) = (self.origin.clone(), self.extra());
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let made = self.ceremonies.register(origin, request, extra).await;
        serde_json::to_value(made.unwrap()).unwrap()
    }

    /// What it answers to request options: another answer each time.
    pub async fn sign(&mut self, options: &Value) -> Value {
        let (origin, extra) = (self.origin.clone(), self.extra());
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let signed = self.ceremonies.authenticate(origin, request, extra).await;
        serde_json::to_value(signed.unwrap()).unwrap()
    }

    /// Signatures repeat where the same is signed: a number in the client data, which may have
    /// more fields than the standard's (WebAuthn L3 §5.8.1), keeps each answer apart.
    fn extra(&mut self) -> DefaultClientDataWithExtra<Value> {
        self.answers += 1;
        DefaultClientDataWithExtra(json!({ "answer": self.answers }))
    }
}
