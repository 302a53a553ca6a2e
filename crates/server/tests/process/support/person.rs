//! A person with a password, an app and a sheet of backup codes.

use serde_json::json;

use super::{Answer, App, Client, Door, Place, step};

/// Good enough, and easy to find where it should not be.
pub const PASSWORD: &str = "quietly ambling marmots";

/// Somebody with a second factor.
pub struct Person {
    pub name: String,
    pub client: Client,
    pub app: App,
    pub backup_codes: Vec<String>,
    /// The last step that was accepted.
    pub last: u64,
}

impl Person {
    /// Added by the operator, enrolled by the first code.
    pub fn enrolled(place: &Place, door: Door, name: &str) -> Self {
        place.add_user(name);
        let mut client = Client::new(door);
        login(&mut client, name).expect(200);
        Self::enroll(client, name)
    }

    /// Enrolls the user whom this client has signed in.
    pub fn enroll(mut client: Client, name: &str) -> Self {
        let app = scan(&client.post("/mfa/setup", &json!({})).expect(201));
        let last = step();
        let confirmed = client
            .post("/mfa/confirm", &json!({ "code": app.code(last) }))
            .expect(200);
        assert_eq!(confirmed["status"], "MFA enabled");
        Self {
            name: name.to_owned(),
            client,
            app,
            backup_codes: codes(&confirmed),
            last,
        }
    }

    /// Another browser of theirs, which has passed the first step.
    pub fn pending(&self) -> Client {
        self.pending_at(self.client.door.clone())
    }

    /// The same, through another door.
    pub fn pending_at(&self, door: Door) -> Client {
        let mut client = Client::new(door);
        let answer = login(&mut client, &self.name).expect(200);
        assert_eq!(answer["requires_mfa"], true, "{answer}");
        client
    }

    /// The next code not used yet; waits for a step that has one.
    pub fn next_code(&mut self) -> String {
        while self.last > step() {
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        self.last = step().max(self.last + 1);
        self.app.code(self.last)
    }
}

/// The first step; waits while the server is busy with other passwords.
pub fn login(client: &mut Client, name: &str) -> Answer {
    let body = json!({ "username": name, "password": PASSWORD });
    loop {
        let answer = client.post("/login", &body);
        if answer.code() != "busy" {
            return answer;
        }
    }
}

/// Takes a new app out of the answer that holds its secret.
pub fn scan(setup: &serde_json::Value) -> App {
    let text = |name: &str| setup[name].as_str().unwrap();
    App::scan(text("authenticator_id"), text("uri"))
}

/// The backup codes of an answer.
pub fn codes(answer: &serde_json::Value) -> Vec<String> {
    let list = answer["backup_codes"].as_array().unwrap();
    list.iter()
        .map(|code| code.as_str().unwrap().to_owned())
        .collect()
}
