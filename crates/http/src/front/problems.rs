//! `GET /problems/{code}`: what the `type` of a problem document leads to.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use crate::pages::{ProblemKind, ProblemType};
use crate::problem::{self, Failure, Problem, Row};
use crate::reply;
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;

pub(super) fn routes(table: Table) -> Table {
    table.get("/problems/{code}", explain)
}

#[derive(Serialize)]
struct Answer {
    #[serde(rename = "type")]
    kind: String,
    code: &'static str,
    kinds: Vec<Kind>,
}

#[derive(Serialize)]
struct Kind {
    status: u16,
    title: &'static str,
    detail: &'static str,
}

async fn explain(
    State(front): State<Front>,
    visit: Visit,
    Path(code): Path<String>,
) -> Result<Response, Failure> {
    let rows: Vec<Row> = problem::catalogue()
        .filter(|row| row.code == code)
        .collect();
    let first = rows.first().copied().ok_or(Problem::NotFound)?;
    if visit.html {
        let kinds = rows.into_iter().map(|row| ProblemKind {
            status: row.status,
            title: row.title,
            detail: row.detail,
        });
        let page = ProblemType {
            chrome: front.bare(),
            code: first.code,
            kinds: kinds.collect(),
        };
        return Ok(reply::page(StatusCode::OK, visit.jar(), &page));
    }
    let kinds = rows.into_iter().map(|row| Kind {
        status: row.status,
        title: row.title,
        detail: row.detail,
    });
    let answer = Answer {
        kind: first.address(),
        code: first.code,
        kinds: kinds.collect(),
    };
    Ok(reply::json(StatusCode::OK, visit.jar(), &answer))
}
