//! The multi-factor authentication engine: rules, use cases and ports; no I/O, no runtime, no HTTP.

pub mod assurance;
pub mod audit;
pub mod authenticator;
pub mod clock;
pub mod error;
pub mod id;
pub mod port;
pub mod realm;
pub mod session;
pub mod throttle;
pub mod user;
pub mod vault;
