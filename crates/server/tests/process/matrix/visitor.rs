//! Who may knock: with nothing, half of a login, another's session, an ended one, or a weak one.

use serde_json::{Value, json};

use crate::support::{Client, Person, Place, Server, Start, login, step};

/// Somebody at a route of alice's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Visitor {
    /// No cookie.
    Nobody,
    /// Alice's pending login.
    Pending,
    /// A session of somebody else.
    Other,
    /// A session of alice's that she has ended.
    Ended,
    /// A session of alice's from before she enrolled, with the password alone.
    Behind,
}

impl Visitor {
    pub const ALL: [Self; 5] = [
        Self::Nobody,
        Self::Pending,
        Self::Other,
        Self::Ended,
        Self::Behind,
    ];
}

/// Alice, who has two factors, and mallory, who has a password.
pub struct House {
    pub owner: Person,
    /// Alice's id.
    pub owner_id: String,
    /// A back end's key.
    pub key: String,
    /// The public name of a session of alice's.
    pub session: String,
    pending: Client,
    ended: Client,
    behind: Vec<Client>,
    server: Server,
    _place: Place,
}

impl House {
    pub fn new() -> Self {
        let place = Place::new();
        let server = Start::new().at(&place);
        place.add_user("alice");
        place.add_user("mallory");
        let signed_in = || {
            let mut client = Client::new(server.door());
            login(&mut client, "alice").expect(200);
            client
        };
        // One is kept, two are for signing out with, one is named by others.
        let behind: Vec<Client> = (0..4).map(|_| signed_in()).collect();
        let (ended, owner) = (signed_in(), signed_in());
        let owner = Person::enroll(owner, "alice");
        assert_eq!(ended.clone().post("/logout", &json!({})).status, 200);
        let listed = behind[3].clone().get("/sessions").expect(200);
        let rows = listed["sessions"].as_array().unwrap();
        let own = rows.iter().find(|row| row["current"] == true).unwrap();
        let session = owner.client.clone().get("/session").expect(200);
        let created = [
            "api-key",
            "create",
            "shop",
            "--scope",
            "verify,enroll,admin",
        ];
        Self {
            owner_id: session["user"]["id"].as_str().unwrap().to_owned(),
            key: place.run(&created, "").ok().trim_end().to_owned(),
            session: own["id"].as_str().unwrap().to_owned(),
            pending: owner.pending(),
            owner,
            ended,
            behind,
            server,
            _place: place,
        }
    }

    /// A visitor with fresh pockets.
    pub fn visit(&mut self, visitor: Visitor, route: &str) -> Client {
        match visitor {
            Visitor::Nobody => Client::new(self.server.door()),
            Visitor::Pending => self.pending.clone(),
            Visitor::Ended => self.ended.clone(),
            // Signing out ends it for all who have its cookie.
            Visitor::Behind if route == "POST /logout" => self.behind.remove(1),
            Visitor::Behind => self.behind[0].clone(),
            Visitor::Other => {
                let mut client = Client::new(self.server.door());
                login(&mut client, "mallory").expect(200);
                client
            }
        }
    }

    /// A code of alice's app that nobody has sent.
    pub fn unused_code(&self) -> String {
        self.owner.app.code(step().max(self.owner.last) + 1)
    }

    /// What of alice's nobody may change.
    pub fn snapshot(&mut self) -> (Value, Value) {
        let listed = self.owner.client.get("/mfa").expect(200);
        let session = self.owner.client.get("/session").expect(200);
        assert_eq!(session["assurance"], "aal2");
        let mut authenticators = listed["authenticators"].clone();
        authenticators[0]["last_used_at"] = Value::Null;
        let named = self.behind.last().unwrap().clone().get("/session").status;
        assert_eq!(named, 200, "a session was ended");
        (authenticators, listed["backup_codes_left"].clone())
    }
}

/// The token for this client's forms, from a page that it may see.
pub fn form_token(client: &mut Client) -> String {
    for path in ["/mfa", "/login/mfa", "/login"] {
        let page = client.page(path);
        if page.status == 200 && page.text().contains("form_token") {
            return page.form_token();
        }
    }
    panic!("no page with a form");
}

/// The routes, those that end something last.
pub fn gently_first(routes: &std::collections::BTreeSet<String>) -> Vec<String> {
    let mut routes: Vec<String> = routes.iter().cloned().collect();
    routes.sort_by_key(|route| match route.as_str() {
        "POST /logout" => 9,
        "POST /login" => 8,
        "POST /v1/users/{user}/reset" => 7,
        route if route.contains("authenticators/{id}") && !route.contains("rename") => 7,
        route if route.contains("{id}") => 1,
        _ => 0,
    });
    routes
}
