//! Countersign's stores: the engine's port, implemented. They store and find; what is allowed is
//! decided by the engine's pure functions, which they call.
//!
//! # An engine on a SQLite file
//!
//! ```
//! use countersign::user::UserId;
//! use countersign::{Client, Countersign, Proof, Refusal, Verdict};
//! use countersign_store::{Options, SqliteStore};
//! # use countersign::clock::Clock as _;
//! # use countersign_testkit::{TestClock, TestRandom};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let folder = tempfile::tempdir()?;
//! # let path = folder.path().join("countersign.db");
//! # let (clock, random) = (TestClock::default(), TestRandom::default());
//! # let keyring = countersign::vault::Keyring::generate(clock.now(), &random)?;
//! let store = SqliteStore::open(&path, Options::default())?;
//! let mfa = Countersign::builder(store, &keyring)
//!     .clock(clock)
//!     .randomness(random)
//!     .spawn(|work: countersign::port::Work| {
//!         tokio::spawn(work);
//!     })
//!     .build()?;
//! // Nobody is enrolled, and that looks like a wrong code.
//! let (user, client) = (UserId::parse("42")?, Client::default());
//! let verdict = mfa.verify(&user, Proof::code("123456"), &client).await?;
//! assert!(matches!(verdict, Verdict::Refused(Refusal::InvalidCode { .. })));
//! # Ok(())
//! # }
//! ```

pub mod sqlite;

pub use sqlite::{OpenError, Options, SqliteStore};
