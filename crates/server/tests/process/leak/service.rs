//! A back end's way through every route of the service API, right and wrong.

use serde_json::{Value, json};

use super::program::wrong;
use super::secrets::Kind;
use super::watched::Watched;
use crate::support::{Answer, App, Place, Request, codes, step};

const USER: &str = "/v1/users/u-17";

/// A back end with a key that may ask for everything.
struct Backend<'a> {
    watched: &'a mut Watched,
    key: String,
}

impl Backend<'_> {
    fn ask(&mut self, method: &str, path: &str, body: Option<&Value>) -> Answer {
        let line = format!("Bearer {}", self.key);
        let request = Request::new(method, path).field("authorization", &line);
        let Some(body) = body else {
            return self.watched.send(&request);
        };
        self.watched.learn_typed(body);
        let request = request.field("idempotency-key", &format!("{method}-{}", path.len()));
        self.watched.send(&request.json(body))
    }

    fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, None)
    }

    fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.ask("POST", &format!("{USER}{path}"), Some(body))
    }

    fn code(&mut self, code: &str) -> Answer {
        self.post("/verify", &json!({ "code": code }))
    }
}

pub fn walk(watched: &mut Watched, place: &Place) {
    let created = [
        "api-key",
        "create",
        "shop",
        "--scope",
        "verify,enroll,admin",
    ];
    let key = place.run(&created, "").ok().trim_end().to_owned();
    watched.secrets.api_key(&key);
    let mut backend = Backend { watched, key };
    let app = enroll(&mut backend);
    let at = step();
    backend.code(&wrong(&app)).refuses(422, "invalid_code");
    backend
        .code(&app.code(at))
        .refuses(409, "code_already_used");
    let body = json!({ "code": app.code(at + 1), "context": { "ip": "203.0.113.7" } });
    let accepted = backend.post("/verify", &body).expect(200);
    assert!(accepted["device"].is_string(), "{accepted}");
    manage(&mut backend, &app, &accepted["verification_id"]);
    refused(&mut backend, &app);
    assert_eq!(backend.post("/reset", &json!({})).status, 200);
    for path in [
        "/v1/users",
        "/v1/audit-events?limit=500",
        "/api/openapi.json",
    ] {
        assert_eq!(backend.get(path).status, 200, "{path}");
    }
    assert_eq!(backend.watched.page("/api/docs").status, 200);
}

fn enroll(backend: &mut Backend<'_>) -> App {
    let body = json!({ "type": "totp", "account_name": "alice@example.com", "digits": 8 });
    let begun = backend.post("/authenticators", &body).expect(201);
    let text = |name: &str| begun[name].as_str().unwrap().to_owned();
    let app = App::scan(&text("id"), &text("uri"));
    backend.watched.secrets.app(&app);
    // Its answer was lost, as far as the back end knows.
    let again = backend.post("/authenticators", &body);
    again.refuses(409, "already_created");
    let confirm = format!("/authenticators/{}/confirm", app.id);
    let slip = json!({ "code": wrong(&app) });
    backend.post(&confirm, &slip).refuses(422, "invalid_code");
    let right = json!({ "code": app.code(step()) });
    let confirmed = backend.post(&confirm, &right).expect(200);
    assert_eq!(codes(&confirmed).len(), 10);
    app
}

/// Everything that an authenticator can be put through, by one proof.
fn manage(backend: &mut Backend<'_>, app: &App, proof: &Value) {
    let body = json!({ "proof": proof });
    let made = backend.post("/backup-codes", &body).expect(201);
    backend
        .post("/backup-codes", &body)
        .refuses(409, "already_created");
    for path in ["", "/authenticators", "/backup-codes"] {
        assert_eq!(backend.get(&format!("{USER}{path}")).status, 200, "{path}");
    }
    assert_eq!(backend.post("/challenges", &json!({})).status, 201);
    let path = format!("{USER}/authenticators/{}", app.id);
    let named = backend.ask("PATCH", &path, Some(&json!({ "label": "Tablet" })));
    assert_eq!(named.status, 200);
    let spent = backend.ask("DELETE", &path, Some(&body));
    spent.refuses(403, "proof_required");
    let code = json!({ "backup_code": codes(&made)[0] });
    let accepted = backend.post("/verify", &code).expect(200);
    backend
        .post("/verify", &code)
        .refuses(409, "code_already_used");
    let body = json!({ "proof": accepted["verification_id"] });
    assert_eq!(backend.ask("DELETE", &path, Some(&body)).status, 204);
}

/// What holds a secret and is not taken.
fn refused(backend: &mut Backend<'_>, app: &App) {
    let long = json!({ "code": format!("{0}{0}", app.code(step())) });
    backend
        .post("/verify", &long)
        .refuses(422, "malformed_code");
    let key = json!({ "code": backend.key });
    backend.post("/verify", &key).refuses(422, "malformed_code");
    let key = backend.key.clone();
    for (slip, code) in [
        (format!("{}x", &key[..61]), "malformed_api_key"),
        (key.to_uppercase(), "malformed_api_key"),
        (format!("{key} {key}"), "malformed_api_key"),
    ] {
        backend.key = slip;
        backend.get(USER).refuses(401, code);
    }
    backend.key = key;
    // Where it does not belong: in an address and in a cookie.
    let stray = format!("/v1/users?after={}", backend.key);
    backend.get(&stray).refuses(422, "invalid_cursor");
    assert!(
        backend
            .watched
            .secrets
            .0
            .iter()
            .any(|secret| secret.kind == Kind::ApiKey)
    );
}
