//! `/mfa/authenticators/{id}`: renaming and revoking one.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use serde::Deserialize;

use countersign::authenticator::Status as Stage;
use countersign::id::AuthenticatorId;

use crate::extract::{Named, Nothing, Signed, Submitted};
use crate::pages::{RemoveAuthenticator, RenameAuthenticator, RenameProblem};
use crate::place::Place;
use crate::problem::{Failure, Problem, Settle};
use crate::reply::{self, Status};
use crate::state::Front;
use crate::table::Table;

pub(super) fn routes(table: Table) -> Table {
    table
        .patch("/mfa/authenticators/{id}", rename)
        .delete("/mfa/authenticators/{id}", remove)
        .get("/mfa/authenticators/{id}/rename", ask_name)
        .post("/mfa/authenticators/{id}/rename", rename)
        .get("/mfa/authenticators/{id}/remove", ask)
        .post("/mfa/authenticators/{id}/remove", remove)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fields {
    label: String,
}

async fn ask_name(
    State(front): State<Front>,
    signed: Signed,
    Named(id): Named<AuthenticatorId>,
) -> Result<Response, Failure> {
    signed.visit.browser("POST")?;
    signed.fresh(&front, Place::Rename(id))?;
    let found = find(&front, &signed, id).await?;
    Ok(show_name(&front, &signed, id, found, None))
}

async fn rename(
    State(front): State<Front>,
    signed: Signed,
    Named(id): Named<AuthenticatorId>,
    Submitted(fields): Submitted<Fields>,
) -> Result<Response, Failure> {
    let renaming = front
        .mfa
        .rename(&signed.session, id, &fields.label, signed.visit.origin());
    match renaming.await?.settle() {
        Ok(()) => {
            let answer = Status { status: "renamed" };
            let target = format!("/mfa?done=renamed&id={id}");
            Ok(reply::done(&signed.visit, signed.jar(), &target, &answer))
        }
        Err(failure) if signed.visit.html && failure.problem == Problem::LabelInvalid => {
            let mut found = find(&front, &signed, id).await?;
            found.label = fields.label;
            Ok(show_name(&front, &signed, id, found, Some(&failure)))
        }
        Err(failure) => Err(failure.at(Place::Rename(id))),
    }
}

async fn ask(
    State(front): State<Front>,
    signed: Signed,
    Named(id): Named<AuthenticatorId>,
) -> Result<Response, Failure> {
    signed.visit.browser("POST")?;
    signed.fresh(&front, Place::Remove(id))?;
    let authenticator = find(&front, &signed, id).await?;
    let holdings = signed.session.holdings();
    let last = authenticator.demands && holdings.demanding() == 1;
    let page = RemoveAuthenticator {
        chrome: signed.chrome(&front),
        id: id.to_string(),
        label: authenticator.label,
        passkey: authenticator.passkey,
        last,
        kept: last && front.mfa.policy().keep_last,
        backup_codes_left: holdings.backup_codes,
    };
    Ok(reply::page(StatusCode::OK, signed.jar(), &page))
}

async fn remove(
    State(front): State<Front>,
    signed: Signed,
    Named(id): Named<AuthenticatorId>,
    Submitted(_): Submitted<Nothing>,
) -> Result<Response, Failure> {
    let revoking = front.mfa.revoke(&signed.session, id, signed.visit.origin());
    revoking
        .await?
        .settle()
        .map_err(|failure| failure.at(Place::Remove(id)))?;
    let answer = Status { status: "removed" };
    Ok(reply::done(&signed.visit, signed.jar(), "/mfa", &answer))
}

/// What the pages need of one, whatever its kind.
struct Found {
    label: String,
    passkey: bool,
    /// Whether the second step is demanded because of it.
    demands: bool,
}

/// One of the user's own, not revoked.
async fn find(front: &Front, signed: &Signed, id: AuthenticatorId) -> Result<Found, Failure> {
    let overview = front.mfa.overview(&signed.session).await?;
    let codes = overview.authenticators.into_iter();
    let codes = codes.map(|row| (row.id, row.label, row.status, false));
    let passkeys = overview.passkeys.into_iter();
    let passkeys = passkeys.map(|row| (row.id, row.label, row.status, true));
    codes
        .chain(passkeys)
        .find(|(other, _, status, _)| *other == id && *status != Stage::Revoked)
        .map(|(_, label, status, passkey)| Found {
            label,
            passkey,
            demands: status.demands_second_step(),
        })
        .ok_or_else(|| Problem::NotFound.into())
}

fn show_name(
    front: &Front,
    signed: &Signed,
    id: AuthenticatorId,
    found: Found,
    failure: Option<&Failure>,
) -> Response {
    let page = RenameAuthenticator {
        chrome: signed.chrome(front),
        id: id.to_string(),
        label: found.label,
        passkey: found.passkey,
        problem: failure.map(|_| RenameProblem::Label),
    };
    let status = failure.map_or(StatusCode::OK, Failure::status);
    reply::page(status, signed.jar(), &page)
}
