//! A program's way through every JSON route, right and wrong.

use serde_json::json;

use super::secrets::Kind;
use super::watched::Watched;
use crate::support::{App, Request, codes, scan, step};

/// The first account, and all that can be asked about it.
pub fn walk(watched: &mut Watched, link: &str) {
    let password = "seventeen lazy pelicans";
    watched.secrets.token(Kind::SetupToken, link);
    let setup = format!("/setup/{link}");
    let account = json!({ "username": "alice", "password": password });
    assert_eq!(watched.json("POST", &setup, &account).status, 201);
    watched
        .json("POST", &setup, &account)
        .refuses(410, "link_invalid");
    for wrong in ["seventeen lazy pelikans", "quite another password"] {
        let body = json!({ "username": "alice", "password": wrong });
        watched
            .json("POST", "/login", &body)
            .refuses(401, "invalid_credentials");
    }

    let eight = json!({ "digits": 8, "label": "Phone" });
    let app = scan(&watched.json("POST", "/mfa/setup", &eight).expect(201));
    watched.secrets.app(&app);
    let wrong = json!({ "code": wrong(&app) });
    watched
        .json("POST", "/mfa/confirm", &wrong)
        .refuses(400, "invalid_code");
    let at = step();
    let right = json!({ "code": app.code(at) });
    let sheet = codes(&watched.json("POST", "/mfa/confirm", &right).expect(200));
    let typed = json!({ "backup_code": sheet[0] });
    assert_eq!(
        watched
            .json("POST", "/mfa/backup-codes/acknowledge", &typed)
            .status,
        200
    );
    for path in ["/mfa", "/session", "/sessions", "/mfa/backup-codes"] {
        assert_eq!(watched.get(path).status, 200);
    }
    for (path, status) in [
        ("/login/passkey/options", 200),
        ("/mfa/passkeys/options", 200),
        ("/reauthenticate/options", 404),
        ("/login/mfa/options", 400),
        ("/login/passkey", 422),
        ("/mfa/passkeys", 422),
    ] {
        assert_eq!(
            watched.json("POST", path, &json!({})).status,
            status,
            "{path}"
        );
    }
    for path in ["/.well-known/webauthn", "/.well-known/passkey-endpoints"] {
        assert_eq!(watched.get(path).status, 200);
    }
    let id = format!("/mfa/authenticators/{}", app.id);
    assert_eq!(
        watched
            .json("PATCH", &id, &json!({ "label": "Tablet" }))
            .status,
        200
    );
    let change = json!({ "current": password, "new": "eighteen lazy pelicans" });
    assert_eq!(watched.json("POST", "/password", &change).status, 200);
    let change = json!({ "current": password, "new": "nineteen lazy pelicans" });
    watched
        .json("POST", "/password", &change)
        .refuses(401, "invalid_credentials");
    let password = "eighteen lazy pelicans";
    assert_eq!(
        watched
            .json("POST", "/mfa/notices/dismiss", &json!({}))
            .status,
        200
    );

    let proof = json!({ "password": password, "code": app.code(at) });
    watched
        .json("POST", "/reauthenticate", &proof)
        .refuses(401, "code_already_used");
    let proof = json!({ "password": password, "backup_code": sheet[1] });
    assert_eq!(watched.json("POST", "/reauthenticate", &proof).status, 200);
    let sheet = codes(
        &watched
            .json("POST", "/mfa/backup-codes", &json!({}))
            .expect(200),
    );
    second_step(watched, &app, at, password, &sheet);

    let sessions = watched.get("/sessions").expect(200);
    let own = sessions["sessions"].as_array().unwrap().iter();
    let own = own.clone().find(|row| row["current"] == true).unwrap();
    assert_eq!(watched.json("DELETE", "/sessions", &json!({})).status, 200);
    let path = format!("/sessions/{}", own["id"].as_str().unwrap());
    watched.json("DELETE", &path, &json!({}));
    sign_in(watched, password, &sheet[3]);
    assert_eq!(watched.json("DELETE", &id, &json!({})).status, 200);
    assert_eq!(watched.json("POST", "/logout", &json!({})).status, 200);
}

/// The second step, wrong in each way and then right.
fn second_step(watched: &mut Watched, app: &App, at: u64, password: &str, sheet: &[String]) {
    let credentials = json!({ "username": "alice", "password": password });
    assert_eq!(watched.json("POST", "/login", &credentials).status, 200);
    let pair = json!({ "code": wrong(app), "next_code": app.code(at) });
    watched
        .json("POST", "/login/mfa", &pair)
        .refuses(401, "invalid_code");
    let void = json!({ "backup_code": "0123-4567-89AB-CDEF" });
    watched
        .json("POST", "/login/mfa", &void)
        .refuses(401, "invalid_code");
    let long = json!({ "code": format!("{}{}", app.code(at), app.code(at)) });
    watched
        .json("POST", "/login/mfa", &long)
        .refuses(422, "malformed_code");
    let both = json!({ "code": app.code(at + 1), "backup_code": sheet[0] });
    watched
        .json("POST", "/login/mfa", &both)
        .refuses(422, "invalid_fields");
    let twice = format!(r#"{{"code":"{0}","code":"{0}"}}"#, app.code(at + 1));
    let mut request = Request::new("POST", "/login/mfa").json(&json!({}));
    request.body = twice;
    assert!(watched.send(&request).status >= 400);
    let right = json!({ "code": app.code(at + 1) });
    assert_eq!(watched.json("POST", "/login/mfa", &right).status, 200);
}

fn sign_in(watched: &mut Watched, password: &str, backup_code: &str) {
    let credentials = json!({ "username": "alice", "password": password });
    assert_eq!(watched.json("POST", "/login", &credentials).status, 200);
    let code = json!({ "backup_code": backup_code });
    assert_eq!(watched.json("POST", "/login/mfa", &code).status, 200);
}

/// Eight digits that the app shows nowhere near now, and no text has by chance.
pub fn wrong(app: &App) -> String {
    let near: Vec<String> = (step() - 20..step() + 20).map(|at| app.code(at)).collect();
    let mut candidates = (0_u32..).map(|number| format!("{:08}", 73_914_826 + number));
    candidates.find(|code| !near.contains(code)).unwrap()
}
