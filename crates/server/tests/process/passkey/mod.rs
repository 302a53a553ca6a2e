//! Passkeys over HTTP: what is enrolled opens, once for each challenge, and nothing else does.

mod challenge;
mod elsewhere;
#[path = "../../common/key.rs"]
mod key;
mod race;
mod way;

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::support::{Answer, Client, Door, ORIGIN, Place, login};
use key::{Counter, Key};

/// Somebody whose one authenticator is a passkey, in the session that enrolled it.
struct Owner {
    name: String,
    client: Client,
    key: Key,
}

impl Owner {
    /// Added by the operator, enrolled by themselves.
    fn new(place: &Place, door: Door, name: &str, counter: Counter) -> Self {
        place.add_user(name);
        let mut client = Client::new(door);
        login(&mut client, name).expect(200);
        let mut key = Key::new(ORIGIN, counter);
        let told = enroll(&mut client, &mut key).expect(201);
        assert_eq!(told["status"], "passkey enrolled");
        Self {
            name: name.to_owned(),
            client,
            key,
        }
    }

    /// Another browser of theirs, which has passed the first step.
    fn pending(&self) -> Client {
        let mut client = Client::new(self.client.door.clone());
        let asked = login(&mut client, &self.name).expect(200);
        assert_eq!(asked["requires_mfa"], true, "{asked}");
        client
    }

    /// Another browser of theirs, signed in by the passkey alone.
    fn signed_in(&mut self) -> Client {
        let mut client = Client::new(self.client.door.clone());
        let options = Asking::SignIn.options(&mut client);
        let answer = Asking::SignIn.answer(&self.key.sign(&options));
        client.post(Asking::SignIn.path(), &answer).expect(200);
        client
    }
}

/// Enrolls the key in the session of this client.
fn enroll(client: &mut Client, key: &mut Key) -> Answer {
    let options = Asking::Enroll.options(client);
    let answer = Asking::Enroll.answer(&key.create(&options));
    client.post(Asking::Enroll.path(), &answer)
}

/// What a passkey is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asking {
    SignIn,
    SecondStep,
    StepUp,
    Enroll,
}

impl Asking {
    const ALL: [Self; 4] = [Self::SignIn, Self::SecondStep, Self::StepUp, Self::Enroll];

    /// Where its answer goes.
    const fn path(self) -> &'static str {
        match self {
            Self::SignIn => "/login/passkey",
            Self::SecondStep => "/login/mfa",
            Self::StepUp => "/reauthenticate",
            Self::Enroll => "/mfa/passkeys",
        }
    }

    #[track_caller]
    fn options(self, client: &mut Client) -> Value {
        let path = format!("{}/options", self.path());
        client.post(&path, &json!({})).expect(200)
    }

    /// The body that holds a key's answer.
    fn answer(self, credential: &Value) -> Value {
        match self {
            Self::SignIn | Self::Enroll => json!({ "credential": credential }),
            Self::SecondStep | Self::StepUp => json!({ "passkey": credential }),
        }
    }

    /// A body for this that answers somebody's challenge, whatever that was made for: the key is
    /// asked by this one's own options, with the other challenge in them.
    fn forged(self, own: &Value, challenge: &Value, key: &mut Key) -> Value {
        let mut options = own.clone();
        options["challenge"] = challenge.clone();
        self.answer(&match self {
            Self::Enroll => Key::new(ORIGIN, Counter::Zero).create(&options),
            _ => key.sign(&options),
        })
    }
}

/// All that passkeys, sessions and challenges leave in the database, row by row. Attempts and the
/// audit trail are not in it, which are to tell of refusals too, nor when a session was last seen.
fn state(place: &Place) -> BTreeSet<String> {
    let database = place.look();
    let tables = [
        ("user", "*"),
        ("passkey", "*"),
        ("credential", "*"),
        ("used_challenge", "*"),
        ("authenticator", "*"),
        ("backup_code", "*"),
        ("session", "hash, level, amr, auth_time, expires_at"),
        ("pending_login", "*"),
        ("known_browser", "*"),
    ];
    let mut state = BTreeSet::new();
    for (table, columns) in tables {
        let mut rows = database
            .prepare(&format!("SELECT {columns} FROM {table}"))
            .unwrap();
        let width = rows.column_count();
        let mut rows = rows.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let columns = (0..width).map(|column| format!("{:?}", row.get_ref(column).unwrap()));
            state.insert(format!("{table} {}", columns.collect::<Vec<_>>().join(" ")));
        }
    }
    state
}

/// How often the trail has this event.
fn told(place: &Place, event: &str, outcome: &str) -> u32 {
    let count = "SELECT count(*) FROM audit_event WHERE event = ?1 AND outcome = ?2";
    let database = place.look();
    database
        .query_row(count, [event, outcome], |row| row.get(0))
        .unwrap()
}
