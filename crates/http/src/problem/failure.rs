//! A failed request on its way out: the problem and its particulars. The envelope writes the body,
//! because only there it is known who asked and in which form.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use countersign::clock::Timestamp;

use super::Problem;
use crate::place::Place;

/// What a handler returns in place of an answer.
#[derive(Clone, Debug)]
pub(crate) struct Failure {
    pub(crate) problem: Problem,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) clock_offset: Option<i64>,
    pub(crate) minimum_length: Option<u8>,
    /// Whether a fresh proof takes the second factor too.
    pub(crate) second_factor: bool,
    /// Where a browser goes on once it has what was missing.
    pub(crate) place: Option<Place>,
    /// The methods that are taken, for a 405.
    pub(crate) allow: Option<HeaderValue>,
}

impl From<Problem> for Failure {
    fn from(problem: Problem) -> Self {
        Self {
            problem,
            retry_at: None,
            retry_after: None,
            clock_offset: None,
            minimum_length: None,
            second_factor: false,
            place: None,
            allow: None,
        }
    }
}

impl Failure {
    /// The same, leading a browser back to `place`.
    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place = Some(place);
        self
    }

    /// Its status.
    pub(crate) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.problem.row().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// Whole seconds to wait, at least one.
    pub(crate) fn seconds_to_wait(&self) -> Option<u64> {
        let wait = self.retry_after?;
        Some((wait.as_secs() + u64::from(wait.subsec_nanos() > 0)).max(1))
    }

    /// The problem document, and the headers that go with it.
    pub(crate) fn document(&self, request_id: &str, fresh: Duration) -> Response {
        let row = self.problem.row();
        let document = Document {
            kind: row.address(),
            title: row.title,
            status: row.status,
            code: row.code,
            detail: row.detail,
            request_id,
            retry_at: self.retry_at.map(Timestamp::rfc3339),
            clock_offset: self.clock_offset,
            minimum_length: self.minimum_length,
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status(), kind, body).into_response();
        if response.status() == StatusCode::UNAUTHORIZED {
            let challenge = self.challenge(fresh);
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }

    /// RFC 9110 §11.6.1 wants a challenge with each 401; a stale proof has one of its own
    /// (RFC 9470 §3).
    fn challenge(&self, fresh: Duration) -> HeaderValue {
        if self.problem != Problem::ReauthenticationRequired {
            return HeaderValue::from_static(
                "Cookie realm=\"countersign\", form-action=\"/login\"",
            );
        }
        let level = if self.second_factor { "aal2" } else { "aal1" };
        let text = format!(
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"{level}\", max_age=\"{}\"",
            fresh.as_secs()
        );
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("Bearer"))
    }
}

#[derive(Serialize)]
struct Document<'a> {
    #[serde(rename = "type")]
    kind: String,
    title: &'static str,
    status: u16,
    code: &'static str,
    detail: &'static str,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_at: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_offset: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum_length: Option<u8>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
