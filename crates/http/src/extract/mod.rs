//! What handlers take out of a request; whatever does not fit exactly is refused here.

mod body;
mod ceremony;
mod form;
mod id;
mod json;
mod query;
mod signed;

pub(crate) use body::{LONG, Nothing, Submitted};
pub(crate) use ceremony::Ceremony;
pub(crate) use id::Named;
pub(crate) use query::Query;
pub(crate) use signed::Signed;
