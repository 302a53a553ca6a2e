//! The application's own sessions, in memory. One begins with the password, and is open once the
//! second step was taken by those who have one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use axum::extract::FromRequestParts;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName};
use axum::response::{IntoResponse, Redirect, Response};
use countersign::clock::Timestamp;
use countersign::session::Token;

use crate::App;
use crate::failure::Failure;
use crate::users::User;

const LIFE: Duration = Duration::from_hours(8);

/// A session.
#[derive(Clone)]
pub struct Session {
    /// Whose.
    pub user: User,
    /// The password was right, and the second step is to come: nothing is open.
    pub pending: bool,
    /// When the second step was last taken, and the proof of that for changes of authenticators.
    pub proved: Option<(Timestamp, Arc<Token>)>,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl Session {
    /// A session that begins now.
    pub fn new(user: User, pending: bool, now: Timestamp) -> Self {
        Self {
            user,
            pending,
            proved: None,
            expires_at: now.plus(LIFE),
        }
    }

    /// The proof of the second step, if it was taken.
    pub fn proof(&self) -> Option<&Token> {
        self.proved.as_ref().map(|(_, proof)| &**proof)
    }

    /// Whether the second step was taken within `age`.
    pub fn proved_within(&self, age: Duration, now: Timestamp) -> bool {
        let proved = self.proved.as_ref();
        proved.is_some_and(|(moment, _)| now.since(*moment) <= age)
    }
}

/// All sessions, by what their cookies hold.
#[derive(Default)]
pub struct Sessions(Mutex<HashMap<String, Session>>);

impl Sessions {
    /// Keeps a session under a new name, which is returned; the one under `old` ends.
    pub fn replace(&self, old: Option<&str>, session: Session) -> Result<String, Failure> {
        let name = random_name()?;
        let mut sessions = self.lock();
        if let Some(old) = old {
            sessions.remove(old);
        }
        sessions.insert(name.clone(), session);
        Ok(name)
    }

    /// Ends all of a user's and keeps this one under a new name: what was opened while the password
    /// sufficed ends when it no longer does.
    pub fn only(&self, session: Session) -> Result<String, Failure> {
        let user = session.user.id;
        self.lock().retain(|_, other| other.user.id != user);
        self.replace(None, session)
    }

    /// Ends one.
    pub fn end(&self, name: &str) {
        self.lock().remove(name);
    }

    fn find(&self, name: &str, now: Timestamp) -> Option<Session> {
        let mut sessions = self.lock();
        sessions.retain(|_, session| now < session.expires_at);
        sessions.get(name).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<String, Session>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Somebody whose password was right, whether or not the second step was taken.
pub struct Somebody {
    /// What the cookie holds.
    pub name: String,
    /// The session.
    pub session: Session,
}

/// Somebody who took every step there is for them.
pub struct SignedIn(pub Session);

impl FromRequestParts<App> for Somebody {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let name = cookie(&parts.headers, "session");
        let found = name.and_then(|name| {
            let session = app.sessions.find(&name, app.mfa.now())?;
            Some(Self { name, session })
        });
        found.ok_or_else(|| Redirect::to("/login").into_response())
    }
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let Somebody { session, .. } = Somebody::from_request_parts(parts, app).await?;
        if session.pending {
            return Err(Redirect::to("/verify").into_response());
        }
        Ok(Self(session))
    }
}

/// A cookie of the request.
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    let lines = headers.get_all(COOKIE).iter();
    lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// A cookie to set. Under `https` add `; Secure`, and `__Host-` before the name.
pub fn set_cookie(name: &str, value: &str, seconds: Option<u64>) -> (HeaderName, String) {
    let age = seconds.map_or(String::new(), |seconds| format!("; Max-Age={seconds}"));
    let line = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{age}");
    (SET_COOKIE, line)
}

fn random_name() -> Result<String, Failure> {
    let mut bytes = [0; 32];
    #[expect(clippy::disallowed_methods, reason = "randomness enters here")]
    getrandom::fill(&mut bytes).map_err(|_| Failure::Machine)?;
    Ok(data_encoding::BASE64URL_NOPAD.encode(&bytes))
}
