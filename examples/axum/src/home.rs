//! The application itself: a page for who is signed in, and something sensitive.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::get;
use countersign::session::Origin;

use crate::App;
use crate::failure::Failure;
use crate::session::SignedIn;
use crate::view::{self, Home, Transfer};

/// How fresh the second step must be for something sensitive.
const FRESH: Duration = Duration::from_mins(5);

pub fn routes() -> Router<App> {
    Router::new()
        .route("/", get(home))
        .route("/transfer", get(form).post(transfer))
}

async fn home(State(app): State<App>, SignedIn(session): SignedIn) -> Result<Response, Failure> {
    let user = session.user.countersign_id()?;
    let host = app.mfa.host(Origin::default());
    let authenticators = host.authenticators(&user).await?.into_result()?;
    let page = Home {
        email: &session.user.email,
        authenticators: authenticators.into_iter().map(|one| one.label).collect(),
        backup_codes: app.mfa.backup_codes().left(&user).await?,
    };
    Ok(view::page(StatusCode::OK, &page))
}

async fn form(_: SignedIn) -> Response {
    view::page(StatusCode::OK, &Transfer { done: false })
}

/// Step-up: a session alone moves no money. Who has no second step sets one up first.
async fn transfer(
    State(app): State<App>,
    SignedIn(session): SignedIn,
) -> Result<Response, Failure> {
    let user = session.user.countersign_id()?;
    let host = app.mfa.host(Origin::default());
    if !host.user(&user).await?.enrolled {
        return Ok(Redirect::to("/setup").into_response());
    }
    if !session.proved_within(FRESH, app.mfa.now()) {
        return Ok(Redirect::to("/verify?next=/transfer").into_response());
    }
    Ok(view::page(StatusCode::OK, &Transfer { done: true }))
}
