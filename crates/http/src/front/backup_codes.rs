//! `/mfa/backup-codes`: how many are left, and a new set, shown once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Serialize;

use super::confirm::sheet;
use crate::extract::{Nothing, Signed, Submitted};
use crate::pages::RegenerateBackupCodes;
use crate::place::Place;
use crate::problem::{Failure, Settle};
use crate::reply;
use crate::state::Front;
use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table
        .get("/mfa/backup-codes", show)
        .post("/mfa/backup-codes", replace)
}

#[derive(Serialize)]
struct Left {
    backup_codes_left: u32,
    backup_codes_acknowledged: bool,
}

#[derive(Serialize)]
struct Answer<'a> {
    backup_codes: Vec<&'a str>,
}

async fn show(State(front): State<Front>, signed: Signed) -> Result<Response, Failure> {
    let holdings = signed.session.holdings();
    if !signed.visit.html {
        let answer = Left {
            backup_codes_left: holdings.backup_codes,
            backup_codes_acknowledged: holdings.backup_codes_acknowledged,
        };
        return Ok(reply::json(StatusCode::OK, signed.jar(), &answer));
    }
    if holdings.demanding() == 0 {
        return Ok(reply::see(signed.jar(), "/mfa"));
    }
    signed.fresh(&front, Place::BackupCodes)?;
    let page = RegenerateBackupCodes {
        chrome: signed.chrome(&front),
        left: holdings.backup_codes,
    };
    Ok(reply::page(StatusCode::OK, signed.jar(), &page))
}

async fn replace(
    State(front): State<Front>,
    signed: Signed,
    Submitted(_): Submitted<Nothing>,
) -> Result<Response, Failure> {
    let replacing = front
        .mfa
        .replace_backup_codes(&signed.session, signed.visit.origin());
    let codes = replacing
        .await?
        .settle()
        .map_err(|failure| failure.at(Place::BackupCodes))?;
    if signed.visit.html {
        let page = sheet(&front, &signed, &codes, signed.chrome(&front), None);
        return Ok(reply::page(StatusCode::OK, signed.jar(), &page));
    }
    let answer = Answer {
        backup_codes: codes.reveal().collect(),
    };
    Ok(reply::json(StatusCode::OK, signed.jar(), &answer))
}
