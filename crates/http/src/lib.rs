//! Countersign's front channel for axum, JSON for programs and pages for browsers at the same
//! addresses, its service API, and what proxies ask before they let somebody through. It reaches no file, no process state, no configuration and no database driver.

pub mod pages;
pub mod problem;
pub mod v1;

mod address;
mod authz;
mod cookies;
mod envelope;
mod extract;
mod front;
mod headers;
mod limit;
mod origin;
mod picture;
mod place;
mod protected;
mod realms;
mod reply;
mod require;
mod site;
mod state;
mod table;
mod view;
mod visit;
mod wanted;

use std::any::Any;

use axum::Router;
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use countersign::Countersign;
use tower_http::catch_panic::CatchPanicLayer;

pub use ipnet::IpNet;
pub use protected::{ProtectedHost, ProtectedHostError};
pub use realms::Realms;
pub use require::RequireMfa;
pub use site::{PublicUrl, PublicUrlError, Site};
pub use table::Route;

/// The page on embedding: its snippets are run.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/how-to/embed.md")]
mod embedding {}

use problem::{Failure, Problem};
use state::Front;
use table::Table;

fn table(entrance: Table) -> Table {
    v1::routes(authz::routes(front::routes(entrance)))
}

/// All routes, as [`standalone`] has them.
pub fn routes() -> Vec<Route> {
    table(front::entrance(Table::default())).routes
}

/// The front channel and the service API of one site, to be merged into the application's own router.
///
/// What surrounds these routes surrounds no others: the application keeps its `/`, its fallback and its
/// state. It has to stand at the root of its host, and be served with
/// `into_make_service_with_connect_info::<SocketAddr>()` so that it knows who asks.
pub fn router(mfa: Countersign, site: Site) -> Router {
    let front = Front::new(mfa, site);
    table(Table::default())
        .router
        .route_layer(CatchPanicLayer::custom(panicked))
        .route_layer(from_fn_with_state(front.clone(), envelope::envelope))
        .with_state(front)
}

/// The same for a host that has nothing else: `/` leads to the pages, and what is not there is told
/// as they tell it.
pub fn standalone(mfa: Countersign, site: Site) -> Router {
    alone(Front::new(mfa, site))
}

fn alone(front: Front) -> Router {
    table(front::entrance(Table::default()))
        .router
        .fallback(|| async { Failure::from(Problem::NotFound) })
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn_with_state(front.clone(), envelope::envelope))
        .with_state(front)
}

/// A panic is a bug, and an answer all the same. What it said stays in the process's own output.
fn panicked(_: Box<dyn Any + Send>) -> Response {
    tracing::error!("a handler panicked");
    Failure::from(Problem::Internal).into_response()
}
