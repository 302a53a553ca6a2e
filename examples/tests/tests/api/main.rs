//! The service API by the hands of others: its document validates and generates, its answers are the
//! ones that are documented, and the page that is followed first works in three languages.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where its premise fails"
)]

mod client;
mod document;
mod five_minutes;
