//! The session of a request. A pending login is none.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use countersign::Session;

use crate::cookies::Jar;
use crate::pages::Chrome;
use crate::place::Place;
use crate::problem::{Failure, Problem};
use crate::state::Front;
use crate::visit::{Intent, Visit};

/// Who is signed in, and the request's circumstances.
pub(crate) struct Signed {
    pub(crate) visit: Visit,
    pub(crate) session: Session,
}

impl Signed {
    /// The session that the cookie opens, if it does.
    pub(crate) async fn of(front: &Front, visit: &Visit) -> Result<Option<Session>, Failure> {
        match visit.cookies.session() {
            Some(token) => Ok(front.mfa.session(&token).await?),
            None => Ok(None),
        }
    }

    /// The frame of a page, its forms bound to this session.
    pub(crate) fn chrome(&self, front: &Front) -> Chrome {
        let binding = self.visit.cookies.binding().unwrap_or("");
        front.chrome(binding, Some(self.session.user_name()))
    }

    /// Cookies to answer with.
    pub(crate) fn jar(&self) -> Jar {
        self.visit.jar()
    }

    /// Goes on only with a fresh proof; a browser is led to give one and back to `place`.
    pub(crate) fn fresh(&self, front: &Front, place: Place) -> Result<(), Failure> {
        if front.mfa.is_fresh(&self.session) {
            Ok(())
        } else {
            Err(Failure::from(Problem::ReauthenticationRequired).at(place))
        }
    }
}

impl FromRequestParts<Front> for Signed {
    type Rejection = Failure;

    async fn from_request_parts(parts: &mut Parts, front: &Front) -> Result<Self, Failure> {
        let visit = Visit::from_request_parts(parts, front).await?;
        if let Some(session) = Self::of(front, &visit).await? {
            return Ok(Self { visit, session });
        }
        let mut failure = Failure::from(Problem::SessionRequired);
        let place = Place::parse(&visit.path).filter(|_| visit.intent == Intent::Read);
        failure.place = place.map(Box::new);
        Err(failure)
    }
}
