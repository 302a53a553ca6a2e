//! Every route times everybody who may knock: what is let through, what is not, and that nothing but
//! the second step makes a session of a pending login.

mod gate;
mod visitor;

use std::collections::BTreeSet;

use countersign_http::routes;
use serde_json::{Value, json};

use self::gate::{Gate, Need, judge, need};
use self::visitor::{House, Visitor};
use crate::support::{Answer, Client, PASSWORD, Request, login};

/// A right body for a route, as far as a stranger can have it.
fn body(route: &str, house: &House) -> Value {
    match route {
        "POST /login" => json!({ "username": "alice", "password": PASSWORD }),
        "POST /setup/{token}" => json!({ "username": "eve", "password": PASSWORD }),
        "POST /login/mfa" => json!({ "code": house.owner.app.wrong() }),
        "POST /mfa/confirm" => json!({ "code": house.unused_code() }),
        "POST /reauthenticate" => json!({ "password": PASSWORD }),
        "POST /password" => {
            json!({ "current": "not the right password", "new": "unseen orbiting kettles" })
        }
        "POST /mfa/backup-codes/acknowledge" => json!({ "backup_code": "0123-4567-89AB-CDEF" }),
        "PATCH /mfa/authenticators/{id}" | "POST /mfa/authenticators/{id}/rename" => {
            json!({ "label": "Mine now" })
        }
        _ => json!({}),
    }
}

fn knock(house: &House, client: &mut Client, route: &str, html: bool) -> Answer {
    let (method, pattern) = route.split_once(' ').unwrap();
    let id = if pattern.starts_with("/sessions") {
        &house.session
    } else {
        &house.owner.app.id
    };
    let token = "A".repeat(54);
    let path = pattern.replace("{id}", id).replace("{token}", &token);
    let path = path
        .replace("{name}", "app.css")
        .replace("{code}", "throttled");
    let request = Request::new(method, &path);
    let request = match (method, html) {
        ("GET", true) => request.html(),
        ("GET", false) => request,
        (_, false) => request.json(&body(route, house)),
        (_, true) => {
            let body = body(route, house);
            let form_token = visitor::form_token(client);
            let mut fields = vec![("form_token", form_token.as_str())];
            let of_body = body.as_object().unwrap().iter();
            fields.extend(of_body.map(|(name, value)| (name.as_str(), value.as_str().unwrap())));
            request.form(&fields)
        }
    };
    client.send(&request).unwrap()
}

#[test]
fn everybody_is_let_through_where_they_may_pass_and_nowhere_else() {
    let mut house = House::new();
    let before = house.snapshot();
    let all: BTreeSet<String> = routes()
        .iter()
        .map(|route| format!("{} {}", route.method, route.path))
        .collect();
    let mut cells = 0;
    for route in &all {
        for visitor in Visitor::ALL {
            for html in [false, true] {
                if html
                    && ["PATCH", "DELETE"]
                        .iter()
                        .any(|method| route.starts_with(method))
                {
                    continue;
                }
                let mut client = house.visit(visitor, route);
                let answer = knock(&house, &mut client, route, html);
                judge(need(route, html), visitor, route, html, &answer);
                let session = client.get("/session");
                let level = session.json()["assurance"].clone();
                let highest = match visitor {
                    Visitor::Other | Visitor::Behind => json!("aal1"),
                    _ => Value::Null,
                };
                assert!(
                    level.is_null() || level == highest,
                    "{visitor:?} at {route}: {session}"
                );
                assert_eq!(
                    house.snapshot(),
                    before,
                    "{visitor:?} at {route} (page: {html})"
                );
                cells += 1;
            }
        }
    }
    eprintln!("{cells} cells over {} routes", all.len());
    // Whoever may pass does, or the gates above would prove nothing.
    for route in visitor::gently_first(&all) {
        let mut client = house.owner.client.clone();
        let answer = knock(&house, &mut client, &route, false);
        let gate = Gate::of(&answer);
        // A session is no pending login.
        let pending = need(&route, false) == Need::Pending;
        assert!(
            pending || matches!(gate, Gate::Passed(_)),
            "{route}: {answer}"
        );
        house.owner.client = client;
    }
}

#[test]
fn only_the_second_step_makes_a_session_of_a_pending_login() {
    let mut house = House::new();
    let mut pending = house.owner.pending();
    let code = house.owner.next_code();
    let backup_code = house.owner.backup_codes[0].clone();
    for (path, body) in [
        (
            "/reauthenticate",
            json!({ "password": PASSWORD, "code": code }),
        ),
        (
            "/reauthenticate",
            json!({ "password": PASSWORD, "backup_code": backup_code }),
        ),
        ("/mfa/confirm", json!({ "code": code })),
        ("/mfa/setup", json!({})),
        ("/mfa/backup-codes", json!({})),
        (
            "/mfa/backup-codes/acknowledge",
            json!({ "backup_code": backup_code }),
        ),
        (
            "/password",
            json!({ "current": PASSWORD, "new": "unseen orbiting kettles" }),
        ),
    ] {
        pending.post(path, &body).refuses(401, "session_required");
        pending.get("/session").refuses(401, "session_required");
    }
    // The cookie in the other's place is none either.
    let mut swapped = pending.clone();
    let token = pending.cookie("login").unwrap();
    swapped.cookies.insert("countersign-session".into(), token);
    swapped.get("/session").refuses(401, "session_required");
    let mut swapped = Client::new(house.owner.client.door.clone());
    let token = house.owner.client.cookie("session").unwrap();
    swapped.cookies.insert("countersign-login".into(), token);
    swapped
        .post("/login/mfa", &json!({ "code": code }))
        .refuses(400, "password_step_required");
    // Another user's pending login takes none of this user's codes.
    let mut mallory = house.visit(Visitor::Other, "");
    login(&mut mallory, "mallory").expect(200);
    mallory
        .post("/login/mfa", &json!({ "code": code }))
        .refuses(400, "password_step_required");
    // None of that used the code up, and the pending login still is one, once.
    let used = pending.clone();
    assert_eq!(
        pending.post("/login/mfa", &json!({ "code": code })).status,
        200
    );
    assert_eq!(pending.get("/session").expect(200)["assurance"], "aal2");
    let mut again = used;
    again
        .post("/login/mfa", &json!({ "backup_code": backup_code }))
        .refuses(400, "password_step_required");
}
