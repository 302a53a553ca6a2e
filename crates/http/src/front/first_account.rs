//! `/setup/{token}`: the one-time link that creates the first account. Looking uses nothing up.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use countersign::Password;
use countersign::session::Token;

use super::login::session_cookies;
use super::password::new_password_problem;
use crate::cookies::Name;
use crate::extract::Submitted;
use crate::pages::{FirstAccount, FirstAccountProblem};
use crate::problem::{Failure, Problem, Settle};
use crate::reply::{self, Status};
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/setup/{token}", page)
        .post("/setup/{token}", submit)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    username: String,
    password: String,
}

async fn page(
    State(front): State<Front>,
    visit: Visit,
    Path(link): Path<String>,
) -> Result<Response, Failure> {
    visit.browser("POST")?;
    if !front.mfa.keeps_passwords() {
        return Err(Problem::PasswordElsewhere.into());
    }
    let token = Token::parse(&link).ok_or(Problem::LinkInvalid)?;
    if !front.mfa.setup_link_opens(&token).await? {
        return Err(Problem::LinkInvalid.into());
    }
    show(&front, &visit, link, String::new(), None)
}

async fn submit(
    State(front): State<Front>,
    visit: Visit,
    Path(link): Path<String>,
    Submitted(fields): Submitted<Fields>,
) -> Result<Response, Failure> {
    let token = Token::parse(&link).ok_or(Problem::LinkInvalid)?;
    let password = Password::new(fields.password);
    let creating = front
        .mfa
        .create_first_user(&token, &fields.username, password, visit.client());
    match creating.await?.settle() {
        Ok(signed_in) => {
            let jar = session_cookies(visit.jar(), &signed_in).forget(Name::Form);
            if visit.html {
                return Ok(reply::see(jar, "/mfa"));
            }
            let answer = Status {
                status: "account created",
            };
            Ok(reply::json(StatusCode::CREATED, jar, &answer))
        }
        Err(failure) if visit.html && problem(&failure).is_some() => {
            show(&front, &visit, link, fields.username, Some(&failure))
        }
        Err(failure) => Err(failure),
    }
}

fn show(
    front: &Front,
    visit: &Visit,
    token: String,
    username: String,
    failure: Option<&Failure>,
) -> Result<Response, Failure> {
    let (chrome, jar) = front.frame(visit)?;
    let page = FirstAccount {
        chrome,
        token,
        username,
        problem: failure.and_then(problem),
    };
    let status = failure.map_or(StatusCode::OK, Failure::status);
    Ok(reply::page(status, jar, &page))
}

fn problem(failure: &Failure) -> Option<FirstAccountProblem> {
    match failure.problem {
        Problem::NameInvalid => Some(FirstAccountProblem::Username),
        _ => new_password_problem(failure).map(FirstAccountProblem::Password),
    }
}
