//! What handlers take out of a request; whatever does not fit exactly is refused here.

mod body;
mod form;
mod id;
mod json;
mod query;
mod signed;

pub(crate) use body::{Nothing, Submitted};
pub(crate) use id::Named;
pub(crate) use query::Query;
pub(crate) use signed::Signed;
