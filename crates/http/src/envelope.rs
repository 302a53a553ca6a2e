//! What surrounds every request: its id and log line, the checks before any handler, the problem
//! documents and pages behind it, and the headers on whatever comes out.

use std::time::{Duration, Instant};

use axum::extract::{MatchedPath, Request, State};
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use metrics::{counter, histogram};
use tracing::Instrument;

use countersign::audit::Event;

use crate::problem::{Failure, Problem};
use crate::site::Served;
use crate::state::Front;
use crate::visit::{Asked, Intent, Visit};
use crate::{headers, reply};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

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
    let (method, route) = (method(&request), route(&request));
    let span = tracing::info_span!("request", method, route, request_id = visit.request_id);
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
        let (status, took) = (response.status(), started.elapsed());
        let latency_ms = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        tracing::info!(status = status.as_u16(), latency_ms, "answered");
        count(method, &route, status, took);
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

/// The route; never the address itself, because a setup link carries a token in it.
fn route(request: &Request) -> String {
    let matched = request.extensions().get::<MatchedPath>();
    matched.map_or("none", MatchedPath::as_str).to_owned()
}

/// One of those that there are, whatever was sent.
fn method(request: &Request) -> &'static str {
    match *request.method() {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

fn count(method: &'static str, route: &str, status: StatusCode, took: Duration) {
    let route = || route.to_owned();
    let code = status.as_str().to_owned();
    counter!("countersign_http_requests_total", "method" => method, "route" => route(), "code" => code)
        .increment(1);
    histogram!("countersign_http_request_duration_seconds", "method" => method, "route" => route())
        .record(took);
}

/// What answers a request under another name. A program may use any name of the loopback
/// interface; a browser is led to the public one.
pub(crate) fn misdirected(front: &Front, visit: &Visit, request: &Request) -> Option<Response> {
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
    // A back end's address is that of all its users: there only wrong keys are counted, and what another
    // site made a browser send, which is recorded.
    if !visit.service || visit.intent == Intent::Foreign {
        front.count(visit)?;
    }
    own_site(front, visit).await
}

/// Refuses what another site made a browser send.
pub(crate) async fn own_site(front: &Front, visit: &Visit) -> Result<(), Failure> {
    if visit.intent != Intent::Foreign {
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
pub(crate) fn told(front: &Front, visit: &Visit, mut response: Response) -> Response {
    let status = response.status();
    let allow = response.headers().get(header::ALLOW).cloned().map(Box::new);
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
        fields.insert(header::ALLOW, *allow);
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
