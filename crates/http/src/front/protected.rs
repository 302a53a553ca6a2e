//! `GET /return`: leads somebody who is signed in on to the page at a protected host, with a ticket for
//! the browser that asked there. It leads nowhere else.

use axum::extract::State;
use axum::response::Response;

use countersign::Session;
use countersign::requirement::{Minimum, Requirement};

use crate::extract::{Query, Signed};
use crate::place::Place;
use crate::problem::{Failure, Settle};
use crate::protected::Page;
use crate::reply;
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;
use crate::wanted::Wanted;

pub(super) fn routes(table: Table) -> Table {
    table.get("/return", go_on)
}

async fn go_on(
    State(front): State<Front>,
    visit: Visit,
    query: Query,
) -> Result<Response, Failure> {
    let see = |target: &str| Ok(reply::see(visit.jar(), target));
    let Some(wanted) = query.wanted() else {
        return see(&Place::Overview.path());
    };
    let Ok(page) = Page::read(&front.site().protected_hosts, &wanted.page) else {
        return see(&Place::Overview.path());
    };
    let Some(session) = Signed::of(&front, &visit).await? else {
        return see(&wanted.sign_in());
    };
    let requirement = page.host.requirement();
    if !requirement.is_met(&session.assurance(), front.mfa.now()) {
        return see(&step_up(&session, requirement, wanted));
    }
    let Some(browser) = wanted.browser else {
        // Without a browser that is known there, the host has to ask first.
        return see(&page.address());
    };
    // It is read, and yet it writes.
    front.count(&visit)?;
    let ticket = front
        .mfa
        .issue_ticket(&session, &page.origin, browser, visit.origin());
    let ticket = ticket.await?.settle()?;
    see(&page.address_with(&ticket.reveal()))
}

/// To a fresh proof, or to the authenticator that is missing.
fn step_up(session: &Session, requirement: Requirement, wanted: Wanted) -> String {
    let holdings = session.holdings();
    let phishing_resistant = requirement.minimum == Minimum::PhishingResistant;
    if phishing_resistant && holdings.passkeys == 0 {
        return Place::Passkey.path();
    }
    if requirement.minimum != Minimum::Aal1 && holdings.demanding() == 0 {
        return Place::Setup.path();
    }
    let back = Place::App(Box::new(wanted)).encoded();
    if phishing_resistant {
        format!("/reauthenticate?method=passkey&return_to={back}")
    } else {
        format!("/reauthenticate?return_to={back}")
    }
}
