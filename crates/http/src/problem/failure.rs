//! A failed request on its way out: the problem and its particulars. The envelope writes the body,
//! because only there it is known who asked and in which form.

use std::time::Duration;

use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use countersign::api_key::Scope;
use countersign::clock::Timestamp;
use countersign::id::EventId;
use utoipa::ToSchema;

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
    /// What the API key would have to hold.
    pub(crate) scope: Option<Scope>,
    /// What a request made that was sent before, by its id.
    pub(crate) made: Option<Box<[u8; 16]>>,
    /// Where a browser goes on once it has what was missing.
    pub(crate) place: Option<Box<Place>>,
    /// What a route of the application's own asks of the session.
    pub(crate) step_up: Option<Box<StepUp>>,
    /// The methods that are taken, for a 405.
    pub(crate) allow: Option<Box<HeaderValue>>,
}

/// A proof that is stronger or fresher than the session's.
#[derive(Clone, Copy, Debug)]
pub(crate) struct StepUp {
    /// The authentication context that would do (RFC 9470 §3).
    pub(crate) acr: &'static str,
    /// How old the proof may be.
    pub(crate) max_age: Option<Duration>,
    /// Where a browser gives it.
    pub(crate) page: &'static str,
}

impl StepUp {
    fn challenge(&self) -> String {
        let age = self
            .max_age
            .map(|age| format!(", max_age=\"{}\"", age.as_secs()));
        format!(
            "Bearer error=\"insufficient_user_authentication\", acr_values=\"{}\"{}",
            self.acr,
            age.unwrap_or_default()
        )
    }
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
            scope: None,
            made: None,
            place: None,
            step_up: None,
            allow: None,
        }
    }
}

impl Failure {
    /// The same, leading a browser back to `place`.
    pub(crate) fn at(mut self, place: Place) -> Self {
        self.place = Some(Box::new(place));
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
            scope: self.scope.map(Scope::as_str),
            id: self
                .made
                .as_deref()
                .map(|id| EventId::from_bytes(*id).to_string()),
        };
        let body = serde_json::to_vec(&document).unwrap_or_default();
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        let mut response = (self.status(), kind, body).into_response();
        if let Some(challenge) = self.challenge(fresh) {
            response
                .headers_mut()
                .insert(header::WWW_AUTHENTICATE, challenge);
        }
        response
    }

    /// RFC 9110 §11.6.1 wants a challenge with each 401; a stale proof has one of its own
    /// (RFC 9470 §3), and so has an API key (RFC 6750 §3), also where its scopes fall short.
    fn challenge(&self, fresh: Duration) -> Option<HeaderValue> {
        let text = match (self.problem, self.scope) {
            (Problem::ReauthenticationRequired, _) => StepUp {
                acr: if self.second_factor { "aal2" } else { "aal1" },
                max_age: Some(fresh),
                page: "",
            }
            .challenge(),
            _ if self.step_up.is_some() => self.step_up.as_ref()?.challenge(),
            (Problem::ApiKeyRequired, _) => "Bearer realm=\"countersign\"".to_owned(),
            (Problem::MalformedApiKey | Problem::InvalidApiKey, _) => {
                "Bearer realm=\"countersign\", error=\"invalid_token\"".to_owned()
            }
            (Problem::InsufficientScope, Some(scope)) => format!(
                "Bearer realm=\"countersign\", error=\"insufficient_scope\", scope=\"{}\"",
                scope.as_str()
            ),
            _ if self.status() == StatusCode::UNAUTHORIZED => {
                "Cookie realm=\"countersign\", form-action=\"/login\"".to_owned()
            }
            _ => return None,
        };
        HeaderValue::from_str(&text).ok()
    }
}

/// What every answer holds that is no `2xx`: RFC 9457.
#[derive(Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct Document<'a> {
    /// The address of a page about this kind of problem.
    #[serde(rename = "type")]
    #[schema(examples("/problems/invalid_code"))]
    kind: String,
    /// The same words each time.
    title: &'static str,
    /// The HTTP status.
    status: u16,
    /// What programs key on. It is stable.
    #[schema(examples("invalid_code"))]
    code: &'static str,
    /// What to do about it.
    detail: &'static str,
    /// The request's id, as the log and the audit trail have it.
    request_id: &'a str,
    /// Not before this moment, RFC 3339 in UTC; `Retry-After` has the seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(format = DateTime)]
    retry_at: Option<String>,
    /// How many seconds the authenticator's clock seems to be ahead; negative if it is slow.
    #[serde(skip_serializing_if = "Option::is_none")]
    clock_offset: Option<i64>,
    /// The fewest characters of a password.
    #[serde(skip_serializing_if = "Option::is_none")]
    minimum_length: Option<u8>,
    /// The scope that the API key would have to hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(examples("enroll"))]
    scope: Option<&'static str>,
    /// The id of what the request had made before.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}
