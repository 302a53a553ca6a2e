//! What a person carries: a phone and a passkey, each with an implementation that others wrote.

use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use serde_json::{Value, json};
use url::Url;

/// An authenticator app.
pub struct Phone(totp_rs::Totp);

impl Phone {
    /// Takes over what the QR picture says.
    pub fn scan(uri: &str) -> Self {
        let uri = Url::parse(uri).unwrap();
        let mut pairs = uri.query_pairs();
        let (_, secret) = pairs.find(|(name, _)| name == "secret").unwrap();
        let secret = data_encoding::BASE32_NOPAD.decode(secret.as_bytes());
        let totp = totp_rs::Builder::new()
            .with_secret(secret.unwrap())
            .with_account_name("alice@example.com")
            .build();
        Self(totp.unwrap())
    }

    pub fn code(&self, seconds: u64) -> String {
        self.0.generate(seconds).to_string()
    }

    /// A code that is none of now, nor of a minute around it.
    pub fn wrong_code(&self, seconds: u64) -> String {
        let near = [
            seconds - 60,
            seconds - 30,
            seconds,
            seconds + 30,
            seconds + 60,
        ];
        let near = near.map(|moment| self.code(moment));
        let codes = ["000000", "111111", "222222", "333333", "444444", "555555"];
        let mut wrong = codes.into_iter().map(str::to_owned);
        wrong.find(|code| !near.contains(code)).unwrap()
    }
}

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

type Browser =
    Client<Option<Passkey>, Person, RustCryptoBackend, public_suffix::PublicSuffixList, ()>;

/// One passkey, and the browser's part of it.
pub struct Key {
    browser: Browser,
    origin: Url,
}

impl Key {
    pub fn new(origin: &str) -> Self {
        let aaguid = Aaguid::from([0x42; 16]);
        let authenticator = Authenticator::new(aaguid, None, Person, RustCryptoBackend);
        Self {
            browser: Client::new(authenticator).allows_insecure_localhost(true),
            origin: Url::parse(origin).unwrap(),
        }
    }

    pub async fn create(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let origin = self.origin.clone();
        let made = self.browser.register(origin, request, DefaultClientData);
        serde_json::to_string(&made.await.unwrap()).unwrap()
    }

    pub async fn sign(&mut self, options: &str) -> String {
        let options: Value = serde_json::from_str(options).unwrap();
        let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
        let origin = self.origin.clone();
        let signed = self
            .browser
            .authenticate(origin, request, DefaultClientData);
        serde_json::to_string(&signed.await.unwrap()).unwrap()
    }
}
