//! The wiring: which store, which keyring, which clock make the engine of this process. It makes the
//! data directory and a keyring at most once, and never a keyring beside data that another sealed.

use std::fs::{self, DirBuilder, File};
use std::io;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign::clock::Clock as _;
use countersign::port::store::{Found, Read, Store as _};
use countersign::realm::{Realm, RealmId};
use countersign::vault::Keyring;
use countersign::webauthn::RelyingParty;
use countersign::{AttestationPolicy, Countersign, Error, Hashing};
use countersign_http::{PublicUrl, Realms, Site};
use countersign_store::{Options, SqliteStore};
use rustix::fs::Mode;

use crate::ambient::{OsRandom, SystemClock, Tasks, TasksEnded};
use crate::config::{KeyringPlace, Settings};
use crate::failure::{Failure, FileFailure};
use crate::keyring::{self, KeyringFailure};

/// How far opening may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    /// Make what is missing.
    Make,
    /// Work with what is there.
    Existing,
    /// The same, also when a row does not open: removing such a row is the remedy.
    Repair,
}

/// An engine, and what opening it made.
pub struct Opened {
    /// The engine.
    pub mfa: Countersign,
    /// Tells when its detached work has ended.
    pub tasks: TasksEnded,
    /// Files and directories that were not there before.
    pub made: Vec<PathBuf>,
    /// Whether a sealed row did not open (only when repairing).
    pub broken: bool,
}

/// Opens keyring and store and builds the engine over them.
pub async fn open(
    settings: &Settings,
    opening: Opening,
    url: &PublicUrl,
    hashing: Hashing,
    attestation: AttestationPolicy,
) -> Result<Opened, Failure> {
    // All that is made from here on is for its owner alone.
    rustix::process::umask(Mode::from_raw_mode(0o077));
    let mut made = Vec::new();
    data_directory(settings, opening, &mut made)?;
    let keyring = match keyring::load(&settings.keyring)? {
        Some(keyring) => keyring,
        None => new_keyring(settings, opening, &mut made).await?,
    };
    if !settings.database.exists() {
        if opening != Opening::Make {
            return Err(Failure::NoDatabase(settings.database.clone()));
        }
        made.push(settings.database.clone());
    }
    let store = SqliteStore::open(&settings.database, Options::default())?;
    let (mfa, ended) = build(store, &keyring, settings, url, hashing, attestation)?;
    let keys = mfa.operator().check_keys().await?;
    if keys.is_foreign() && opening != Opening::Repair {
        return Err(KeyringFailure::Foreign(settings.database.clone()).into());
    }
    for user in &keys.failed {
        tracing::warn!(
            user,
            "rows of this user do not open: they were changed; see `countersign doctor`"
        );
    }
    let broken = !keys.failed.is_empty();
    Ok(Opened {
        mfa,
        tasks: ended,
        made,
        broken,
    })
}

/// Builds an engine over a store.
pub fn build(
    store: SqliteStore,
    keyring: &Keyring,
    settings: &Settings,
    url: &PublicUrl,
    hashing: Hashing,
    attestation: AttestationPolicy,
) -> Result<(Countersign, TasksEnded), Failure> {
    let (tasks, ended) = Tasks::new();
    let mfa = Countersign::builder(store, keyring)
        .clock(SystemClock)
        .randomness(OsRandom)
        .spawn(tasks)
        .realm(realm(settings, url))
        .policy(settings.policy)
        .attestation(attestation)
        .hashing(hashing)
        .build()?;
    Ok((mfa, ended))
}

/// Passkeys are bound to the public URL's host. Numbers and names without a dot can have none
/// (WebAuthn L3 §5.1.3), nor a port that is not known yet: there a stand-in is named, browsers
/// refuse every ceremony, and all else works.
fn realm(settings: &Settings, url: &PublicUrl) -> Realm {
    let (mut rp_id, mut origins) = (url.host().to_owned(), vec![url.origin()]);
    if RelyingParty::new(&rp_id, &settings.issuer, &origins).is_err() {
        "localhost".clone_into(&mut rp_id);
        origins = vec!["http://localhost".to_owned()];
    }
    Realm {
        id: RealmId::default(),
        issuer: settings.issuer.clone(),
        rp_id,
        origins,
        related_origins: settings.related_origins.clone(),
        audience: url.origin(),
    }
}

/// The realms over the engine of `default`: that alone so far.
pub fn realms(mfa: Countersign, settings: &Settings, url: PublicUrl) -> Realms {
    let site = Site {
        trusted_proxies: settings.trusted_proxies.clone(),
        protected_hosts: settings.protected_hosts.clone(),
        address_limit: settings.address_limit,
        contact: settings.contact.clone(),
        ..Site::new(url)
    };
    Realms::new(mfa, site)
}

/// A clock further behind the newest record than this is wrong.
pub const CLOCK_TOLERANCE: Duration = Duration::from_secs(5);

/// The pool of a command that hashes at most one password.
pub const ONE_HASH: Hashing = Hashing {
    threads: 1,
    queue: 1,
    reserved: 0,
};

fn data_directory(
    settings: &Settings,
    opening: Opening,
    made: &mut Vec<PathBuf>,
) -> Result<(), Failure> {
    let directory = &settings.data_dir;
    let needed = settings.database.starts_with(directory)
        || matches!(settings.keyring, KeyringPlace::DataDirectory(_));
    if !needed || directory.is_dir() {
        return Ok(());
    }
    if opening != Opening::Make && !directory.exists() {
        return Err(Failure::NoDataDirectory(directory.clone()));
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .map_err(|error| Failure::DataDirectory(FileFailure::new("create", directory, error)))?;
    made.push(directory.clone());
    Ok(())
}

/// Makes the keyring of a new data directory, under the directory's lock, so that of two processes
/// that start at once the second takes what the first made.
async fn new_keyring(
    settings: &Settings,
    opening: Opening,
    made: &mut Vec<PathBuf>,
) -> Result<Keyring, Failure> {
    let KeyringPlace::DataDirectory(path) = &settings.keyring else {
        return Err(KeyringFailure::Missing(settings.data_dir.clone()).into());
    };
    let _lock = lock(path.parent().unwrap_or(Path::new("."))).map_err(|error| {
        KeyringFailure::Unwritable {
            path: path.clone(),
            error,
        }
    })?;
    if let Some(keyring) = keyring::load(&settings.keyring)? {
        return Ok(keyring);
    }
    if holds_rows(&settings.database).await? {
        return Err(KeyringFailure::Lost {
            path: path.clone(),
            database: settings.database.clone(),
        }
        .into());
    }
    if opening != Opening::Make {
        return Err(KeyringFailure::Missing(path.clone()).into());
    }
    let keyring = Keyring::generate(SystemClock.now(), &OsRandom).map_err(Error::from)?;
    keyring::create(path, &keyring)?;
    made.push(path.clone());
    Ok(keyring)
}

fn lock(directory: &Path) -> io::Result<File> {
    let directory = File::open(directory)?;
    directory.lock()?;
    Ok(directory)
}

/// Whether a database has anything in it that needs its keyring.
async fn holds_rows(database: &Path) -> Result<bool, Failure> {
    if !fs::metadata(database).is_ok_and(|metadata| metadata.len() > 0) {
        return Ok(false);
    }
    let store = SqliteStore::open(database, Options::default())?;
    match store.read(Read::State).await? {
        Found::State(state) => {
            Ok(state.users > 0 || !state.seal_keys.is_empty() || state.newest.is_some())
        }
        _ => Ok(true),
    }
}
