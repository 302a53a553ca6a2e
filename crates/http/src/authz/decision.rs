//! The one decision of both endpoints. Nobody is let through but by a session at that host, strong and
//! fresh enough for it; a ticket is exchanged for one first, and never reaches the application.

use countersign::requirement::Requirement;
use countersign::session::Token;
use countersign::ticket::Browser;
use countersign::{ChildSession, Verdict};
use zeroize::Zeroizing;

use super::ask::Ask;
use crate::cookies::{Jar, Name};
use crate::problem::Failure;
use crate::state::Front;
use crate::visit::Visit;
use crate::wanted::Wanted;

/// What to tell the proxy.
pub(super) enum Decision {
    /// Let this user through, with an assertion of who it is.
    Allow(ChildSession, String),
    /// To the same page, without the ticket.
    Again(Jar, String),
    /// To the portal: nobody is signed in here.
    SignIn(Jar, String),
    /// To the portal: it takes more than this session is worth.
    StepUp(Jar, String, Requirement),
    /// The ticket is not this browser's, and asking for another would go on for ever.
    Stuck,
}

pub(super) async fn decide(
    front: &Front,
    visit: &Visit,
    ask: &Ask<'_>,
) -> Result<Decision, Failure> {
    let page = &ask.page;
    let jar = Jar::new(page.secure);
    let session = match ask.cookies.app() {
        Some(token) => front.mfa.child_session(&token, &page.origin).await?,
        None => None,
    };
    let requirement = page.host.requirement();
    let enough = session
        .as_ref()
        .is_some_and(|session| requirement.is_met(&session.assurance(), front.mfa.now()));
    match (session, &page.ticket) {
        (Some(session), None) if enough => {
            let assertion = front.mfa.identity_assertion(&session, page.authority())?;
            Ok(Decision::Allow(session, assertion))
        }
        // Whoever shows it, and whatever they have already: from here on it is over.
        (session, Some(ticket)) => {
            let known = ask.cookies.start().map(Browser::of);
            let browser = match known {
                Some(browser) => browser,
                None => Browser::of(&Zeroizing::new(front.mfa.new_form_binding()?)),
            };
            match exchange(front, visit, ask, ticket, browser).await? {
                Some(token) => {
                    let jar = jar.keep(Name::App, &token.reveal());
                    Ok(Decision::Again(jar, page.address()))
                }
                None if enough => Ok(Decision::Again(jar, page.address())),
                None if known.is_none() => Ok(Decision::Stuck),
                None => to_portal(front, ask, session.is_some()),
            }
        }
        (session, None) => to_portal(front, ask, session.is_some()),
    }
}

async fn exchange(
    front: &Front,
    visit: &Visit,
    ask: &Ask<'_>,
    ticket: &str,
    browser: Browser,
) -> Result<Option<Token>, Failure> {
    let Some(ticket) = Token::parse(ticket) else {
        return Ok(None);
    };
    let used = front
        .mfa
        .use_ticket(&ticket, &ask.page.origin, browser, visit.origin());
    Ok(match used.await? {
        Verdict::Accepted(token) => Some(token),
        Verdict::Refused(_) | Verdict::Throttled { .. } => None,
    })
}

/// The way to the portal and back. A browser that has nothing yet to be known by at this host gets it
/// here; one that has it keeps it, so that two of its windows do not shut each other out.
fn to_portal(front: &Front, ask: &Ask<'_>, signed_in: bool) -> Result<Decision, Failure> {
    let mut jar = Jar::new(ask.page.secure);
    let browser = match ask.cookies.start() {
        Some(secret) => Some(Browser::of(secret)),
        None if ask.html => {
            let secret = Zeroizing::new(front.mfa.new_form_binding()?);
            jar = jar.keep(Name::Start, &secret);
            Some(Browser::of(&secret))
        }
        None => None,
    };
    let page = ask.page.address();
    let target = Wanted { page, browser }.sign_in();
    let target = format!("{}{target}", front.site().public_url.origin());
    Ok(if signed_in {
        Decision::StepUp(jar, target, ask.page.host.requirement())
    } else {
        Decision::SignIn(jar, target)
    })
}
