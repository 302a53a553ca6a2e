//! Which part of a list is asked for: read as strictly as a body.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde::Deserialize;

use super::form;
use crate::problem::{Failure, Problem};
use crate::state::Front;

/// How many there are on a page unless asked otherwise.
const USUAL: u32 = 100;

/// The most on a page.
const MOST: u32 = 500;

/// A part of a list.
pub(crate) struct Page {
    /// The cursor that the page before it ended with.
    pub(crate) after: Option<String>,
    /// How many at most, 1..=500.
    pub(crate) limit: u32,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asked {
    after: Option<String>,
    limit: Option<u32>,
}

impl FromRequestParts<Front> for Page {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, _: &Front) -> Result<Self, Failure> {
        read(parts.uri.query().unwrap_or(""))
    }
}

fn read(query: &str) -> Result<Page, Failure> {
    let fields = form::split(query.as_bytes()).map_err(|_| Problem::InvalidFields)?;
    let asked: Asked = fields.read()?;
    let limit = asked.limit.unwrap_or(USUAL);
    if !(1..=MOST).contains(&limit) {
        return Err(Problem::InvalidFields.into());
    }
    Ok(Page {
        after: asked.after,
        limit,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_read_strictly() {
        let page = read("").unwrap();
        assert_eq!((page.after, page.limit), (None, 100));
        let page = read("limit=500&after=a%2Db").unwrap();
        assert_eq!((page.after.as_deref(), page.limit), (Some("a-b"), 500));
        for query in [
            "limit=0",
            "limit=501",
            "limit=ten",
            "limit=1&limit=1",
            "before=a",
            "after=%ff",
        ] {
            let refused = read(query).err().map(|failure| failure.problem);
            assert_eq!(refused, Some(Problem::InvalidFields), "{query}");
        }
    }
}
