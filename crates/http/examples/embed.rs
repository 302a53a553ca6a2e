//! An application with Countersign's pages inside: they sign people in, and a gate before the
//! application's own routes lets in who took the second step. It keeps its files in the present directory.

#![expect(clippy::print_stdout, reason = "the link is for whoever starts it")]

use std::error::Error;
use std::fs::{self, OpenOptions};
use std::io::Write as _;
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::time::{Duration, SystemTime};

use axum::routing::{get, post};
use axum::{Extension, Router};
use countersign::clock::{Clock as _, RandomnessFailed, Timestamp};
use countersign::port::Work;
use countersign::vault::Keyring;
use countersign::{Countersign, Session};
use countersign_http::{PublicUrl, RequireMfa, Site};
use countersign_store::{Options, SqliteStore};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let keyring = keyring(Path::new("keyring.json"))?;
    let store = SqliteStore::open(Path::new("countersign.db"), Options::default())?;
    let url = PublicUrl::parse("http://localhost:3000")?;
    let mfa = Countersign::builder(store, &keyring)
        .issuer("MyApp")
        .relying_party(url.host(), [url.origin()])
        .clock(now)
        .randomness(random)
        .spawn(|work: Work| {
            tokio::spawn(work);
        })
        .build()?;
    mfa.operator().check_keys().await?;
    if !mfa.operator().fix_rp_id().await? {
        return Err("there are passkeys of another host".into());
    }
    if let Some(link) = mfa.operator().setup_link().await? {
        println!("{}/setup/{}", url.origin(), link.reveal().as_str());
    }
    tokio::spawn(purge(mfa.clone()));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    let service = app(mfa, Site::new(url)).into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}

fn app(mfa: Countersign, site: Site) -> Router {
    let gate = RequireMfa::new(mfa.clone(), site.clone());
    let own = Router::new()
        .route("/hello", get(hello))
        .layer(gate.clone());
    let fresh = gate.max_age(Duration::from_mins(5));
    let sensitive = Router::new()
        .route("/transfer", post(transfer))
        .layer(fresh);
    Router::new()
        .route("/", get(async || "Anybody may read this.\n"))
        .merge(own)
        .merge(sensitive)
        .merge(countersign_http::router(mfa, site))
}

/// For people who took the second step.
async fn hello(Extension(session): Extension<Session>) -> String {
    format!("Hello, {}!\n", session.user_name())
}

/// For people who took it in the last five minutes.
async fn transfer(Extension(session): Extension<Session>) -> String {
    format!("Sent by {}.\n", session.user_name())
}

/// The keyring of the last start, or a new one for its owner alone. Back it up: without it the
/// database opens no more.
fn keyring(path: &Path) -> Result<Keyring, Box<dyn Error>> {
    if path.exists() {
        return Ok(Keyring::parse(&fs::read_to_string(path)?)?);
    }
    let keyring = Keyring::generate(now.now(), &random)?;
    let mut file = OpenOptions::new()
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
