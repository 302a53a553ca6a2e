//! The back end behind a request: its key is in `Authorization`, and no cookie stands for one.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use countersign::{Caller, Countersign, Host, KeyRefusal};

use crate::problem::{Failure, Problem};
use crate::state::Front;
use crate::visit::Visit;

/// A back end that showed a living key, the engine of that key's realm, and the request's
/// circumstances. Under which host the request came does not matter.
pub(crate) struct Asking {
    mfa: Countersign,
    pub(crate) caller: Caller,
    pub(crate) visit: Visit,
}

impl Asking {
    /// The engine within this key's scopes.
    pub(crate) fn host(&self) -> Host<'_> {
        self.mfa.host_by(&self.caller, self.visit.origin())
    }
}

impl FromRequestParts<Front> for Asking {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Self, Failure> {
        let visit = Visit::from_request_parts(parts, front).await?;
        let problem = match key(&parts.headers) {
            Ok(text) => match front.recognize(text).await? {
                Ok((mfa, caller)) => return Ok(Self { mfa, caller, visit }),
                Err(KeyRefusal::Malformed) => Problem::MalformedApiKey,
                Err(KeyRefusal::Unknown) => Problem::InvalidApiKey,
            },
            Err(problem) => problem,
        };
        // Only who shows no right key is limited by address: all of a back end's users come from one.
        front.count(&visit)?;
        Err(problem.into())
    }
}

/// The text of the one bearer token (RFC 6750 §2.1); the scheme's case does not matter.
fn key(headers: &HeaderMap) -> Result<&str, Problem> {
    let mut lines = headers.get_all(AUTHORIZATION).iter();
    let line = lines.next().ok_or(Problem::ApiKeyRequired)?;
    let line = line.to_str().map_err(|_| Problem::MalformedApiKey)?;
    if lines.next().is_some() {
        return Err(Problem::MalformedApiKey);
    }
    match line.split_once(' ') {
        Some((scheme, key)) if scheme.eq_ignore_ascii_case("bearer") => Ok(key.trim()),
        _ => Err(Problem::ApiKeyRequired),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(lines: &[&'static str]) -> Result<String, Problem> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(AUTHORIZATION, HeaderValue::from_static(line));
        }
        key(&headers).map(str::to_owned)
    }

    #[test]
    fn one_bearer_token_is_a_key() {
        for line in ["Bearer csk_a", "bearer csk_a", "BEARER  csk_a "] {
            assert_eq!(read(&[line]).as_deref(), Ok("csk_a"), "{line}");
        }
        for none in [&[][..], &["csk_a"], &["Basic csk_a"], &["Bearer"], &[""]] {
            assert_eq!(read(none), Err(Problem::ApiKeyRequired), "{none:?}");
        }
        let twice = ["Bearer csk_a", "Bearer csk_a"];
        assert_eq!(read(&twice), Err(Problem::MalformedApiKey));
    }
}
