//! Whether a verification could be decided now.

use crate::countersign::Countersign;
use crate::engine::Engine;
use crate::port::store::{Change, Found, Read};
use crate::user::UserKey;
use crate::vault::{Context, Sealed};

/// What every verification needs, and whether it can be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Readiness {
    /// The clock tells a time from which codes can be counted.
    pub clock: bool,
    /// The keyring's newest key seals, and opens what it sealed.
    pub keys: bool,
    /// The store answers questions and takes changes.
    pub store: bool,
}

impl Readiness {
    /// Whether all of it can.
    pub const fn is_ready(self) -> bool {
        self.clock && self.keys && self.store
    }
}

/// What is sealed to see whether it opens.
enum Canary {}

impl Countersign {
    /// Tries all that a verification needs; changes nothing. A store that is slow makes it slow: the
    /// caller sets the time it waits.
    pub async fn readiness(&self) -> Readiness {
        let engine = &self.0;
        Readiness {
            clock: engine.now().is_ok(),
            keys: keys(engine),
            store: store(engine).await,
        }
    }
}

fn keys(engine: &Engine) -> bool {
    let nobody = UserKey([0; 16]);
    let context = Context {
        purpose: "readiness",
        realm: &engine.realm.id,
        user: &nobody,
        row: b"canary",
    };
    let sealed: Result<Sealed<Canary>, _> = engine.vault.seal(b"canary", context, &*engine.random);
    sealed.is_ok_and(|sealed| {
        let opened = engine.vault.open(&sealed, context);
        opened.is_ok_and(|opened| opened.as_slice() == b"canary")
    })
}

async fn store(engine: &Engine) -> bool {
    let Ok(now) = engine.now() else {
        return false;
    };
    let read = engine.store.read(Read::User(UserKey([0; 16]))).await;
    // Removing nothing goes the way of every change.
    let changed = engine.store.change(Change::Purge { now, most: 0 }).await;
    matches!(read, Ok(Found::User(_))) && changed.is_ok()
}
