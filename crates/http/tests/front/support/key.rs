//! A passkey and the browser around it, at the portal.

use countersign_testkit::{Browser, Counter};
use serde_json::{Value, json};

use super::{Answer, Client};

/// One passkey, at the origin of these tests.
pub struct Key(Browser);

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
        let origin = "https://login.example.com";
        Self(Browser::with(origin, Counter::Zero, verified))
    }

    /// Somebody sets a PIN on it: from here on it verifies whoever knows that.
    pub fn takes_a_pin(&self) {
        self.0.takes_a_pin();
    }

    /// What it answers to creation options.
    pub async fn create(&mut self, options: &Value) -> Value {
        self.0.create(options).await
    }

    /// What it answers to request options.
    pub async fn sign(&mut self, options: &Value) -> Value {
        self.0.sign(options).await
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
