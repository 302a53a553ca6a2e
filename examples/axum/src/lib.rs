//! An application with its own users, passwords and sessions, and Countersign inside as their second
//! step. Each file is one thing that a person does.

mod failure;
mod home;
mod login;
mod passkey;
mod session;
mod setup;
mod users;
mod verify;
mod view;

use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse as _, Response};
use countersign::Countersign;

use session::Sessions;
pub use users::Users;

/// What all handlers share.
#[derive(Clone)]
pub struct App {
    mfa: Countersign,
    users: Arc<Users>,
    sessions: Arc<Sessions>,
}

/// The application over its own table of users, and the engine.
pub fn router(mfa: Countersign, users: Users) -> Router {
    let app = App {
        mfa,
        users: Arc::new(users),
        sessions: Arc::default(),
    };
    Router::new()
        .merge(home::routes())
        .merge(login::routes())
        .merge(verify::routes())
        .merge(setup::routes())
        .merge(passkey::routes())
        .layer(from_fn(guarded))
        .with_state(app)
}

/// No form of another site's, no script but our own, and nothing of this in a cache.
async fn guarded(request: Request, next: Next) -> Response {
    let site = request.headers().get("sec-fetch-site");
    let foreign = site.is_some_and(|site| site != "same-origin" && site != "none");
    if foreign && request.method() != Method::GET {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = next.run(request).await;
    let policy = "default-src 'none'; script-src 'self'; style-src 'self'; form-action 'self'; \
                  frame-ancestors 'none'; base-uri 'none'";
    for (name, value) in [
        (header::CONTENT_SECURITY_POLICY, policy),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        let value = HeaderValue::from_static(value);
        response.headers_mut().insert(name, value);
    }
    response
}
