//! The first step: the application's own password. Who has a second step is only half way in by it.

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Form, Router};
use serde::Deserialize;

use crate::App;
use crate::failure::Failure;
use crate::session::{Session, cookie, set_cookie};
use crate::users::{User, Users};
use crate::view::{self, Login};

pub fn routes() -> Router<App> {
    Router::new()
        .route("/login", get(page).post(submit))
        .route("/signup", post(sign_up))
        .route("/logout", post(sign_out))
}

#[derive(Deserialize)]
struct Credentials {
    email: String,
    password: String,
}

async fn page() -> Response {
    view::page(StatusCode::OK, &Login { problem: None })
}

async fn submit(
    State(app): State<App>,
    headers: HeaderMap,
    Form(typed): Form<Credentials>,
) -> Result<Response, Failure> {
    let authenticate = move |users: &Users| users.authenticate(&typed.email, &typed.password);
    let Some(user) = blocking(&app, authenticate).await? else {
        let problem = Some("E-mail address or password is wrong.");
        return Ok(view::page(StatusCode::UNAUTHORIZED, &Login { problem }));
    };
    enter(&app, &headers, user).await
}

async fn sign_up(
    State(app): State<App>,
    headers: HeaderMap,
    Form(typed): Form<Credentials>,
) -> Result<Response, Failure> {
    let add = move |users: &Users| users.add(&typed.email, &typed.password);
    let Some(user) = blocking(&app, add).await? else {
        let problem = Some("This e-mail address is taken.");
        return Ok(view::page(StatusCode::CONFLICT, &Login { problem }));
    };
    enter(&app, &headers, user).await
}

/// The session begins: pending where the user has a second step. If that cannot be told, nobody
/// comes in: `?` is a 503 here.
async fn enter(app: &App, headers: &HeaderMap, user: User) -> Result<Response, Failure> {
    let id = user.countersign_id()?;
    let second_step = app.mfa.host(countersign::session::Origin::default());
    let pending = second_step.user(&id).await?.enrolled;
    let session = Session::new(user, pending, app.mfa.now());
    let old = cookie(headers, "session");
    let name = app.sessions.replace(old.as_deref(), session)?;
    let cookies = AppendHeaders([set_cookie("session", &name, None)]);
    let target = if pending { "/verify" } else { "/" };
    Ok((cookies, Redirect::to(target)).into_response())
}

async fn sign_out(State(app): State<App>, headers: HeaderMap) -> impl IntoResponse {
    if let Some(name) = cookie(&headers, "session") {
        app.sessions.end(&name);
    }
    let cookies = AppendHeaders([set_cookie("session", "", Some(0))]);
    (cookies, Redirect::to("/login"))
}

/// Argon2id takes its time, and the database may wait for the disk.
async fn blocking<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Users) -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let users = Arc::clone(&app.users);
    let done = tokio::task::spawn_blocking(move || work(&users)).await;
    done.unwrap_or(Err(Failure::Machine))
}
