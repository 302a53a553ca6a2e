//! `GET /lost-access`: what somebody can do who has lost an authenticator.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use crate::extract::Signed;
use crate::pages::LostAccess;
use crate::problem::Failure;
use crate::reply;
use crate::state::Front;
use crate::table::Table;
use crate::visit::Visit;

pub(super) fn routes(table: Table) -> Table {
    table.get("/lost-access", page)
}

async fn page(State(front): State<Front>, visit: Visit) -> Result<Response, Failure> {
    visit.browser("")?;
    let (mut chrome, jar) = front.frame(&visit)?;
    let session = Signed::of(&front, &visit).await?;
    chrome.signed_in_as = session.map(|session| session.user_name().to_owned());
    let pending = match visit.cookies.pending() {
        Some(token) => front.mfa.pending_login(&token).await?.is_some(),
        None => false,
    };
    let page = LostAccess {
        chrome,
        pending,
        contact: front.site().contact.clone(),
    };
    Ok(reply::page(StatusCode::OK, jar, &page))
}
