//! `Idempotency-Key`: a name that a back end gives a request, so that repeating it does nothing more.

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use countersign::Idempotency;

use crate::problem::{Failure, Problem};
use crate::state::Front;

const HEADER: &str = "idempotency-key";

/// The most bytes of a key.
const LONGEST: usize = 255;

/// The key, if one was sent.
pub(crate) struct Once(Option<String>);

impl Once {
    /// That `request` is to be done once at `route`.
    pub(crate) fn of<'a>(&'a self, route: &'a str, request: &'a [u8]) -> Option<Idempotency<'a>> {
        self.0.as_deref().map(|key| Idempotency {
            key,
            route,
            request,
        })
    }
}

impl FromRequestParts<Front> for Once {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Front) -> Result<Self, Failure> {
        Ok(Self(key(&parts.headers)?))
    }
}

fn key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let mut lines = headers.get_all(HEADER).iter();
    let Some(line) = lines.next() else {
        return Ok(None);
    };
    let fits = (1..=LONGEST).contains(&line.len())
        && line.as_bytes().iter().all(u8::is_ascii_graphic)
        && lines.next().is_none();
    let text = line.to_str().ok().filter(|_| fits);
    let text = text.ok_or(Problem::InvalidIdempotencyKey)?;
    Ok(Some(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn read(lines: &[&str]) -> Result<Option<String>, Problem> {
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(HEADER, HeaderValue::from_bytes(line.as_bytes()).unwrap());
        }
        key(&headers)
    }

    #[test]
    fn a_key_is_1_to_255_visible_characters_once() {
        let longest = "~".repeat(255);
        assert_eq!(read(&[]), Ok(None));
        for key in ["1", "0b5e-a!", &longest] {
            assert_eq!(read(&[key]), Ok(Some(key.to_owned())));
        }
        let longer = "~".repeat(256);
        for lines in [&[""][..], &["a b"], &["\u{e9}"], &[&longer], &["a", "a"]] {
            let refused = Err(Problem::InvalidIdempotencyKey);
            assert_eq!(read(lines), refused, "{lines:?}");
        }
    }
}
