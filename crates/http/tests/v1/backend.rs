//! A back end with a key. It holds every answer against the document.

use std::sync::LazyLock;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::http::Method;
use countersign::api_key::{Scope, Scopes};
use countersign::{Countersign, NewKey, Verdict};
use serde_json::{Value, json};

use crate::support::{Answer, Client, Phone, World};

/// The document as it is committed.
pub static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(&countersign_http::v1::openapi()).unwrap());

static MADE: AtomicU32 = AtomicU32::new(0);

/// Somebody's server.
pub struct Backend {
    pub client: Client,
    pub key: String,
}

/// A request in the making.
pub struct Asked<'a> {
    backend: &'a Backend,
    method: Method,
    path: String,
    fields: Vec<(String, String)>,
    body: Option<Vec<u8>>,
}

/// Makes a key in a realm: its id and its text.
pub async fn new_key(mfa: &Countersign, scopes: &[Scope]) -> (countersign::id::ApiKeyId, String) {
    // Of one name only two live.
    let name = format!("back end {}", MADE.fetch_add(1, Ordering::Relaxed));
    let new = NewKey {
        name: &name,
        scopes: Scopes::of(scopes.iter().copied()).unwrap(),
        lifetime: Some(std::time::Duration::from_hours(24)),
    };
    let made = mfa.operator().create_api_key(new).await.unwrap();
    let Verdict::Accepted((record, key)) = made else {
        panic!("{:?}", made.map(|_| ()));
    };
    (record.id, key.reveal().to_owned())
}

impl Backend {
    /// One whose key may ask for everything.
    pub async fn of(world: &World) -> Self {
        Self::with(world, &Scope::ALL).await
    }

    pub async fn with(world: &World, scopes: &[Scope]) -> Self {
        let (_, key) = new_key(&world.mfa, scopes).await;
        Self {
            client: world.client(),
            key,
        }
    }

    pub fn ask(&self, method: Method, path: &str) -> Asked<'_> {
        Asked {
            backend: self,
            method,
            path: path.to_owned(),
            fields: vec![("authorization".to_owned(), format!("Bearer {}", self.key))],
            body: None,
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path).send().await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::POST, path).json(body).send().await
    }

    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::PATCH, path).json(body).send().await
    }

    pub async fn delete(&self, path: &str, body: &Value) -> Answer {
        self.ask(Method::DELETE, path).json(body).send().await
    }

    pub async fn verify(&self, user: &str, body: &Value) -> Answer {
        self.post(&format!("/v1/users/{user}/verify"), body).await
    }

    pub async fn code(&self, user: &str, code: &str) -> Answer {
        self.verify(user, &json!({ "code": code })).await
    }

    /// Begins a TOTP enrollment.
    pub async fn begin(&self, user: &str, proof: Option<&str>) -> Answer {
        let body = json!({ "type": "totp", "account_name": "alice@example.com", "proof": proof });
        let path = format!("/v1/users/{user}/authenticators");
        self.post(&path, &body).await
    }

    pub async fn confirm(&self, user: &str, id: &str, body: &Value) -> Answer {
        let path = format!("/v1/users/{user}/authenticators/{id}/confirm");
        self.post(&path, body).await
    }

    /// Gives a user an authenticator app, by a proof where they need one.
    pub async fn enroll_by(&self, world: &World, user: &str, proof: Option<&str>) -> Enrolled {
        let begun = self.begin(user, proof).await;
        assert_eq!(begun.status, 201, "{}", begun.text());
        let phone = Phone::new(&begun.json()["secret"]);
        let id = text(&begun, "id");
        let code = json!({ "code": phone.code(world.seconds()) });
        let confirmed = self.confirm(user, &id, &code).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        let codes = confirmed.json()["backup_codes"].as_array().cloned();
        let codes = codes.unwrap_or_default();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
        Enrolled {
            id,
            phone,
            backup_codes: codes.collect(),
        }
    }

    pub async fn enroll(&self, world: &World, user: &str) -> Enrolled {
        self.enroll_by(world, user, None).await
    }

    /// A fresh proof of a user: the clock moves on to an unused code.
    pub async fn proof(&self, world: &World, user: &str, phone: &Phone) -> String {
        world.pass(30);
        let verified = self.code(user, &phone.code(world.seconds())).await;
        assert_eq!(verified.status, 200, "{}", verified.text());
        text(&verified, "verification_id")
    }
}

/// A user's first authenticator.
pub struct Enrolled {
    pub id: String,
    pub phone: Phone,
    pub backup_codes: Vec<String>,
}

/// A text of an answer.
pub fn text(answer: &Answer, name: &str) -> String {
    let json = answer.json();
    let text = json[name].as_str();
    text.unwrap_or_else(|| panic!("no {name} in {json}"))
        .to_owned()
}

impl Asked<'_> {
    pub fn field(mut self, name: &str, value: &str) -> Self {
        self.fields.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Without what was put there.
    pub fn without(mut self, name: &str) -> Self {
        self.fields.retain(|(field, _)| field != name);
        self
    }

    pub fn json(self, body: &Value) -> Self {
        let asked = self.field("content-type", "application/json");
        asked.body(body.to_string())
    }

    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = Some(body.into());
        self
    }

    pub async fn send(self) -> Answer {
        let client = &self.backend.client;
        let mut request = client.request(self.method.clone(), &self.path);
        for (name, value) in &self.fields {
            request = request.header(name, value);
        }
        let answer = request.body(self.body.unwrap_or_default()).send().await;
        kept(&self.method, &self.path, &answer);
        answer
    }
}

/// What holds for every answer of the service API.
#[track_caller]
fn kept(method: &Method, path: &str, answer: &Answer) {
    let what = format!("{method} {path}: {}", answer.status);
    assert!(answer.set_cookies().is_empty(), "{what}");
    assert_eq!(answer.header("cache-control"), "no-store", "{what}");
    match (answer.status, answer.header("content-type")) {
        (204, "") => assert!(answer.body.is_empty(), "{what}"),
        (200..=299, "application/json") | (400..=599, "application/problem+json") => {}
        (_, other) => panic!("{what} is {other}"),
    }
    if let Some(operation) = operation(method, path) {
        documented(&what, operation, answer);
    }
}

/// The operation that the document has for a path.
fn operation(method: &Method, path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap();
    let fits = |pattern: &str| {
        pattern.split('/').count() == path.split('/').count()
            && pattern
                .split('/')
                .zip(path.split('/'))
                .all(|(of, part)| of == part || of.starts_with('{') && !part.is_empty())
    };
    let all = DOCUMENT["paths"].as_object().unwrap();
    let (_, methods) = all.iter().find(|(pattern, _)| fits(pattern))?;
    methods.get(method.as_str().to_lowercase())
}

fn documented(what: &str, operation: &'static Value, answer: &Answer) {
    let told = &operation["responses"][answer.status.to_string()];
    assert!(!told.is_null(), "{what} is not in the document");
    if answer.status >= 400 {
        let schema = &told["content"]["application/problem+json"]["schema"];
        let codes = schema["allOf"][1]["properties"]["code"]["enum"].as_array();
        let code = &answer.json()["code"];
        assert!(
            codes.unwrap().contains(code),
            "{what} {code} is not in the document"
        );
        fits(what, &schema["allOf"][0], &answer.json());
    } else if answer.status != 204 {
        fits(
            what,
            &told["content"]["application/json"]["schema"],
            &answer.json(),
        );
    }
}

/// Whether a value has the fields of its schema and no others.
fn fits(what: &str, schema: &'static Value, value: &Value) {
    let schema = resolved(schema);
    if let (Some(items), Some(values)) = (schema.get("items"), value.as_array()) {
        for value in values {
            fits(what, items, value);
        }
        return;
    }
    let (Some(properties), Some(fields)) = (schema.get("properties"), value.as_object()) else {
        return;
    };
    for (name, value) in fields {
        let property = properties.get(name);
        let property = property.unwrap_or_else(|| panic!("{what}: {name} is not in the document"));
        fits(what, property, value);
    }
    for name in schema["required"].as_array().into_iter().flatten() {
        assert!(
            fields.contains_key(name.as_str().unwrap()),
            "{what}: no {name}"
        );
    }
}

fn resolved(schema: &'static Value) -> &'static Value {
    match schema.get("$ref").and_then(Value::as_str) {
        Some(name) => DOCUMENT.pointer(name.trim_start_matches('#')).unwrap(),
        None => schema,
    }
}
