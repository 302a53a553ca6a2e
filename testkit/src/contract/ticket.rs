//! Tickets: each opens one session, for its host and its browser, while the session it comes from lives.

use std::sync::Arc;
use std::time::Duration;

use countersign::assurance::Level;
use countersign::audit::{Event, Outcome};
use countersign::port::store::{Change, Changed, Found, Read, Store};
use countersign::session::{SessionRecord, TokenHash};
use countersign::ticket::{LIFE, TicketRecord};

use crate::World;
use crate::world::Enrolled;

const APP: &str = "https://app.example.com";

impl<S: Store> World<S> {
    fn ticket(&self, who: &Enrolled) -> TicketRecord {
        TicketRecord {
            hash: self.token(),
            user: who.person.key,
            parent: who.guard.session,
            audience: APP.to_owned(),
            browser: self.token(),
            expires_at: self.now().plus(LIFE),
        }
    }

    fn issuing(&self, who: &Enrolled, ticket: &TicketRecord) -> Change {
        Change::IssueTicket {
            ticket: ticket.clone(),
            now: self.now(),
            audit: self.row(&who.person, Event::TicketIssued, Outcome::Success, None),
        }
    }

    async fn issued(&self, who: &Enrolled) -> TicketRecord {
        let ticket = self.ticket(who);
        self.done(self.issuing(who, &ticket)).await;
        ticket
    }

    /// The child that a ticket promises.
    async fn child(&self, who: &Enrolled, ticket: &TicketRecord) -> SessionRecord {
        let sessions = self.overview(&who.person).await.sessions;
        let parent = sessions.iter().find(|one| one.hash == who.guard.session);
        let mut child = who.person.session(&self.random, self.now(), Level::Aal2);
        if let Some(parent) = parent {
            child.assurance = parent.assurance;
        }
        child.audience.clone_from(&ticket.audience);
        child.parent = Some(ticket.parent);
        child
    }

    fn using(&self, who: &Enrolled, ticket: &TicketRecord, session: SessionRecord) -> Change {
        Change::UseTicket {
            ticket: ticket.hash,
            browser: ticket.browser,
            now: self.now(),
            session,
            audit: self.row(
                &who.person,
                Event::ChildSessionBegun,
                Outcome::Success,
                None,
            ),
        }
    }

    async fn is_open(&self, ticket: TokenHash) -> bool {
        let now = self.now();
        let found = self.store.read(Read::Ticket { ticket, now }).await.unwrap();
        matches!(found, Found::Ticket(Some(_)))
    }
}

/// However many browsers show it at once.
pub async fn a_ticket_is_used_once_among_64<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let ticket = world.issued(&who).await;
    assert!(world.is_open(ticket.hash).await);
    let mut tasks = Vec::new();
    for _ in 0..64 {
        let child = world.child(&who, &ticket).await;
        let change = world.using(&who, &ticket, child);
        let world = Arc::clone(&world);
        tasks.push(tokio::spawn(async move { world.change(change).await }));
    }
    let mut done = 0;
    for task in tasks {
        match task.await.unwrap() {
            Changed::Done => done += 1,
            other => assert_eq!(other, Changed::NotFound),
        }
    }
    assert_eq!(done, 1);
    assert!(!world.is_open(ticket.hash).await);
    assert_eq!(world.count(Event::ChildSessionBegun).await, 1);
    assert_eq!(world.count(Event::TicketIssued).await, 1);
}

/// Another host, another browser, another user, a child that is worth more: all refused, and the ticket
/// is as it was.
pub async fn a_ticket_is_for_its_host_and_its_browser<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let other = world.enrolled("bob").await;
    let ticket = world.issued(&who).await;
    let good = world.child(&who, &ticket).await;
    let elsewhere = SessionRecord {
        audience: "https://wiki.example.com".to_owned(),
        ..good.clone()
    };
    let orphan = SessionRecord {
        parent: None,
        ..good.clone()
    };
    let foster = SessionRecord {
        parent: Some(other.guard.session),
        ..good.clone()
    };
    let somebody_else = SessionRecord {
        user: other.person.key,
        ..good.clone()
    };
    let mut stronger = good.clone();
    stronger.assurance.level = Level::Aal3;
    for wrong in [elsewhere, orphan, foster, somebody_else, stronger] {
        let change = world.using(&who, &ticket, wrong);
        assert_eq!(world.change(change).await, Changed::NotFound);
    }
    let stolen = TicketRecord {
        browser: world.token(),
        ..ticket.clone()
    };
    let change = world.using(&who, &stolen, good.clone());
    assert_eq!(world.change(change).await, Changed::NotFound);
    assert_eq!(world.count(Event::ChildSessionBegun).await, 0);
    world.done(world.using(&who, &ticket, good.clone())).await;
    assert!(world.lives(good.hash).await);
}

/// Half a minute, and not after its session.
pub async fn a_ticket_is_good_for_its_time_only<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let late = world.issued(&who).await;
    let child = world.child(&who, &late).await;
    world.clock.advance(LIFE);
    assert!(!world.is_open(late.hash).await);
    let change = world.using(&who, &late, child);
    assert_eq!(world.change(change).await, Changed::NotFound);

    let orphaned = world.issued(&who).await;
    let child = world.child(&who, &orphaned).await;
    let audit = world.row(&who.person, Event::SessionEnded, Outcome::Success, None);
    let (session, now) = (who.guard.session, world.now());
    world
        .done(Change::SignOut {
            session,
            now,
            audit,
        })
        .await;
    let change = world.using(&who, &orphaned, child);
    assert_eq!(world.change(change).await, Changed::NotFound);
    let change = world.issuing(&who, &world.ticket(&who));
    assert_eq!(world.change(change).await, Changed::NotFound);
}

/// It is removed with its row, and no purge takes an open one.
pub async fn a_ticket_shown_elsewhere_is_over<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let (ticket, other) = (world.issued(&who).await, world.issued(&who).await);
    let burn = || Change::BurnTicket {
        ticket: ticket.hash,
        audit: world.row(
            &who.person,
            Event::ChildSessionBegun,
            Outcome::Failure,
            None,
        ),
    };
    world.done(burn()).await;
    assert_eq!(world.change(burn()).await, Changed::NotFound);
    assert_eq!(world.count(Event::ChildSessionBegun).await, 1);
    let child = world.child(&who, &ticket).await;
    let change = world.using(&who, &ticket, child);
    assert_eq!(world.change(change).await, Changed::NotFound);
    let purge = |now| Change::Purge { now, most: 100 };
    assert_eq!(world.change(purge(world.now())).await, Changed::Purged(0));
    assert!(world.is_open(other.hash).await);
    let later = world.now().plus(LIFE);
    assert_eq!(world.change(purge(later)).await, Changed::Purged(1));
}

/// One child a host, in no list of sessions, and none makes tickets itself.
pub async fn a_child_is_one_a_host_and_makes_none<S: Store>(world: Arc<World<S>>) {
    let who = world.enrolled("alice").await;
    let mut children = Vec::new();
    for _ in 0..2 {
        let ticket = world.issued(&who).await;
        let child = world.child(&who, &ticket).await;
        world.done(world.using(&who, &ticket, child.clone())).await;
        children.push(child.hash);
    }
    assert!(!world.lives(children[0]).await);
    assert!(world.lives(children[1]).await);
    assert_eq!(world.overview(&who.person).await.sessions.len(), 1);
    let grandchild = TicketRecord {
        parent: children[1],
        ..world.ticket(&who)
    };
    let change = world.issuing(&who, &grandchild);
    assert_eq!(world.change(change).await, Changed::NotFound);
    world.clock.advance(Duration::from_hours(1));
    assert!(!world.lives(children[1]).await, "its parent was idle");
}
