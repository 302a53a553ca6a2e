//! A gate before an application's own routes: only a session of these pages passes, as strong and as
//! fresh as the route asks. It refuses; it never signs anybody in.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::middleware::{FromFn, Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use countersign::assurance::{Amr, Level};
use countersign::{Countersign, Method, Session};
use tower::Layer;

use crate::envelope;
use crate::extract::Signed;
use crate::headers;
use crate::problem::{Failure, Problem, StepUp};
use crate::site::Site;
use crate::state::Front;
use crate::visit::{Intent, Visit};

/// A layer for routes of the application's own: two factors unless said otherwise.
///
/// Who passes is in the request: take `Extension<Session>`. A program that does not pass gets a 401
/// with the challenge of RFC 9470 §3 and a problem document, a browser is led (303) to sign in, to
/// prove it again or to add what is missing. A request that another site made a browser send is 403.
#[derive(Clone)]
#[must_use]
pub struct RequireMfa {
    front: Front,
    level: Level,
    max_age: Option<Duration>,
    methods: Vec<Method>,
}

impl RequireMfa {
    /// Two factors, at any time in the session, by any method. `site` is the one of
    /// [`router`](crate::router), whose pages sign people in.
    pub fn new(mfa: Countersign, site: Site) -> Self {
        Self {
            front: Front::new(mfa, site),
            level: Level::Aal2,
            max_age: None,
            methods: Vec::new(),
        }
    }

    /// At least this level. No session reaches [`Level::Aal3`].
    pub const fn level(mut self, level: Level) -> Self {
        self.level = level;
        self
    }

    /// Proved at most so long ago.
    pub const fn max_age(mut self, age: Duration) -> Self {
        self.max_age = Some(age);
        self
    }

    /// By one of these methods; by any if there are none.
    pub fn methods(mut self, methods: impl IntoIterator<Item = Method>) -> Self {
        self.methods = methods.into_iter().collect();
        self
    }

    async fn admit(&self, visit: &Visit) -> Result<Session, Failure> {
        // A refusal from another site is recorded, so it is counted before; what the application's own
        // pages send is not ours to count.
        if visit.intent == Intent::Foreign {
            self.front.count(visit)?;
        }
        envelope::own_site(&self.front, visit).await?;
        let session = Signed::of(&self.front, visit).await?;
        let session = session.ok_or(Problem::SessionRequired)?;
        if self.is_met_by(&session) {
            return Ok(session);
        }
        Err(Failure {
            step_up: Some(Box::new(StepUp {
                acr: self.acr(),
                max_age: self.max_age,
                page: self.page(&session),
            })),
            ..Problem::InsufficientUserAuthentication.into()
        })
    }

    fn is_met_by(&self, session: &Session) -> bool {
        let assurance = session.assurance();
        let age = self.front.mfa.now().since(assurance.auth_time);
        let used = |method: &Method| was_used(*method, assurance.amr);
        assurance.level >= self.level
            && self.max_age.is_none_or(|most| age <= most)
            && (self.methods.is_empty() || self.methods.iter().any(used))
    }

    fn acr(&self) -> &'static str {
        match self.methods.as_slice() {
            [Method::Passkey] => "phr",
            _ => self.level.as_str(),
        }
    }

    /// Where a browser goes on: to a fresh proof, or to where the user adds what the route asks for.
    fn page(&self, session: &Session) -> &'static str {
        let held = session.methods();
        let one_factor = self.level == Level::Aal1 && self.methods.is_empty();
        let wanted = |method: &&Method| self.methods.is_empty() || self.methods.contains(method);
        match held.iter().find(wanted) {
            None if one_factor => "/reauthenticate?return_to=%2Fmfa",
            None => "/mfa",
            Some(Method::Passkey) => "/reauthenticate?return_to=%2Fmfa&method=passkey",
            Some(Method::Totp | Method::Hotp) => "/reauthenticate?return_to=%2Fmfa&method=code",
            Some(Method::BackupCode) => "/reauthenticate?return_to=%2Fmfa&method=backup_code",
        }
    }
}

/// Whether a session's methods say so: a backup code is a second factor that has no name among them.
fn was_used(method: Method, amr: Amr) -> bool {
    match method {
        Method::Passkey => amr.holds(Amr::POP),
        Method::Totp | Method::Hotp => amr.holds(Amr::OTP),
        Method::BackupCode => amr.holds(Amr::MFA) && !amr.holds(Amr::OTP) && !amr.holds(Amr::POP),
    }
}

type Judge = fn(State<RequireMfa>, Request, Next) -> Pin<Box<dyn Future<Output = Response> + Send>>;

impl<S> Layer<S> for RequireMfa {
    type Service = FromFn<Judge, Self, S, (State<Self>, Request)>;

    fn layer(&self, inner: S) -> Self::Service {
        let judge: Judge = |State(gate), request, next| Box::pin(judge(gate, request, next));
        from_fn_with_state(self.clone(), judge).layer(inner)
    }
}

async fn judge(gate: RequireMfa, mut request: Request, next: Next) -> Response {
    let front = &gate.front;
    let visit = Visit::of(&request, front.site(), front.next_request_id());
    let refused = match envelope::misdirected(front, &visit, &request) {
        Some(answer) => answer,
        None => match gate.admit(&visit).await {
            Ok(session) => {
                request.extensions_mut().insert(session);
                return next.run(request).await;
            }
            Err(failure) => failure.into_response(),
        },
    };
    let mut response = envelope::told(front, &visit, refused);
    headers::secure(
        response.headers_mut(),
        front.site().public_url.is_secure(),
        None,
    );
    if let Ok(id) = HeaderValue::from_str(&visit.request_id) {
        response.headers_mut().insert(envelope::REQUEST_ID, id);
    }
    response
}
