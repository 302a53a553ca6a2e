//! The application at an address of its own, with a clock that is set by hand.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use countersign::Countersign;
use countersign::clock::Clock as _;
use countersign::port::Work;
use countersign::vault::Keyring;
use countersign_example_axum::{Users, router};
use countersign_store::{Options, SqliteStore};
use countersign_testkit::{TestClock, TestRandom};
use tokio::net::TcpListener;

use crate::browser::Browser;

/// The running application; its files go with it.
pub struct World {
    pub origin: String,
    clock: Arc<TestClock>,
    address: SocketAddr,
    _folder: tempfile::TempDir,
}

impl World {
    pub async fn start() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, random) = (Arc::new(TestClock::default()), TestRandom::default());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let origin = format!("http://localhost:{}", address.port());
        let keyring = Keyring::generate(clock.now(), &random).unwrap();
        let path = folder.path().join("countersign.db");
        let store = SqliteStore::open(&path, Options::default()).unwrap();
        let mfa = Countersign::builder(store, &keyring)
            .issuer("MyApp")
            .relying_party("localhost", [&origin])
            .clock(Arc::clone(&clock))
            .randomness(random)
            .spawn(|work: Work| {
                tokio::spawn(work);
            })
            .build()
            .unwrap();
        let users = Users::open(&folder.path().join("users.db")).unwrap();
        let app = router(mfa, users).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self {
            origin,
            clock,
            address,
            _folder: folder,
        }
    }

    /// Somebody who was never there.
    pub fn browser(&self) -> Browser {
        Browser::new(self.address)
    }

    pub fn seconds(&self) -> u64 {
        self.clock.now().unix_seconds()
    }

    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }
}
