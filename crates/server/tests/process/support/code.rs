//! An authenticator app: a secret and the time.

use std::time::{SystemTime, UNIX_EPOCH};

use countersign_otp::{Algorithm, Digits, KeyUri, Period, Secret, Totp};

/// What was scanned.
#[derive(Clone)]
pub struct App {
    pub id: String,
    pub secret: String,
    digits: Digits,
    algorithm: Algorithm,
}

impl App {
    /// From the answer of `/mfa/setup`, by its `uri` alone.
    pub fn scan(id: &str, uri: &str) -> Self {
        let uri = KeyUri::parse(uri).unwrap();
        Self {
            id: id.to_owned(),
            secret: uri.secret().to_base32().to_string(),
            digits: uri.digits(),
            algorithm: uri.algorithm(),
        }
    }

    /// The secret's bytes.
    pub fn bytes(&self) -> Vec<u8> {
        Secret::from_base32(&self.secret).unwrap().expose().to_vec()
    }

    /// What it shows in this step.
    pub fn code(&self, step: u64) -> String {
        let secret = Secret::from_base32(&self.secret).unwrap();
        let totp = Totp::new(&secret, self.algorithm, self.digits, Period::DEFAULT);
        totp.code_at_step(step).text().to_string()
    }

    /// A code that it shows nowhere near now.
    pub fn wrong(&self) -> String {
        let near: Vec<String> = (step() - 20..step() + 20).map(|at| self.code(at)).collect();
        (0..1_000_000)
            .map(|number| format!("{number:06}"))
            .find(|code| !near.contains(code))
            .unwrap()
    }
}

/// The running step of 30 seconds.
#[expect(
    clippy::disallowed_methods,
    reason = "the server's clock is the real one"
)]
pub fn step() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
        / 30
}
