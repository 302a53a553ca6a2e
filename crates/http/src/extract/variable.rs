//! What varies in a path, read by its name in the route.

use axum::extract::{FromRequestParts, MatchedPath};
use axum::http::request::Parts;
use percent_encoding::percent_decode_str;

use countersign::user::UserId;

use crate::problem::{Failure, Problem};
use crate::state::Front;

/// The text of one segment; none if it is no UTF-8.
pub(super) fn variable(parts: &Parts, name: &str) -> Option<String> {
    let route = parts.extensions.get::<MatchedPath>()?.as_str();
    let at = route.split('/').position(|segment| segment == name)?;
    let segment = parts.uri.path().split('/').nth(at)?;
    let text = percent_decode_str(segment).decode_utf8().ok()?;
    Some(text.into_owned())
}

/// The `{user}` of a path: the host's own id of them.
pub(crate) struct Subject(pub(crate) UserId);

impl FromRequestParts<Front> for Subject {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Front) -> Result<Self, Failure> {
        let id = variable(parts, "{user}").and_then(|text| UserId::parse(&text).ok());
        id.map(Self).ok_or_else(|| Problem::InvalidUserId.into())
    }
}
