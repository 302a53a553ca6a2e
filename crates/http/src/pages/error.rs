//! The page for everything that went wrong outside a form.

use askama::Template;

use super::{Chrome, Wait};

/// A refusal or failure as a page; the status is [`Fault::status`].
#[derive(Template)]
#[template(path = "problem.html")]
pub struct Problem {
    /// The frame; `signed_in_as` stays empty where no session was loaded.
    pub chrome: Chrome,
    /// What kind.
    pub fault: Fault,
    /// The same id as in `X-Request-Id` and the log.
    pub request_id: String,
    /// When trying again makes sense, for 429 and 503.
    pub wait: Option<Wait>,
}

/// A kind of failure; its title and advice are in `templates/problem.html`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// 400.
    BadRequest,
    /// 403: no right to it.
    Forbidden,
    /// 403: the form's token or origin did not fit.
    FormExpired,
    /// 404.
    NotFound,
    /// 405.
    MethodNotAllowed,
    /// 409.
    Conflict,
    /// 413.
    TooLarge,
    /// 415.
    UnsupportedType,
    /// 421: no realm answers under this host name.
    WrongHost,
    /// 429.
    TooMany,
    /// 500.
    Internal,
    /// 503.
    Unavailable,
}

impl Fault {
    /// The HTTP status that goes with it.
    pub fn status(self) -> u16 {
        match self {
            Self::BadRequest => 400,
            Self::Forbidden | Self::FormExpired => 403,
            Self::NotFound => 404,
            Self::MethodNotAllowed => 405,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::UnsupportedType => 415,
            Self::WrongHost => 421,
            Self::TooMany => 429,
            Self::Internal => 500,
            Self::Unavailable => 503,
        }
    }

    /// The kind for a status that nobody described closer.
    pub fn of(status: u16) -> Self {
        match status {
            403 => Self::Forbidden,
            404 => Self::NotFound,
            405 => Self::MethodNotAllowed,
            409 => Self::Conflict,
            413 => Self::TooLarge,
            415 => Self::UnsupportedType,
            421 => Self::WrongHost,
            429 => Self::TooMany,
            503 => Self::Unavailable,
            400..=499 => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}
