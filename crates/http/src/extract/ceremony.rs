//! The body of a passkey's ceremony: a script's JSON, never a form.

use axum::extract::{FromRequest, Request};
use serde::de::DeserializeOwned;

use super::body::{self, Kind, LONG};
use super::json;
use crate::problem::{Failure, Problem};
use crate::state::Front;

/// A JSON body of at most 64 KiB with exactly the fields of `T`. A credential in it may hold more
/// than we know: browsers add members as the standard grows.
pub(crate) struct Ceremony<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Front> for Ceremony<T> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Front) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        match body::kind(&parts.headers)? {
            Kind::Json => json::parse(&body::read(body, LONG).await?).map(Self),
            Kind::Form => Err(Problem::UnsupportedMediaType.into()),
        }
    }
}
