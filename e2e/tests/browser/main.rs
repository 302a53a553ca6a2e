//! Stories of people and their browsers, told with scripts and without.

#![expect(
    clippy::indexing_slicing,
    reason = "a test ends where its premise fails"
)]

mod checker;
mod comfort;
mod doors;
mod enrollment;
mod keeping;
mod passkey;
mod refusal;
mod session;
