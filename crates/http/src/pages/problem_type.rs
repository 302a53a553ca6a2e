//! What a kind of problem means: the page behind the `type` of a problem document.

use askama::Template;

use super::Chrome;

/// `GET /problems/{code}`.
#[derive(Template)]
#[template(path = "problem_type.html")]
pub struct ProblemType {
    /// The frame.
    pub chrome: Chrome,
    /// The code.
    pub code: &'static str,
    /// What it means with each of its statuses.
    pub kinds: Vec<ProblemKind>,
}

/// A row of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct ProblemKind {
    /// The HTTP status.
    pub status: u16,
    /// The title.
    pub title: &'static str,
    /// What to do about it.
    pub detail: &'static str,
}
