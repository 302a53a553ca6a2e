//! `POST /mfa/notices/dismiss`: the user has read what there was to tell.

use axum::extract::State;
use axum::response::Response;

use crate::extract::{Nothing, Signed, Submitted};
use crate::problem::{Failure, Settle};
use crate::reply::{self, Status};
use crate::state::Front;
use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table.post("/mfa/notices/dismiss", dismiss)
}

async fn dismiss(
    State(front): State<Front>,
    signed: Signed,
    Submitted(_): Submitted<Nothing>,
) -> Result<Response, Failure> {
    let read = front.mfa.dismiss_notices(&signed.session).await?;
    read.settle()?;
    let answer = Status {
        status: "dismissed",
    };
    Ok(reply::done(&signed.visit, signed.jar(), "/mfa", &answer))
}
