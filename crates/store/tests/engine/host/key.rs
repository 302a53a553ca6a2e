//! A passkey and the browser around it, in the engine's own types.

use countersign::webauthn::{
    AuthenticationResponse, CreationOptions, RegistrationResponse, RequestOptions,
};
use countersign_testkit::Browser;
use serde_json::{Value, json};

/// One passkey, at the origin of these tests.
pub struct Key(Browser);

impl Key {
    pub fn new() -> Self {
        Self(Browser::new("http://localhost:8080"))
    }

    pub async fn create(&mut self, options: &CreationOptions) -> RegistrationResponse {
        let made = self.0.create(&json!(options)).await;
        serde_json::from_value(made).unwrap()
    }

    pub async fn sign(&mut self, options: &RequestOptions) -> AuthenticationResponse {
        self.sign_any(&json!(options)).await
    }

    /// The same of options that were changed.
    pub async fn sign_any(&mut self, options: &Value) -> AuthenticationResponse {
        serde_json::from_value(self.0.sign(options).await).unwrap()
    }
}
