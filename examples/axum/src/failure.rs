//! What goes wrong in a handler and is nobody's typing error. Nobody is let in by any of it.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use countersign::{NotAccepted, Refusal};

/// A handler's error.
#[derive(Debug)]
pub enum Failure {
    /// The engine could not decide: the store, the clock or the keyring.
    Undecided(countersign::Error),
    /// The engine said no.
    NotAccepted(NotAccepted),
    /// The application's own table of users.
    Users(rusqlite::Error),
    /// Something of the machine.
    Machine,
    /// A field that no form of ours sends.
    Malformed,
}

impl From<countersign::Error> for Failure {
    fn from(error: countersign::Error) -> Self {
        Self::Undecided(error)
    }
}

impl From<NotAccepted> for Failure {
    fn from(verdict: NotAccepted) -> Self {
        Self::NotAccepted(verdict)
    }
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Users(error)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let (status, text) = match self {
            Self::Undecided(_) | Self::Users(_) | Self::Machine => {
                (StatusCode::SERVICE_UNAVAILABLE, "Try again later.")
            }
            Self::NotAccepted(NotAccepted::Throttled { .. }) => {
                (StatusCode::TOO_MANY_REQUESTS, "Too many attempts. Wait.")
            }
            Self::NotAccepted(NotAccepted::Refused(Refusal::NotFound)) => {
                (StatusCode::NOT_FOUND, "There is nothing here.")
            }
            Self::NotAccepted(NotAccepted::Refused(_)) => {
                (StatusCode::FORBIDDEN, "This is not possible.")
            }
            Self::Malformed => (StatusCode::BAD_REQUEST, "No form sends this."),
        };
        (status, text).into_response()
    }
}
