//! Answers: JSON, a page, or a way to one.

use askama::Template;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::cookies::Jar;
use crate::pages::{self, Fault};
use crate::place::Place;
use crate::problem::{Failure, Problem};
use crate::state::Front;
use crate::view;
use crate::visit::Visit;

/// What a request that changed something comes to for a program: one word, no data.
#[derive(Serialize)]
pub(crate) struct Status {
    /// What was done.
    pub(crate) status: &'static str,
}

/// JSON.
pub(crate) fn json(status: StatusCode, jar: Jar, answer: &impl Serialize) -> Response {
    match serde_json::to_vec(answer) {
        Ok(body) => {
            let kind = [(header::CONTENT_TYPE, "application/json")];
            (status, kind, jar, body).into_response()
        }
        Err(_) => Failure::from(Problem::Internal).into_response(),
    }
}

/// A page.
pub(crate) fn page(status: StatusCode, jar: Jar, page: &impl Template) -> Response {
    match page.render() {
        Ok(body) => {
            let kind = [(header::CONTENT_TYPE, "text/html; charset=utf-8")];
            (status, kind, jar, body).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// Whether an answer is a page of ours.
pub(crate) fn is_page(response: &Response) -> bool {
    response
        .headers()
        .get(header::CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"))
}

/// To an own address.
pub(crate) fn redirect(status: StatusCode, target: &str) -> Response {
    HeaderValue::from_str(target).map_or_else(
        |_| Failure::from(Problem::Internal).into_response(),
        |target| (status, [(header::LOCATION, target)]).into_response(),
    )
}

/// `303` to an own address, with cookies.
pub(crate) fn see(jar: Jar, target: &str) -> Response {
    (jar, redirect(StatusCode::SEE_OTHER, target)).into_response()
}

/// What was asked is done: a browser goes on to `target`, a program gets `answer`.
pub(crate) fn done(visit: &Visit, jar: Jar, target: &str, answer: &impl Serialize) -> Response {
    if visit.html {
        see(jar, target)
    } else {
        json(StatusCode::OK, jar, answer)
    }
}

/// A failure for a browser: what is missing is asked for, the rest has a page.
pub(crate) fn failed_page(front: &Front, visit: &Visit, failure: &Failure) -> Response {
    let jar = visit.jar();
    let chrome = front.bare();
    if let Some(step_up) = &failure.step_up {
        return see(jar, step_up.page);
    }
    match failure.problem {
        Problem::ReauthenticationRequired => {
            let place = failure.place.as_deref().unwrap_or(&Place::Overview);
            see(
                jar,
                &format!("/reauthenticate?return_to={}", place.encoded()),
            )
        }
        Problem::SessionRequired => match &failure.place {
            Some(place) => see(jar, &format!("/login?return_to={}", place.encoded())),
            None => see(jar, "/login"),
        },
        Problem::PasswordStepRequired => {
            page(failure.status(), jar, &pages::PendingGone { chrome })
        }
        Problem::LinkInvalid => page(failure.status(), jar, &pages::SetupLinkGone { chrome }),
        problem => {
            let fault = match problem {
                Problem::FormExpired | Problem::CrossSite => Fault::FormExpired,
                _ => Fault::of(failure.status().as_u16()),
            };
            let wait = view::wait(failure);
            let request_id = visit.request_id.clone();
            let problem = pages::Problem {
                chrome,
                fault,
                request_id,
                wait,
            };
            page(failure.status(), jar, &problem)
        }
    }
}
