//! A passkey and the browser around it, in tests that wait for nothing.

use countersign_testkit::Browser;
use futures_executor::block_on;
use serde_json::Value;

pub use countersign_testkit::Counter;

/// One passkey, at one origin.
pub struct Key(Browser);

impl Key {
    pub fn new(origin: &str, counter: Counter) -> Self {
        Self(Browser::with(origin, counter, true))
    }

    /// What it answers to creation options.
    pub fn create(&mut self, options: &Value) -> Value {
        block_on(self.0.create(options))
    }

    /// What it answers to request options: another answer each time.
    pub fn sign(&mut self, options: &Value) -> Value {
        block_on(self.0.sign(options))
    }
}
