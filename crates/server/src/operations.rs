//! The operations listener: whether the process lives, whether it can decide, and what it counted. It
//! has an address of its own, because what it tells is for whoever runs the server.

mod metrics;

use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ::metrics::Gauge;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use countersign::{Countersign, Readiness};
use metrics_exporter_prometheus::BuildError;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use metrics::Recorded;

use crate::connection;

/// Connections at once.
const PLACES: usize = 64;
/// How often what was measured is taken in.
const TIDY: Duration = Duration::from_secs(5);
/// What does not answer within this is not ready.
const PATIENCE: Duration = Duration::from_secs(2);
const UNAVAILABLE: StatusCode = StatusCode::SERVICE_UNAVAILABLE;

/// Only the store can keep anybody waiting.
const STUCK: Readiness = Readiness {
    clock: true,
    keys: true,
    store: false,
};

/// The engine while the server serves; gone once it stops, so that nobody waits for what only looks.
#[derive(Clone)]
pub struct Watched(Arc<Mutex<Option<Countersign>>>);

impl Watched {
    /// A serving engine.
    pub fn new(mfa: Countersign) -> Self {
        Self(Arc::new(Mutex::new(Some(mfa))))
    }

    /// The server begins to stop: from here on nothing new should be sent here.
    pub fn stop(&self) {
        *self.lock() = None;
    }

    fn engine(&self) -> Option<Countersign> {
        self.lock().clone()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Countersign>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The listener, before it answers. From here on things are counted.
pub struct Operations {
    listener: TcpListener,
    recorded: Recorded,
}

impl Operations {
    /// At an address of its own.
    pub fn new(listener: TcpListener) -> Result<Self, BuildError> {
        Ok(Self {
            listener,
            recorded: Recorded::begin()?,
        })
    }

    /// Where it is.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers until it is aborted, also while the server stops.
    pub async fn answer(self, watched: Watched) {
        let recorded = self.recorded.clone();
        let tidy = async {
            let mut ticks = tokio::time::interval(TIDY);
            loop {
                ticks.tick().await;
                recorded.tidy();
            }
        };
        let app = router(watched, self.recorded);
        let places = (PLACES, Gauge::noop());
        let served = connection::serve(self.listener, app, places, std::future::pending());
        tokio::join!(served, tidy);
    }
}

#[derive(Clone)]
struct Shown {
    watched: Watched,
    recorded: Recorded,
}

fn router(watched: Watched, recorded: Recorded) -> Router {
    Router::new()
        .route("/livez", get(|| async { no_store("ok\n".into_response()) }))
        .route("/readyz", get(ready))
        .route("/metrics", get(render))
        .with_state(Shown { watched, recorded })
}

async fn ready(State(shown): State<Shown>) -> Response {
    let Some(mfa) = shown.watched.engine() else {
        return no_store(told(UNAVAILABLE, &json!({ "status": "stopping" })));
    };
    let asked = tokio::time::timeout(PATIENCE, mfa.readiness()).await;
    let readiness = asked.unwrap_or(STUCK);
    let (status, word) = if readiness.is_ready() {
        (StatusCode::OK, "ready")
    } else {
        (UNAVAILABLE, "not ready")
    };
    let Readiness { clock, keys, store } = readiness;
    let checks = json!({ "clock": clock, "keys": keys, "store": store });
    no_store(told(status, &json!({ "status": word, "checks": checks })))
}

fn told(status: StatusCode, body: &Value) -> Response {
    let kind = (header::CONTENT_TYPE, "application/json");
    (status, [kind], body.to_string()).into_response()
}

async fn render(State(shown): State<Shown>) -> Response {
    let kind = (
        header::CONTENT_TYPE,
        "text/plain; version=0.0.4; charset=utf-8",
    );
    no_store(([kind], shown.recorded.render()).into_response())
}

fn no_store(mut response: Response) -> Response {
    let value = header::HeaderValue::from_static("no-store");
    response.headers_mut().insert(header::CACHE_CONTROL, value);
    response
}
