//! What handlers take out of a request; whatever does not fit exactly is refused here.

mod body;
mod caller;
mod ceremony;
mod form;
mod id;
mod json;
mod once;
mod page;
mod query;
mod sent;
mod signed;
mod variable;

pub(crate) use body::{LONG, Nothing, Submitted};
pub(crate) use caller::Asking;
pub(crate) use ceremony::Ceremony;
pub(crate) use id::Named;
pub(crate) use once::Once;
pub(crate) use page::Page;
pub(crate) use query::Query;
pub(crate) use sent::Sent;
pub(crate) use signed::Signed;
pub(crate) use variable::Subject;
