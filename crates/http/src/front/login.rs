//! `/login`: the first step. Nothing it answers tells a stranger who exists or who has a second step.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::{Deserialize, Serialize};

use countersign::session::Token;
use countersign::{FirstStep, Password, SignedIn};

use crate::cookies::{Jar, Name};
use crate::extract::{Query, Signed, Submitted};
use crate::pages::{SignIn, SignInProblem, SignedOut};
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::protected::Page;
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;
use crate::{reply, view};

pub(super) fn routes(table: Table) -> Table {
    table.get("/login", page).post("/login", submit)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credentials {
    username: String,
    password: String,
}

#[derive(Serialize)]
struct LoggedIn {
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    backup_codes_left: Option<u32>,
}

#[derive(Serialize)]
struct SecondStep {
    requires_mfa: bool,
    methods: Vec<&'static str>,
    expires_at: String,
}

async fn page(State(front): State<Front>, visit: Visit, query: Query) -> Result<Response, Failure> {
    visit.browser("POST")?;
    let (chrome, jar) = front.frame(&visit)?;
    if query.value("done").as_deref() == Some("signed-out") {
        return Ok(reply::page(StatusCode::OK, jar, &SignedOut { chrome }));
    }
    let place = wanted(&front, &query).or_else(|| query.return_to());
    if let Some(Place::App(wanted)) = &place
        && Signed::of(&front, &visit).await?.is_some()
    {
        return Ok(reply::see(visit.jar(), &wanted.path()));
    }
    let page = SignIn {
        chrome,
        username: String::new(),
        return_to: place.as_ref().map(Place::path),
        problem: None,
    };
    let page = reply::page(StatusCode::OK, jar, &page);
    Ok(front.leading(page, place.as_ref()))
}

/// The page at a protected host that somebody comes from; what is elsewhere is dropped.
fn wanted(front: &Front, query: &Query) -> Option<Place> {
    let wanted = query.wanted()?;
    Page::read(&front.site().protected_hosts, &wanted.page).ok()?;
    Some(Place::App(Box::new(wanted)))
}

async fn submit(
    State(front): State<Front>,
    visit: Visit,
    query: Query,
    body: Result<Submitted<Credentials>, Failure>,
) -> Result<Response, Failure> {
    let (username, verdict) = match body {
        Ok(Submitted(fields)) => {
            let password = Password::new(fields.password);
            let login = front.mfa.login(&fields.username, password, visit.client());
            let verdict = login.await?.settle();
            (fields.username, verdict)
        }
        Err(failure) => (String::new(), Err(failure)),
    };
    let place = query.return_to();
    match verdict {
        Ok(FirstStep::SignedIn(signed_in)) => enter(&front, &visit, &signed_in, place).await,
        Ok(FirstStep::SecondStep {
            pending,
            methods,
            expires_at,
        }) => {
            let answer = SecondStep {
                requires_mfa: true,
                methods: methods.iter().map(|method| method.as_str()).collect(),
                expires_at: expires_at.rfc3339(),
            };
            Ok(go_on(&visit, &pending, place, &answer))
        }
        Err(failure) if visit.html => again(&front, &visit, username, place.as_ref(), failure),
        Err(failure) => Err(failure),
    }
}

/// The session begins; one that this browser had before ends.
pub(super) async fn enter(
    front: &Front,
    visit: &Visit,
    signed_in: &SignedIn,
    place: Option<Place>,
) -> Result<Response, Failure> {
    if let Some(before) = Signed::of(front, visit).await? {
        front.mfa.sign_out(&before, visit.origin()).await?;
    }
    let jar = session_cookies(visit.jar(), signed_in)
        .forget(Name::Pending)
        .forget(Name::Form);
    let target = place.unwrap_or(Place::Overview).path();
    let answer = LoggedIn {
        status: "logged in",
        backup_codes_left: signed_in.backup_codes_left,
    };
    Ok(reply::done(visit, jar, &target, &answer))
}

/// The cookies of a session that begins or goes on under a new token.
pub(super) fn session_cookies(jar: Jar, signed_in: &SignedIn) -> Jar {
    let jar = jar.keep(Name::Session, &signed_in.session.reveal());
    match &signed_in.known {
        Some(known) => jar.keep(Name::Known, &known.reveal()),
        None => jar,
    }
}

/// To the second step, which leads on to where the first was to lead.
fn go_on(visit: &Visit, pending: &Token, place: Option<Place>, answer: &SecondStep) -> Response {
    let jar = visit.jar().keep(Name::Pending, &pending.reveal());
    let mut target = String::from("/login/mfa");
    if let Some(place) = place {
        target.push_str("?return_to=");
        target.push_str(&place.encoded());
    }
    reply::done(visit, jar, &target, answer)
}

/// The form again, with the one sentence that a stranger may read.
fn again(
    front: &Front,
    visit: &Visit,
    username: String,
    return_to: Option<&Place>,
    failure: Failure,
) -> Result<Response, Failure> {
    let problem = match (failure.problem, view::wait(&failure)) {
        (Problem::InvalidCredentials, _) => SignInProblem::InvalidCredentials,
        (Problem::Throttled, Some(wait)) => SignInProblem::Throttled(wait),
        (Problem::FormExpired, _) => SignInProblem::FormExpired,
        _ => return Err(failure),
    };
    let (chrome, jar) = front.frame(visit)?;
    let page = SignIn {
        chrome,
        username,
        return_to: return_to.map(Place::path),
        problem: Some(problem),
    };
    let page = reply::page(failure.status(), jar, &page);
    Ok(front.leading(page, return_to))
}
