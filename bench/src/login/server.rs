//! The measured server: the product's router over its SQLite store, and beside it, on the same
//! runtime, a handler that does nothing. It does what its standard input says.

#![expect(clippy::print_stdout, reason = "its answers to who started it")]

use std::fs::File;
use std::io::BufRead as _;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::routing::post;
use axum::serve::ListenerExt as _;
use axum::{Json, Router};
use countersign::Countersign;
use countersign::clock::Timestamp;
use countersign::realm::{Realm, RealmId};
use countersign::vault::Keyring;
use countersign_http::{PublicUrl, Site};
use countersign_store::{Options, SqliteStore};
use serde::{Deserialize, Serialize};
use tokio::net::TcpListener;

use crate::Failure;
use crate::ambient::{OsRandom, RunningClock, Runtime};
use crate::arguments::Serve;

/// Where it listens, as its first line tells.
#[derive(Clone, Copy, Serialize, Deserialize)]
pub struct Ports {
    /// The product.
    pub product: u16,
    /// The empty handler.
    pub empty: u16,
}

/// What a line of its input asks.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Sets the clock to so many milliseconds; answered by 0.
    Clock(i64),
    /// Answered by how many transactions were committed.
    Commits,
}

/// Serves until its input ends.
pub fn run(what: &Serve) -> Result<(), Failure> {
    log()?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()?;
    let clock = Arc::new(RunningClock::at(Timestamp::from_seconds(0)));
    let store = Arc::new(SqliteStore::open(&what.database, Options::default())?);
    let keyring = Keyring::parse(&std::fs::read_to_string(&what.keyring)?)?;
    let ports = runtime.block_on(listen(&store, &keyring, &clock))?;
    println!("{}", serde_json::to_string(&ports)?);
    for line in std::io::stdin().lock().lines() {
        let answer = match serde_json::from_str(&line?)? {
            Order::Clock(millis) => {
                clock.set(Timestamp::from_millis(millis));
                0
            }
            Order::Commits => store.commits(),
        };
        println!("{answer}");
    }
    Ok(())
}

/// The product's default log, written to nowhere: its lines are made, and cost, as they do in earnest.
fn log() -> Result<(), Failure> {
    let nowhere = File::options().write(true).open("/dev/null")?;
    tracing_subscriber::fmt()
        .with_env_filter("info")
        .with_writer(Mutex::new(nowhere))
        .json()
        .flatten_event(true)
        .try_init()
}

async fn listen(
    store: &Arc<SqliteStore>,
    keyring: &Keyring,
    clock: &Arc<RunningClock>,
) -> Result<Ports, Failure> {
    let product = TcpListener::bind("127.0.0.1:0").await?;
    let empty = TcpListener::bind("127.0.0.1:0").await?;
    let ports = Ports {
        product: product.local_addr()?.port(),
        empty: empty.local_addr()?.port(),
    };
    let origin = format!("http://localhost:{}", ports.product);
    let mfa = Countersign::builder(Arc::clone(store), keyring)
        .clock(Arc::clone(clock))
        .randomness(OsRandom)
        .spawn(Runtime)
        .realm(Realm {
            id: RealmId::default(),
            issuer: "Countersign".to_owned(),
            rp_id: "localhost".to_owned(),
            origins: vec![origin.clone()],
            related_origins: Vec::new(),
            audience: origin.clone(),
        })
        .build()?;
    let url = PublicUrl::parse(&origin).map_err(|error| error.to_string())?;
    let site = Site {
        address_limit: 0,
        ..Site::new(url)
    };
    serve(product, countersign_http::standalone(mfa, site));
    serve(empty, Router::new().route("/login/mfa", post(nothing)));
    Ok(ports)
}

fn serve(listener: TcpListener, app: Router) {
    let listener = listener.tap_io(|stream| {
        let _ = stream.set_nodelay(true);
    });
    let app = app.into_make_service_with_connect_info::<SocketAddr>();
    tokio::spawn(async move { axum::serve(listener, app).await });
}

/// The same body in, the same body out, and nothing between.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Submitted {
    #[expect(dead_code, reason = "read off the body, as the product does")]
    code: String,
}

#[derive(Serialize)]
struct Answered {
    status: &'static str,
}

async fn nothing(_: Json<Submitted>) -> Json<Answered> {
    Json(Answered {
        status: "logged in",
    })
}
