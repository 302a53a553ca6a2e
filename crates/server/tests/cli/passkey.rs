//! Passkeys from the command line, and the host that they are bound to.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};

use serde_json::{Value, json};

use crate::key::{Counter, Key};
use crate::support::{PASSWORD, Place, Run, Server};

/// A session that is to go on: its cookies and the server.
struct Visit<'a> {
    server: &'a Server,
    cookies: BTreeMap<String, String>,
}

impl<'a> Visit<'a> {
    fn new(server: &'a Server) -> Self {
        Self {
            server,
            cookies: BTreeMap::new(),
        }
    }

    #[track_caller]
    fn post(&mut self, path: &str, body: &Value, status: u16) -> Value {
        let (told, answer) = self.server.post(path, &mut self.cookies, body);
        assert_eq!(told, status, "{path} {answer}");
        answer
    }

    /// Signs in by the password, and enrolls the key under this label: its id.
    fn enroll(&mut self, name: &str, key: &mut Key, label: &str) -> String {
        let login = json!({ "username": name, "password": PASSWORD });
        assert_eq!(self.post("/login", &login, 200)["status"], "logged in");
        self.enroll_more(key, label)
    }

    fn enroll_more(&mut self, key: &mut Key, label: &str) -> String {
        let options = self.post("/mfa/passkeys/options", &json!({}), 200);
        let body = json!({ "credential": key.create(&options), "label": label });
        let enrolled = self.post("/mfa/passkeys", &body, 201);
        enrolled["authenticator_id"].as_str().unwrap().to_owned()
    }
}

fn origin(server: &Server) -> String {
    format!("http://localhost:{}", server.port)
}

/// What the list tells programs of alice's authenticators.
fn listed(place: &Place) -> Vec<Value> {
    let list = ["authenticators", "list", "alice", "--output", "json"];
    place.run(&list).json().as_array().unwrap().clone()
}

#[test]
fn passkeys_are_listed_revoked_and_reset_like_the_others() {
    let place = Place::new();
    place.add_user("alice");
    let server = Server::start(&place, &[]);
    let mut visit = Visit::new(&server);
    let mut key = Key::new(&origin(&server), Counter::Zero);
    let first = visit.enroll("alice", &mut key, "Blue key");
    let mut counting = Key::new(&origin(&server), Counter::Counting);
    let second = visit.enroll_more(&mut counting, "Old key");

    let rows = listed(&place);
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["id"], first.as_str());
    assert_eq!(rows[1]["id"], second.as_str());
    for (row, label) in rows.iter().zip(["Blue key", "Old key"]) {
        assert_eq!(
            (&row["type"], &row["status"], &row["label"]),
            (&json!("passkey"), &json!("active"), &json!(label))
        );
        assert_eq!(row["synced"], true, "the authenticator says so");
        assert_eq!(row["provider"], Value::Null, "nobody's model");
        assert!(row["created_at"].as_str().unwrap().ends_with('Z'));
        assert_eq!(row["last_used_at"], Value::Null);
    }
    let users = place.run(&["user", "list", "--output", "json"]).json();
    assert_eq!(users[0]["passkeys"], 2, "{users}");
    let users = place.run(&["user", "list"]).ok();
    assert!(users.contains("HOTP  PASSKEYS  SUSPENDED"), "{users}");
    let table = place.run(&["authenticators", "list", "alice"]).ok();
    assert!(
        table.starts_with("ID ") && table.contains("TYPE") && table.contains("LAST USED"),
        "{table}"
    );
    let line = table.lines().find(|line| line.starts_with(&first)).unwrap();
    for word in ["passkey", "active", "Blue key", "never"] {
        assert!(line.contains(word), "{word}: {table}");
    }

    let mut stranger = Visit::new(&server);
    let options = stranger.post("/login/passkey/options", &json!({}), 200);
    let body = json!({ "credential": key.sign(&options) });
    stranger.post("/login/passkey", &body, 200);
    let rows = listed(&place);
    assert!(rows[0]["last_used_at"].as_str().unwrap().ends_with('Z'));
    assert_eq!(rows[1]["last_used_at"], Value::Null);

    place
        .run(&["authenticators", "revoke", "alice", &first])
        .ok();
    let left = listed(&place);
    assert_eq!(left.len(), 1);
    assert_eq!(left[0]["id"], second.as_str());
    let again = place.run(&["authenticators", "revoke", "alice", &first]);
    assert!(again.fails(1).contains("has no authenticator"));
    let options = stranger.post("/login/passkey/options", &json!({}), 200);
    let body = json!({ "credential": key.sign(&options) });
    assert_eq!(
        stranger.post("/login/passkey", &body, 401)["code"],
        "invalid_passkey"
    );
    let reset = ["user", "reset", "alice", "--yes", "--output", "json"];
    assert_eq!(place.run(&reset).json()["authenticators_removed"], 1);
    assert!(listed(&place).is_empty());
    assert_eq!(place.run(&["authenticators", "list", "alice"]).ok(), "");
    let trail = place.run(&["audit", "export"]).ok();
    for event in ["authn_passkey", "authn_token_revoked", "authn_user_reset"] {
        assert!(trail.contains(event), "{event}: {trail}");
    }
}

/// Starts a server under this public URL and ends it: where it said that it is, or how it ended by
/// itself.
fn start(place: &Place, url: &str) -> Result<String, Run> {
    let mut child = place
        .command(&["--listen", "127.0.0.1:0", "--output", "json"])
        .env("COUNTERSIGN_PUBLIC_URL", url)
        .spawn()
        .unwrap();
    let mut said = String::new();
    let mut stdout = BufReader::new(child.stdout.take().unwrap());
    stdout.read_line(&mut said).unwrap();
    if said.is_empty() {
        return Err(Run::of(child.wait_with_output().unwrap()));
    }
    child.kill().unwrap();
    child.wait().unwrap();
    let said: Value = serde_json::from_str(&said).unwrap();
    Ok(said["address"].as_str().unwrap().to_owned())
}

#[track_caller]
fn serves(place: &Place, url: &str) {
    match start(place, url) {
        Ok(address) => assert_eq!(address, url),
        Err(run) => panic!("{}", run.stderr),
    }
}

/// What a start that is refused says.
#[track_caller]
fn refused(place: &Place, url: &str) -> String {
    match start(place, url) {
        Ok(address) => panic!("it serves at {address}"),
        Err(run) => run.fails(3),
    }
}

#[test]
fn a_start_under_another_host_is_refused_while_there_are_passkeys() {
    let place = Place::new();
    place.add_user("alice");
    let elsewhere = "https://login.example.com";
    // None yet: the host may change, and back.
    for url in ["http://localhost:8080", elsewhere] {
        serves(&place, url);
    }
    let server = Server::start(&place, &[]);
    let mut key = Key::new(&origin(&server), Counter::Zero);
    let id = Visit::new(&server).enroll("alice", &mut key, "Blue key");
    drop(server);

    let said = refused(&place, elsewhere);
    assert!(
        said.contains("login.example.com") && said.contains("passkey"),
        "{said}"
    );
    assert!(
        said.contains("public URL that they were made under"),
        "{said}"
    );
    // A subdomain is another host; another port is not.
    let said = refused(&place, "https://www.login.example.com");
    assert!(said.contains("www.login.example.com"), "{said}");
    serves(&place, "http://localhost:9090");
    assert_eq!(listed(&place)[0]["id"], id.as_str(), "nothing was lost");

    place.run(&["authenticators", "revoke", "alice", &id]).ok();
    serves(&place, elsewhere);
}
