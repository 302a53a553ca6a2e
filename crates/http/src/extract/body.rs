//! The body of a state-changing request: JSON from programs, a form with its token from pages.

use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use countersign::audit::Event;

use super::{form, json};
use crate::problem::{Failure, Problem};
use crate::state::Front;
use crate::visit::Visit;

/// The most bytes of a body.
const MOST: usize = 16 * 1024;

/// The most bytes of a body that may hold a passkey's answer.
pub(crate) const LONG: usize = 64 * 1024;

/// A body that is complete, of the right type, and holds exactly the fields of `T`.
pub(crate) struct Submitted<T, const LIMIT: usize = MOST>(pub(crate) T);

/// A body without fields.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Nothing {}

impl<T: DeserializeOwned, const LIMIT: usize> FromRequest<Front> for Submitted<T, LIMIT> {
    type Rejection = Failure;

    async fn from_request(request: Request, front: &Front) -> Result<Self, Failure> {
        let (parts, body) = request.into_parts();
        let visit = parts.extensions.get::<Visit>().cloned();
        let visit = visit.ok_or(Problem::Internal)?;
        let kind = kind(&parts.headers)?;
        let bytes = read(body, LIMIT).await?;
        match kind {
            Kind::Json => json::parse(&bytes),
            Kind::Form => {
                let fields = form::split(&bytes)?;
                check_token(front, &visit, fields.token()).await?;
                fields.read()
            }
        }
        .map(Self)
    }
}

pub(super) enum Kind {
    Json,
    Form,
}

/// The media type, also where there is no body: a type that another site's page can send without
/// asking first is the form's only, and that one carries a token.
pub(super) fn kind(headers: &HeaderMap) -> Result<Kind, Problem> {
    let mut lines = headers.get_all(CONTENT_TYPE).iter();
    let line = lines.next().and_then(|line| line.to_str().ok());
    let line = line.filter(|_| lines.next().is_none());
    let mut parts = line
        .ok_or(Problem::UnsupportedMediaType)?
        .split(';')
        .map(str::trim);
    let essence = parts.next().unwrap_or("").to_ascii_lowercase();
    let plain = parts.all(|part| {
        let part = part.to_ascii_lowercase();
        part.is_empty() || part == "charset=utf-8" || part == "charset=\"utf-8\""
    });
    match essence.as_str() {
        "application/json" if plain => Ok(Kind::Json),
        "application/x-www-form-urlencoded" if plain => Ok(Kind::Form),
        _ => Err(Problem::UnsupportedMediaType),
    }
}

pub(super) async fn read(body: Body, most: usize) -> Result<Bytes, Problem> {
    match Limited::new(body, most).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.downcast_ref::<LengthLimitError>().is_some() => Err(Problem::TooLarge),
        Err(_) => Err(Problem::MalformedBody),
    }
}

/// A form comes from a page that this browser was given, or it changes nothing.
async fn check_token(front: &Front, visit: &Visit, token: Option<&str>) -> Result<(), Failure> {
    let holds = visit
        .cookies
        .binding()
        .zip(token)
        .is_some_and(|(binding, token)| front.mfa.check_form_token(binding, token));
    if holds {
        return Ok(());
    }
    front.mfa.record(Event::CrossSite, visit.origin()).await?;
    Err(Problem::FormExpired.into())
}
