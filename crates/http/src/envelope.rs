//! What surrounds every request: its id and log line, the checks before any handler, the problem
//! documents and pages behind it, and the headers on whatever comes out.

use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tracing::Instrument;

use countersign::audit::Event;

use crate::problem::{Failure, Problem};
use crate::site::Served;
use crate::state::Front;
use crate::visit::{Asked, Intent, Visit};
use crate::{headers, reply};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// On an answer that has its body: no other is written for it.
#[derive(Clone)]
pub(crate) struct Told;

/// On a page whose forms lead on to another origin, which it may then name as their target.
#[derive(Clone)]
pub(crate) struct LeadsTo(pub(crate) String);

/// The outermost layer.
pub(crate) async fn envelope(
    State(front): State<Front>,
    mut request: Request,
    next: Next,
) -> Response {
    let started = Instant::now();
    let visit = Visit::of(&request, front.site(), front.next_request_id());
    let span = span(&request, &visit);
    request.extensions_mut().insert(visit.clone());
    let elsewhere = misdirected(&front, &visit, &request);
    let mut response = async {
        let refusal = match elsewhere {
            Some(answer) => Err(answer),
            None => admit(&front, &visit).await.map_err(Failure::into_response),
        };
        let response = match refusal {
            Ok(()) => within_deadline(&front, request, next).await,
            Err(answer) => answer,
        };
        let response = told(&front, &visit, response);
        let latency_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = response.status().as_u16(), latency_ms, "answered");
        response
    }
    .instrument(span)
    .await;
    let leads_to = response.extensions_mut().remove::<LeadsTo>();
    let fields = response.headers_mut();
    // What a proxy passes on is an answer of another host, of which only that host's owner decides.
    let https = front.site().public_url.is_secure() && visit.asked == Asked::Not;
    headers::secure(
        fields,
        https,
        leads_to.as_ref().map(|LeadsTo(origin)| origin.as_str()),
    );
    if let Ok(id) = HeaderValue::from_str(&visit.request_id) {
        fields.insert(REQUEST_ID, id);
    }
    response
}

/// Method, route and id; never the address itself, because a setup link carries a token in it.
fn span(request: &Request, visit: &Visit) -> tracing::Span {
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map_or("none", MatchedPath::as_str);
    let method = match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    };
    tracing::info_span!("request", method, route, request_id = visit.request_id)
}

/// What answers a request under another name. A program may use any name of the loopback
/// interface; a browser is led to the public one.
fn misdirected(front: &Front, visit: &Visit, request: &Request) -> Option<Response> {
    // A proxy names whichever host it was asked for.
    if visit.asked != Asked::Not {
        return None;
    }
    match visit.served {
        Served::Public => None,
        Served::Loopback if !visit.html => None,
        Served::Loopback if visit.intent == Intent::Read => Some(to_public(front, request)),
        Served::Loopback | Served::Nowhere => Some(fail(Problem::Misdirected)),
    }
}

/// The checks that need neither body nor session: the address's limit and the origin.
async fn admit(front: &Front, visit: &Visit) -> Result<(), Failure> {
    if visit.intent == Intent::Read {
        return Ok(());
    }
    // A back end's address is that of all its users: there only wrong keys are counted.
    if !visit.service {
        front.count(visit)?;
    }
    if visit.intent == Intent::Change {
        return Ok(());
    }
    // Refused in any case; that it could not be recorded is told instead, and logged.
    front.mfa.record(Event::CrossSite, visit.origin()).await?;
    Err(Problem::CrossSite.into())
}

fn fail(problem: Problem) -> Response {
    Failure::from(problem).into_response()
}

/// The same page under the public name: cookies and passkeys are tied to one host.
fn to_public(front: &Front, request: &Request) -> Response {
    let rest = request
        .uri()
        .path_and_query()
        .map_or("/", |rest| rest.as_str());
    let target = format!("{}{rest}", front.site().public_url.origin());
    reply::redirect(StatusCode::TEMPORARY_REDIRECT, &target)
}

async fn within_deadline(front: &Front, request: Request, next: Next) -> Response {
    tokio::time::timeout(front.site().deadline, next.run(request))
        .await
        .unwrap_or_else(|_| fail(Problem::TimedOut))
}

/// Gives a failure its body. A failure of the router itself has none of ours yet.
fn told(front: &Front, visit: &Visit, mut response: Response) -> Response {
    let status = response.status();
    let allow = response.headers().get(header::ALLOW).cloned();
    let failure = match response.extensions_mut().remove::<Failure>() {
        Some(failure) => failure,
        None if response.extensions_mut().remove::<Told>().is_some() => return response,
        None if status.is_client_error() || status.is_server_error() => {
            if reply::is_page(&response) {
                return response;
            }
            Failure {
                allow,
                ..of_router(status).into()
            }
        }
        None => return response,
    };
    let failure = if visit.service {
        failure.on_service()
    } else {
        failure
    };
    let mut told = if visit.html {
        reply::failed_page(front, visit, &failure)
    } else {
        failure.document(&visit.request_id, front.mfa.policy().fresh)
    };
    let fields = told.headers_mut();
    if let Some(seconds) = failure.seconds_to_wait() {
        fields.insert(header::RETRY_AFTER, seconds.into());
    }
    if let Some(allow) = failure.allow {
        fields.insert(header::ALLOW, allow);
    }
    for cookie in response.headers().get_all(header::SET_COOKIE) {
        fields.append(header::SET_COOKIE, cookie.clone());
    }
    told
}

fn of_router(status: StatusCode) -> Problem {
    match status {
        StatusCode::NOT_FOUND => Problem::NotFound,
        StatusCode::METHOD_NOT_ALLOWED => Problem::MethodNotAllowed,
        status if status.is_client_error() => Problem::BadRequest,
        _ => Problem::Internal,
    }
}
