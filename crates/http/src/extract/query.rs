//! The query of a page's address: it chooses what is shown, and never changes anything.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use countersign::ticket::Browser;
use percent_encoding::percent_decode_str;

use crate::place::Place;
use crate::state::Front;
use crate::wanted::Wanted;

/// A query; what is not known is ignored.
pub(crate) struct Query(String);

impl Query {
    /// The value of a field, the first of several.
    pub(crate) fn value(&self, name: &str) -> Option<String> {
        self.0
            .split('&')
            .filter_map(|pair| pair.split_once('='))
            .find(|(key, _)| *key == name)
            .and_then(|(_, value)| percent_decode_str(value).decode_utf8().ok())
            .map(std::borrow::Cow::into_owned)
    }

    /// The page at a protected host that `rd` names, not judged yet, and the browser of `rs`.
    pub(crate) fn wanted(&self) -> Option<Wanted> {
        let browser = self.value("rs").and_then(|text| Browser::parse(&text));
        let page = self.value("rd")?;
        Some(Wanted { page, browser })
    }

    /// Where to go on afterwards, if that is an own page.
    pub(crate) fn return_to(&self) -> Option<Place> {
        self.value("return_to").and_then(|text| Place::parse(&text))
    }
}

impl FromRequestParts<Front> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &Front) -> Result<Self, Infallible> {
        Ok(Self(parts.uri.query().unwrap_or("").to_owned()))
    }
}
