//! Realms that are added and changed while the server runs, each at its host and by its keys.

use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::support::{Answer, App, Client, PASSWORD, Place, Request, Start, step};

/// A running server looks every two seconds; a busy machine may take longer.
const PATIENCE: Duration = Duration::from_mins(1);

const SHOP: &str = "login.shop.example";

/// A back end, by its key.
struct Backend {
    client: Client,
    key: String,
}

impl Backend {
    fn of(place: &Place, client: &Client, realm: &str) -> Self {
        let scopes = ["--scope", "verify,enroll,admin", "--realm", realm];
        let made = place.run(
            &[&["api-key", "create", "back end"], &scopes[..]].concat(),
            "",
        );
        Self {
            client: client.clone(),
            key: made.ok().trim_end().to_owned(),
        }
    }

    fn ask(&mut self, method: &str, path: &str, body: &Value) -> Answer {
        let line = format!("Bearer {}", self.key);
        let request = Request::new(method, path).field("authorization", &line);
        let request = match body {
            Value::Null => request,
            body => request.json(body),
        };
        self.client.send(&request).unwrap()
    }

    /// Enrolls `u-1`, and verifies the next code.
    fn enroll(&mut self) -> (App, String) {
        let path = "/v1/users/u-1/authenticators";
        let body = json!({ "type": "totp", "account_name": "alice" });
        let begun = self.ask("POST", path, &body);
        assert_eq!(begun.status, 201, "{}", begun.text());
        let (begun, at) = (begun.json(), step());
        let app = App::scan(
            begun["id"].as_str().unwrap(),
            begun["uri"].as_str().unwrap(),
        );
        let path = format!("{path}/{}/confirm", begun["id"].as_str().unwrap());
        let body = json!({ "code": app.code(at) });
        assert_eq!(self.ask("POST", &path, &body).status, 200);
        assert_eq!(self.code(&app.code(at + 1)).status, 200);
        (app, begun["uri"].as_str().unwrap().to_owned())
    }

    fn code(&mut self, code: &str) -> Answer {
        self.ask("POST", "/v1/users/u-1/verify", &json!({ "code": code }))
    }
}

/// Waits until `answer` is what it should be.
#[track_caller]
fn comes(what: &str, mut answer: impl FnMut() -> bool) {
    let began = Instant::now();
    while !answer() {
        assert!(began.elapsed() < PATIENCE, "{what} does not come");
        sleep(Duration::from_millis(100));
    }
}

fn at_shop(client: &mut Client, method: &str, path: &str, body: &Value) -> Answer {
    let request = Request::new(method, path).field("host", SHOP);
    let request = match body {
        Value::Null => request,
        body => request.json(body),
    };
    client.send(&request).unwrap()
}

#[test]
fn realms_are_added_and_changed_while_the_server_runs() {
    let place = Place::new();
    let server = Start::new().at(&place);
    let client = Client::new(server.door());
    let mut somebody = client.clone();
    let session = |client: &mut Client| at_shop(client, "GET", "/session", &Value::Null).status;
    assert_eq!(session(&mut somebody), 421);

    let url = format!("https://{SHOP}");
    let add = [
        "realm",
        "add",
        "shop",
        "--issuer",
        "The Shop",
        "--public-url",
    ];
    place.run(&[&add[..], &[&url]].concat(), "").ok();
    comes("the realm", || session(&mut somebody) == 401);

    let mut here = Backend::of(&place, &client, "default");
    let mut there = Backend::of(&place, &client, "shop");
    let (mine, uri) = here.enroll();
    assert!(uri.contains("issuer=Countersign"), "{uri}");
    let seen = there.ask("GET", "/v1/users/u-1", &Value::Null);
    assert_eq!(seen.json()["enrolled"], false);
    let wrong = there.code(&mine.code(step()));
    wrong.refuses(422, "invalid_code");
    let (_, uri) = there.enroll();
    assert!(uri.contains("issuer=The%20Shop"), "{uri}");

    // The same name in both is two people.
    place.add_user("alice");
    let other = "somewhat hasty badgers";
    let add = ["user", "add", "alice", "--realm", "shop"];
    let add = [&add[..], &["--password-file", "-"]].concat();
    place.run(&add, other).ok();
    let mut browser = client.clone();
    let mut login = |password: &str| {
        let body = json!({ "username": "alice", "password": password });
        at_shop(&mut browser, "POST", "/login", &body).status
    };
    assert_eq!((login(PASSWORD), login(other)), (401, 200));

    // It moves, and where it was is nobody.
    let set = ["realm", "set", "shop", "--public-url"];
    let moved = [&set[..], &["https://id.shop.example"]].concat();
    place.run(&moved, "").ok();
    comes("the change", || session(&mut somebody) == 421);
    let seen = there.ask("GET", "/v1/users/u-1", &Value::Null);
    assert_eq!(seen.json()["enrolled"], true);
}

#[test]
fn a_realm_that_somebody_else_wrote_is_not_served() {
    let place = Place::new();
    let server = Start::new().at(&place);
    let client = Client::new(server.door());
    let add = ["realm", "add", "shop", "--issuer", "The Shop"];
    place.run(&add, "").ok();
    let mut there = Backend::of(&place, &client, "shop");
    let mut status = || there.ask("GET", "/v1/users/u-1", &Value::Null).status;
    comes("the realm", || status() == 200);
    let changed = place.look().execute(
        "UPDATE realm SET policy = 'authenticators.proof=waived\n'",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    comes("the refusal", || status() == 401);
    let listed = place.run(&["realm", "list"], "").ok();
    assert!(listed.contains("tampered"), "{listed}");
    let set = ["realm", "set", "shop", "--issuer", "Mine"];
    assert_eq!(place.run(&set, "").code, Some(4));
    let doctor = place.run(&["doctor"], "");
    assert!(doctor.stdout.contains("realm shop"), "{}", doctor.stdout);
}
