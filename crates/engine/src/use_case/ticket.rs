//! Sessions at protected hosts: a ticket leads there from the portal's session, and is exchanged for a
//! child of that session. A child opens its own host and nothing of the portal.

use crate::assurance::Assurance;
use crate::audit::{Event, Outcome, Reason};
use crate::clock::Timestamp;
use crate::countersign::Countersign;
use crate::engine::mismatch;
use crate::error::Error;
use crate::port::store::{Change, Changed, Found, Read, SessionView};
use crate::session::{Origin, Token, TokenHash};
use crate::ticket::{Browser, LIFE, TicketRecord};
use crate::user::UserId;
use crate::verdict::{Refusal, Verdict};
use crate::view::Session;

/// A session at a protected host, worth what its parent at the portal is worth. It stands for nobody
/// where something of the account is changed.
#[derive(Clone, Debug)]
pub struct ChildSession {
    user_id: UserId,
    name: String,
    assurance: Assurance,
}

impl ChildSession {
    /// Whose it is.
    pub const fn user_id(&self) -> &UserId {
        &self.user_id
    }

    /// The user's name.
    pub fn user_name(&self) -> &str {
        &self.name
    }

    /// What its parent is worth.
    pub const fn assurance(&self) -> Assurance {
        self.assurance
    }
}

impl Countersign {
    /// A ticket from a session of the portal's to a host, for one browser.
    pub async fn issue_ticket(
        &self,
        session: &Session,
        audience: &str,
        browser: Browser,
        origin: Origin,
    ) -> Result<Verdict<Token>, Error> {
        let now = self.0.now()?;
        let token = self.0.token(&session.user)?;
        let user = self.0.user(session.user).await?;
        let draft = self.0.draft(user.as_deref(), &origin, now);
        let audit = self
            .0
            .row(&draft, Event::TicketIssued, Outcome::Success, None, None)?;
        let ticket = TicketRecord {
            hash: self.0.hash(&token),
            user: session.user,
            parent: session.hash,
            audience: audience.to_owned(),
            browser: browser.0,
            expires_at: now.plus(LIFE),
        };
        let change = Change::IssueTicket { ticket, now, audit };
        Ok(match self.0.change(change).await? {
            Changed::Done => Verdict::Accepted(token),
            _ => Verdict::Refused(Refusal::SessionRequired),
        })
    }

    /// Exchanges a ticket for a session at its host. One that is shown at another host, or by another
    /// browser, is over.
    pub async fn use_ticket(
        &self,
        ticket: &Token,
        audience: &str,
        browser: Browser,
        origin: Origin,
    ) -> Result<Verdict<Token>, Error> {
        let gone = Ok(Verdict::Refused(Refusal::LinkInvalid));
        let now = self.0.now()?;
        let read = Read::Ticket {
            ticket: self.0.hash(ticket),
            now,
        };
        let Found::Ticket(found) = self.0.store.read(read).await? else {
            return Err(mismatch());
        };
        let Some(found) = found else {
            return gone;
        };
        let Some(parent) = self.view(found.parent, now).await? else {
            return gone;
        };
        let draft = self.0.draft(Some(&parent.user), &origin, now);
        let row = |outcome, reason| {
            self.0
                .row(&draft, Event::ChildSessionBegun, outcome, reason, None)
        };
        if found.audience != audience || found.browser != browser.0 {
            let audit = row(Outcome::Failure, Some(Reason::TicketElsewhere))?;
            let ticket = self.0.hash(ticket);
            self.0.change(Change::BurnTicket { ticket, audit }).await?;
            return gone;
        }
        let (token, mut session) =
            self.0
                .new_session(&found.user, parent.session.assurance, &origin, now)?;
        session.audience = found.audience;
        session.parent = Some(found.parent);
        // Its parent's idle end is its own, which being seen here postpones.
        session.expires_at = parent.session.expires_at;
        session.idle_expires_at = parent.session.expires_at;
        let change = Change::UseTicket {
            ticket: self.0.hash(ticket),
            browser: browser.0,
            now,
            session,
            audit: row(Outcome::Success, None)?,
        };
        Ok(match self.0.change(change).await? {
            Changed::Done => Verdict::Accepted(token),
            _ => Verdict::Refused(Refusal::LinkInvalid),
        })
    }

    /// The session that a token opens at this host; none when it or its parent is over, or it is for
    /// elsewhere. Postpones the parent's idle end, to the minute.
    pub async fn child_session(
        &self,
        token: &Token,
        audience: &str,
    ) -> Result<Option<ChildSession>, Error> {
        let now = self.0.now()?;
        let Some(child) = self.view(self.0.hash(token), now).await? else {
            return Ok(None);
        };
        let parent = child
            .session
            .parent
            .filter(|_| child.session.audience == audience);
        let Some(parent) = parent else {
            return Ok(None);
        };
        let Some(parent) = self.view(parent, now).await? else {
            return Ok(None);
        };
        if parent.session.parent.is_some() || parent.session.audience != self.0.realm.audience {
            return Ok(None);
        }
        self.see(&parent.session, now).await?;
        Ok(Some(ChildSession {
            user_id: parent.user.id.clone(),
            name: parent.user.name.clone(),
            assurance: parent.session.assurance,
        }))
    }

    async fn view(
        &self,
        session: TokenHash,
        now: Timestamp,
    ) -> Result<Option<Box<SessionView>>, Error> {
        match self.0.store.read(Read::Session { session, now }).await? {
            Found::Session(view) => Ok(view),
            _ => Err(mismatch()),
        }
    }
}
