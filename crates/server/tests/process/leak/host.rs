//! A signed-in person's way to a page at a protected host, as its proxy asks for them.

use super::secrets::Kind;
use super::watched::Watched;
use crate::support::{Answer, Door, ORIGIN, Request};

/// As the server is told of it.
pub const HOST: &str = "app.localhost:8081";
const PAGE: &str = "/orders?page=2";

/// To the page and, by the ticket, back to it; what was kept and said there is the person's, too.
pub fn walk(person: &mut Watched, door: Door) {
    let mut there = Watched::new(door);
    let asked = asked(&mut there, PAGE);
    let mut target = own(&asked);
    let ticket = loop {
        let answer = person.page(&target);
        assert_eq!(answer.status, 303, "{}", answer.text());
        let next = answer.field("location").unwrap();
        if let Some((_, ticket)) = next.split_once("countersign-ticket=") {
            break ticket.to_owned();
        }
        target = own(&answer);
    };
    person.secrets.token(Kind::Ticket, &ticket);
    let taken = self::asked(&mut there, &format!("{PAGE}&countersign-ticket={ticket}"));
    assert!((300..400).contains(&taken.status), "{}", taken.text());
    let shown = self::asked(&mut there, PAGE);
    assert_eq!(shown.status, 200);
    let request = Request::new("GET", "/api/authz/auth-request")
        .field("x-original-method", "GET")
        .field("x-original-url", &format!("http://{HOST}{PAGE}"));
    assert_eq!(there.send(&request).status, 200);
    assert_eq!(there.get("/.well-known/jwks.json").status, 200);
    person.join(there);
}

fn asked(there: &mut Watched, page: &str) -> Answer {
    let request = Request::new("GET", "/api/authz/forward-auth")
        .field("x-forwarded-method", "GET")
        .field("x-forwarded-proto", "http")
        .field("x-forwarded-host", HOST)
        .field("x-forwarded-uri", page);
    there.send(&request.html())
}

/// Where an answer leads, which is at the portal.
fn own(answer: &Answer) -> String {
    let location = answer.field("location").unwrap();
    location.strip_prefix(ORIGIN).unwrap_or(location).to_owned()
}
