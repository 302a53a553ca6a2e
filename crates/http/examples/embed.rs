//! An application with Countersign inside: the pages sign people in, and a route of the
//! application's own asks who is there. It keeps its two files in the present directory.

#![expect(clippy::print_stdout, reason = "the link is for whoever starts it")]

use std::error::Error;
use std::fs::{self, File, OpenOptions};
use std::future::Future;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;
use std::pin::Pin;
use std::time::{Duration, SystemTime};

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use countersign::Countersign;
use countersign::assurance::Level;
use countersign::clock::{Clock, Randomness, RandomnessFailed, Timestamp};
use countersign::port::Spawn;
use countersign::realm::{Realm, RealmId};
use countersign::session::Token;
use countersign::vault::Keyring;
use countersign_http::{PublicUrl, Site};
use countersign_store::{Options, SqliteStore};

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let keyring = keyring(Path::new("keyring.json"))?;
    let store = SqliteStore::open(Path::new("countersign.db"), Options::default())?;
    let url = PublicUrl::parse("http://localhost:3000")?;
    let mfa = Countersign::builder(store, &keyring)
        .clock(SystemClock)
        .randomness(OsRandom)
        .spawn(Tasks)
        .realm(Realm {
            id: RealmId::default(),
            issuer: "MyApp".to_owned(),
            rp_id: url.host().to_owned(),
            origins: vec![url.origin()],
            related_origins: Vec::new(),
            audience: url.origin(),
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
    let app = Router::new()
        .route("/hello", get(hello))
        .with_state(mfa.clone())
        .merge(countersign_http::router(mfa, Site::new(url)));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    let service = app.into_make_service_with_connect_info::<SocketAddr>();
    Ok(axum::serve(listener, service).await?)
}

/// For people who took the second step; the others are sent to where they can.
async fn hello(State(mfa): State<Countersign>, headers: HeaderMap) -> Response {
    let session = match session_cookie(&headers) {
        Some(token) => mfa.session(&token).await,
        None => Ok(None),
    };
    match session {
        Ok(Some(session)) if session.assurance().level >= Level::Aal2 => {
            format!("Hello, {}!\n", session.user_name()).into_response()
        }
        Ok(Some(_)) => Redirect::to("/mfa").into_response(),
        Ok(None) => Redirect::to("/login").into_response(),
        Err(_) => StatusCode::SERVICE_UNAVAILABLE.into_response(),
    }
}

/// Under an `https` public URL its name begins with `__Host-`. One that occurs twice is none.
fn session_cookie(headers: &HeaderMap) -> Option<Token> {
    let mut found = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().strip_prefix("countersign-session="));
    let token = Token::parse(found.next()?);
    found.next().is_none().then_some(token).flatten()
}

/// The keyring of the last start, or a new one for its owner alone. Back it up: without it the
/// database opens no more.
fn keyring(path: &Path) -> Result<Keyring, Box<dyn Error>> {
    if path.exists() {
        return Ok(Keyring::parse(&fs::read_to_string(path)?)?);
    }
    let keyring = Keyring::generate(SystemClock.now(), &OsRandom)?;
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(keyring.to_json().as_bytes())?;
    file.sync_all()?;
    Ok(keyring)
}

/// What has expired is removed every minute.
async fn purge(mfa: Countersign) {
    loop {
        // What could not be removed now is removed the next time.
        let _ = mfa.purge().await;
        tokio::time::sleep(Duration::from_mins(1)).await;
    }
}

struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "time enters here")]
        let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let millis = since.map_or(-1, |since| {
            i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
        });
        Timestamp::from_millis(millis)
    }
}

struct OsRandom;

impl Randomness for OsRandom {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        File::open("/dev/urandom")
            .and_then(|mut source| source.read_exact(buffer))
            .map_err(|_| RandomnessFailed)
    }
}

struct Tasks;

impl Spawn for Tasks {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        tokio::spawn(work);
    }
}
