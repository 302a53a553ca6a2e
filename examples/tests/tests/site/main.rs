//! The examples, run as their pages say, by users with a phone.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test ends where its premise fails"
)]

mod django;
mod express;
mod flask;
mod story;
