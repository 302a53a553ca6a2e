//! Stories of people and their browsers, told with scripts and without.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test ends where its premise fails"
)]

mod checker;
mod doors;
mod enrollment;
mod keeping;
mod refusal;
mod session;
