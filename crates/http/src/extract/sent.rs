//! The body of a request to the service API: JSON alone, or nothing.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use serde::de::DeserializeOwned;

use super::body::{self, Kind, MOST};
use super::json;
use crate::problem::{Failure, Problem};
use crate::state::Front;

/// A JSON object with exactly the fields of `T`. No body at all is an empty object, and needs no
/// media type: there is no cookie here that another site's page could use.
pub(crate) struct Sent<T, const LIMIT: usize = MOST> {
    pub(crate) fields: T,
    /// The same as it came.
    pub(crate) bytes: Bytes,
}

impl<T: DeserializeOwned, const LIMIT: usize> FromRequest<Front> for Sent<T, LIMIT> {
    type Rejection = Failure;

    async fn from_request(request: Request, _: &Front) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let told = parts.headers.contains_key(CONTENT_TYPE);
        let kind = told.then(|| body::kind(&parts.headers)).transpose()?;
        let bytes = body::read(body, LIMIT).await?;
        match kind {
            Some(Kind::Json) => {}
            None if bytes.is_empty() => {}
            Some(Kind::Form) | None => return Err(Problem::UnsupportedMediaType.into()),
        }
        Ok(Self {
            fields: json::parse(&bytes)?,
            bytes,
        })
    }
}
