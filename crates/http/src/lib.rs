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
mod reply;
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
pub use site::{PublicUrl, PublicUrlError, Site};
pub use table::Route;

use problem::{Failure, Problem};
use state::Front;
use table::Table;

fn table() -> Table {
    v1::routes(authz::routes(front::routes(Table::default())))
}

/// All routes, as the router itself has them.
pub fn routes() -> Vec<Route> {
    table().routes
}

/// The front channel and the service API of one site. It has to be served at the root of its host, with
/// `into_make_service_with_connect_info::<SocketAddr>()` so that it knows who asks.
pub fn router(mfa: Countersign, site: Site) -> Router {
    let front = Front::new(mfa, site);
    table()
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
