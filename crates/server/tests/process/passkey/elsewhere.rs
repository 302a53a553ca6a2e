//! An authenticator that others wrote in another language enrolls and signs in over HTTP: a program
//! in Python, whose packages `cargo xtask test` brings.

use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use crate::flow::amr;
use crate::support::{Client, ORIGIN, PASSWORD, Place, Start, python};

/// What the program was answered, step by step.
fn steps(python: &Path, asked: &Value) -> Vec<Value> {
    let program = concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/tests/process/passkey/authenticator.py"
    );
    let mut child = Command::new(python)
        // Nothing of the machine's own Python.
        .args(["-I", "-B", program])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let input = asked.to_string();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let printed = String::from_utf8(output.stdout).unwrap();
    let complained = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{printed}{complained}");
    printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn an_authenticator_in_another_language_enrolls_and_signs_in() {
    let Some(python) = python() else {
        return;
    };
    let place = Place::new();
    let server = Start::new().at(&place);
    let link = format!("/setup/{}", server.link().unwrap());
    let credentials = json!({ "username": "alice", "password": PASSWORD });
    Client::new(server.door())
        .post(&link, &credentials)
        .expect(201);
    let asked = json!({
        "port": server.door().port(),
        "origin": ORIGIN,
        "username": "alice",
        "password": PASSWORD,
    });
    let mut steps = steps(&python, &asked).into_iter();
    let mut next = |name: &str, status: u16| {
        let step = steps.next().unwrap();
        assert_eq!(step["step"], name, "{step}");
        assert_eq!(step["status"], status, "{step}");
        step["body"].clone()
    };

    assert_eq!(next("password", 200)["status"], "logged in");
    let enrolled = next("touched key", 201);
    assert_eq!(enrolled["status"], "passkey enrolled");
    assert_eq!(enrolled["backup_codes"].as_array().unwrap().len(), 10);
    assert_eq!(next("session of the enrollment", 200)["assurance"], "aal2");
    next("logout", 200);
    assert_eq!(next("no session", 401)["code"], "session_required");
    let two = next("password of two", 200);
    assert_eq!(two["requires_mfa"], true);
    assert_eq!(two["methods"], json!(["passkey", "backup_code"]));
    let refused = next("signed by another key", 401);
    assert_eq!(refused["code"], "invalid_passkey");
    assert_eq!(next("second step", 200)["status"], "logged in");
    let session = next("session of two steps", 200);
    assert_eq!(session["assurance"], "aal2");
    assert_eq!(amr(&session), ["pwd", "pop", "mfa"]);

    assert_eq!(next("finger", 201).get("backup_codes"), None);
    assert_eq!(next("touched only", 401)["code"], "invalid_passkey");
    assert_eq!(next("passkey alone", 200)["status"], "logged in");
    let session = next("session of one step", 200);
    assert_eq!(session["user"]["name"], "alice");
    assert_eq!(session["assurance"], "aal2");
    assert_eq!(amr(&session), ["pop", "mfa"]);
    assert_eq!(next("once more", 401)["code"], "challenge_used");
    assert_eq!(steps.next(), None);
    place.assert_sound();
}
