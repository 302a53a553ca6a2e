//! Starts it: `countersign-example-axum [FOLDER [ADDRESS:PORT]]`.

#![expect(clippy::print_stdout, reason = "the address is for whoever starts it")]

use std::error::Error;
use std::fs;
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use countersign::Countersign;
use countersign::clock::{Clock as _, RandomnessFailed, Timestamp};
use countersign::port::Work;
use countersign::vault::Keyring;
use countersign_example_axum::{Users, router};
use countersign_store::{Options, SqliteStore};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(arguments.next().unwrap_or_else(|| ".".to_owned()));
    let address = arguments
        .next()
        .unwrap_or_else(|| "127.0.0.1:3000".to_owned());
    let listener = TcpListener::bind(address).await?;
    // A passkey is bound to a host name: browsers give none to an address in digits.
    let origin = format!("http://localhost:{}", listener.local_addr()?.port());

    let keyring = keyring(&folder.join("keyring.json"))?;
    let store = SqliteStore::open(&folder.join("countersign.db"), Options::default())?;
    let mfa = Countersign::builder(store, &keyring)
        .issuer("MyApp")
        .relying_party("localhost", [&origin])
        .clock(now)
        .randomness(random)
        .spawn(|work: Work| {
            tokio::spawn(work);
        })
        .build()?;
    if !mfa.operator().fix_rp_id().await? {
        return Err("there are passkeys of another host".into());
    }
    tokio::spawn(purge(mfa.clone()));

    let users = Users::open(&folder.join("users.db"))?;
    println!("{origin}");
    let service = router(mfa, users).into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}

/// The keyring of the last start, or a new one for its owner alone. Back it up: without it no
/// authenticator opens any more.
fn keyring(path: &Path) -> Result<Keyring, Box<dyn Error>> {
    if path.exists() {
        return Ok(Keyring::parse(&fs::read_to_string(path)?)?);
    }
    let keyring = Keyring::generate(now.now(), &random)?;
    let mut options = fs::OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(keyring.to_json().as_bytes())?;
    file.sync_all()?;
    Ok(keyring)
}

#[expect(clippy::disallowed_methods, reason = "time enters here")]
fn now() -> Timestamp {
    SystemTime::now().into()
}

#[expect(clippy::disallowed_methods, reason = "randomness enters here")]
fn random(buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
    getrandom::fill(buffer).map_err(|_| RandomnessFailed)
}

/// What has expired is removed every minute; what could not be removed now, the next time.
async fn purge(mfa: Countersign) {
    loop {
        let _ = mfa.purge().await;
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
}
