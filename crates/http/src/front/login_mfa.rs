//! `/login/mfa`: the second step, open only to the browser that took the first.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use countersign::audit::Event;
use countersign::{self as engine, PendingLogin, SignedIn};

use super::login;
use super::proof::ProofFields;
use crate::extract::{LONG, Query, Submitted};
use crate::pages::{
    BackupCodeProblem, BackupCodeStep, ChooseMethod, CodeProblem, CodeStep, Method, PasskeyStep,
    ResyncStep,
};
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::state::Front;
use crate::table::Table;
use crate::visit::{Intent, Visit};
use crate::{reply, view};

pub(super) fn routes(table: Table) -> Table {
    table.get("/login/mfa", page).post("/login/mfa", submit)
}

async fn page(State(front): State<Front>, visit: Visit, query: Query) -> Result<Response, Failure> {
    visit.browser("POST")?;
    let pending = pending(&front, &visit).await?;
    let wanted = query.value("method");
    let resync = query.value("resync").is_some();
    let method = match wanted.as_deref() {
        Some("choose") => return choose(&front, &visit, pending, query.return_to().as_ref()),
        Some("resync") => Method::Resync,
        Some("totp" | "hotp" | "code") if resync => Method::Resync,
        Some("totp" | "hotp" | "code") => Method::Code,
        Some("backup_code") => Method::BackupCode,
        _ => ways(&pending).first().copied().unwrap_or(Method::Code),
    };
    let stuck = ways(&pending).is_empty().then_some(Problem::CodesSuspended);
    let stuck = stuck.map(Failure::from);
    let asked = (method, query.return_to());
    show(&front, &visit, pending, asked, stuck.as_ref())
}

async fn submit(
    State(front): State<Front>,
    visit: Visit,
    query: Query,
    Submitted(fields): Submitted<ProofFields, LONG>,
) -> Result<Response, Failure> {
    let method = if fields.is_passkey() {
        Method::Passkey
    } else if fields.is_backup_code() {
        Method::BackupCode
    } else if fields.is_pair() {
        Method::Resync
    } else {
        Method::Code
    };
    let place = query.return_to();
    match second_step(&front, &visit, fields).await {
        Ok(signed_in) => login::enter(&front, &visit, &signed_in, place).await,
        Err(failure) if visit.html && has_form(failure.problem) => {
            let pending = pending(&front, &visit).await?;
            show(&front, &visit, pending, (method, place), Some(&failure))
        }
        Err(failure) => Err(failure),
    }
}

async fn second_step(
    front: &Front,
    visit: &Visit,
    fields: ProofFields,
) -> Result<SignedIn, Failure> {
    let proof = fields.proof()?;
    let Some(pending) = visit.cookies.pending() else {
        front
            .mfa
            .record(Event::SequenceFailed, visit.origin())
            .await?;
        return Err(Problem::PasswordStepRequired.into());
    };
    let step = front.mfa.second_step(&pending, proof, visit.client());
    step.await?.settle()
}

async fn pending(front: &Front, visit: &Visit) -> Result<PendingLogin, Failure> {
    let pending = match visit.cookies.pending() {
        Some(token) => front.mfa.pending_login(&token).await?,
        None => None,
    };
    pending.ok_or_else(|| Problem::PasswordStepRequired.into())
}

/// Whether the form is shown again with this.
fn has_form(problem: Problem) -> bool {
    matches!(
        problem,
        Problem::InvalidCode
            | Problem::MalformedCode
            | Problem::CodeAlreadyUsed
            | Problem::Throttled
            | Problem::CodesSuspended
            | Problem::BackupCodesVoid
    )
}

/// The ways that this user has, strongest first; an app and a token share one.
fn ways(pending: &PendingLogin) -> Vec<Method> {
    let has = |method| pending.methods.contains(&method);
    let mut ways = Vec::new();
    if has(engine::Method::Passkey) {
        ways.push(Method::Passkey);
    }
    if has(engine::Method::Totp) || has(engine::Method::Hotp) {
        ways.push(Method::Code);
    }
    if has(engine::Method::Hotp) {
        ways.push(Method::Resync);
    }
    if has(engine::Method::BackupCode) {
        ways.push(Method::BackupCode);
    }
    ways
}

fn choose(
    front: &Front,
    visit: &Visit,
    pending: PendingLogin,
    place: Option<&Place>,
) -> Result<Response, Failure> {
    let (chrome, jar) = front.frame(visit)?;
    let page = ChooseMethod {
        chrome,
        methods: ways(&pending),
        username: pending.name,
        expires: view::time_of_day(pending.expires_at),
        return_to: place.map(Place::path),
    };
    let page = reply::page(StatusCode::OK, jar, &page);
    Ok(front.leading(page, place))
}

fn show(
    front: &Front,
    visit: &Visit,
    pending: PendingLogin,
    (method, place): (Method, Option<Place>),
    failure: Option<&Failure>,
) -> Result<Response, Failure> {
    let (chrome, jar) = front.frame(visit)?;
    let mut others = ways(&pending);
    others.retain(|other| *other != method);
    let username = pending.name;
    let expires = view::time_of_day(pending.expires_at);
    let return_to = place.as_ref().map(Place::path);
    let failed = failure.filter(|_| visit.intent != Intent::Read);
    let status = failed.map_or(StatusCode::OK, Failure::status);
    let page = match method {
        Method::BackupCode => {
            let problem = failure.map(backup_code_problem);
            let page = BackupCodeStep {
                chrome,
                username,
                expires,
                return_to,
                others,
                problem,
            };
            reply::page(status, jar, &page)
        }
        Method::Resync => {
            let problem = failure.map(code_problem);
            let page = ResyncStep {
                chrome,
                username,
                expires,
                return_to,
                others,
                problem,
            };
            reply::page(status, jar, &page)
        }
        Method::Passkey => {
            let page = PasskeyStep {
                chrome,
                username,
                expires,
                return_to,
                others,
            };
            reply::page(status, jar, &page)
        }
        Method::Code => {
            let problem = failure.map(code_problem);
            let page = CodeStep {
                chrome,
                username,
                expires,
                return_to,
                others,
                problem,
            };
            reply::page(status, jar, &page)
        }
    };
    Ok(front.leading(page, place.as_ref()))
}

fn code_problem(failure: &Failure) -> CodeProblem {
    match (failure.problem, view::wait(failure)) {
        (Problem::Throttled, Some(wait)) => CodeProblem::Throttled(wait),
        (Problem::CodeAlreadyUsed, _) => CodeProblem::AlreadyUsed,
        (Problem::CodesSuspended, _) => CodeProblem::Suspended,
        _ => CodeProblem::Wrong,
    }
}

fn backup_code_problem(failure: &Failure) -> BackupCodeProblem {
    match (failure.problem, view::wait(failure)) {
        (Problem::Throttled, Some(wait)) => BackupCodeProblem::Throttled(wait),
        (Problem::CodeAlreadyUsed, _) => BackupCodeProblem::AlreadyUsed,
        (Problem::BackupCodesVoid, _) => BackupCodeProblem::Void,
        _ => BackupCodeProblem::Wrong,
    }
}
