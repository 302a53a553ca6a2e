//! What the tests share: a settable clock, a repeatable generator, passkeys in software, records made
//! by hand, and the contract suite that every store runs. It holds no real secret and no real key.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "test support: it fails by panicking"
)]

mod ambient;
mod browser;
pub mod contract;
mod key;
mod maker;
mod record;
mod world;

pub use ambient::{TestClock, TestRandom};
pub use browser::{Browser, Counter};
pub use key::{Assertion, SoftKey, base64url};
pub use maker::Maker;
pub use record::{Person, generous, sealed};
pub use world::{Enrolled, Keyed, Reply, World};
