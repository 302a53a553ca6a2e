//! The service API for who reads it in a browser: every operation, its fields and its answers.

use askama::Template;

use super::Chrome;

/// `GET /api/docs`.
#[derive(Template)]
#[template(path = "api_reference.html")]
pub struct ApiReference {
    /// The frame.
    pub chrome: Chrome,
    /// What holds for all of it.
    pub text: String,
    /// What any operation may be refused with, by status.
    pub common: Vec<(u16, String)>,
    /// The operations by what they are for.
    pub groups: Vec<ApiGroup>,
}

/// Operations of one purpose. In every `text` here, what stands between backquotes is code.
#[derive(Clone, Debug)]
pub struct ApiGroup {
    /// The purpose.
    pub name: String,
    /// What it is.
    pub text: String,
    /// The operations.
    pub operations: Vec<ApiOperation>,
}

/// One method at one path.
#[derive(Clone, Debug)]
pub struct ApiOperation {
    /// `GET`, `POST`, `PATCH`, `DELETE`.
    pub method: String,
    /// The path with `{user}` and `{id}`.
    pub path: String,
    /// What it does, in a few words.
    pub title: String,
    /// What there is to know, a paragraph each.
    pub text: Vec<String>,
    /// What goes into the path, the query and the header.
    pub parameters: Vec<ApiField>,
    /// What goes into the body.
    pub body: Vec<ApiField>,
    /// What comes back.
    pub answers: Vec<ApiAnswer>,
}

/// Something that is sent or answered.
#[derive(Clone, Debug)]
pub struct ApiField {
    /// Its name; `a.b` is inside `a`, `a[].b` in each of `a`.
    pub name: String,
    /// What it is: `string`, `integer` and so on, or the values it may have.
    pub kind: String,
    /// Whether it is always there.
    pub required: bool,
    /// What it means.
    pub text: String,
}

/// One status.
#[derive(Clone, Debug)]
pub struct ApiAnswer {
    /// The HTTP status.
    pub status: String,
    /// What it means; of an error, which codes it may carry.
    pub text: String,
    /// What is in it; of an error nothing beside what all have.
    pub fields: Vec<ApiField>,
}
