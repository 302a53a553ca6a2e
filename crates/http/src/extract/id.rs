//! Public ids in paths, parsed once.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use countersign::id::{AuthenticatorId, SessionId};

use super::variable::variable;
use crate::problem::{Failure, Problem};
use crate::state::Front;

/// The `{id}` of a path; text that is no id names nothing, so it is a 404.
pub(crate) struct Named<T>(pub(crate) T);

/// An id with a text.
pub(crate) trait FromText: Sized {
    /// From its text.
    fn from_text(text: &str) -> Option<Self>;
}

impl FromText for AuthenticatorId {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl FromText for SessionId {
    fn from_text(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl<T: FromText> FromRequestParts<Front> for Named<T> {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Front) -> Result<Self, Failure> {
        let id = variable(parts, "{id}").and_then(|text| T::from_text(&text));
        id.map(Self).ok_or_else(|| Problem::NotFound.into())
    }
}
