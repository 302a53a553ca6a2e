//! Keys of back ends from the command line: shown once, and at work beside a running server.

use serde_json::{Value, json};

use crate::support::{Place, Server};

/// What `GET /v1/users/u-1` says to a key: the status and the problem's code.
fn asked(server: &Server, key: &str) -> (u16, String) {
    let answer = server.get_with("/v1/users/u-1", &format!("Authorization: Bearer {key}"));
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    let json: Value = serde_json::from_str(body).unwrap();
    let code = json["code"].as_str().unwrap_or_default();
    (status, code.to_owned())
}

#[test]
fn a_key_is_made_used_listed_and_revoked_beside_a_running_server() {
    let place = Place::new();
    let server = Server::start(&place, &[]);
    let run = place.run(&["api-key", "create", "shop", "--scope", "verify,enroll"]);
    let said = run.stderr.clone();
    assert_eq!(
        said,
        "Made the API key \"shop\" (verify,enroll). It is shown only here:\n"
    );
    let printed = run.ok();
    let key = printed.trim_end();
    assert!(key.starts_with("csk_") && key.len() == 62, "{printed}");
    assert_eq!(asked(&server, key), (200, String::new()));
    let slip = format!("{}x", &key[..61]);
    assert_eq!(asked(&server, &slip), (401, "malformed_api_key".to_owned()));

    let made = place
        .run(&[
            "api-key",
            "create",
            "watch",
            "--scope",
            "admin",
            "--expires",
            "90d",
            "--output",
            "json",
        ])
        .json();
    assert_eq!(
        (&made["name"], &made["scopes"]),
        (&json!("watch"), &json!(["admin"]))
    );
    assert!(made["key"].as_str().unwrap().starts_with("csk_"));
    assert!(made["expires_at"].is_string() && made["realm"] == "default");

    let listed = place.run(&["api-key", "list", "--output", "json"]).json();
    let rows = listed.as_array().unwrap();
    assert_eq!(rows.len(), 2);
    assert_eq!(rows[0]["scopes"], json!(["verify", "enroll"]));
    assert!(rows[0]["last_used_at"].is_string() && rows[1]["last_used_at"].is_null());
    let table = place.run(&["api-key", "list"]).ok();
    assert!(
        table.starts_with("ID ") && table.contains("verify,enroll"),
        "{table}"
    );

    let id = rows[0]["id"].as_str().unwrap();
    let said = place.run(&["api-key", "revoke", id]).ok();
    assert_eq!(said, format!("Revoked the API key {id}.\n"));
    assert_eq!(asked(&server, key), (401, "invalid_api_key".to_owned()));
    assert!(place.run(&["api-key", "list"]).ok().contains("revoked"));
    for shown in [
        table,
        listed.to_string(),
        place.run(&["audit", "export"]).ok(),
    ] {
        assert!(!shown.contains("csk_"), "{shown}");
    }
}

#[test]
fn two_of_one_name_live_so_that_one_can_follow_the_other() {
    let place = Place::new();
    let create = [
        "api-key", "create", "shop", "--scope", "verify", "--output", "json",
    ];
    let first = place.run(&create).json();
    place.run(&create).json();
    let stderr = place.run(&create).fails(1);
    assert!(stderr.contains("two API keys named"), "{stderr}");
    place
        .run(&["api-key", "revoke", first["id"].as_str().unwrap()])
        .ok();
    place.run(&create).json();
}

#[test]
fn what_is_no_key_is_refused_and_says_what_would_be_one() {
    let place = Place::new();
    place.run(&["init"]).ok();
    for (arguments, code, told) in [
        (&["create", "shop"][..], 2, "--scope"),
        (
            &["create", "shop", "--scope", ""],
            2,
            "verify, enroll or admin",
        ),
        (
            &["create", "shop", "--scope", "root"],
            2,
            "verify, enroll or admin",
        ),
        (
            &["create", "shop", "--scope", "verify", "--expires", "soon"],
            2,
            "90d",
        ),
        (
            &["create", "shop", "--scope", "verify", "--realm", "other"],
            1,
            "no realm",
        ),
        (&["create", "", "--scope", "verify"], 1, "label"),
        (&["revoke", "x"], 1, "no API key x"),
        (
            &["revoke", "0190b0a0-0000-7000-8000-000000000001"],
            1,
            "no API key",
        ),
    ] {
        let all: Vec<&str> = ["api-key"].iter().chain(arguments).copied().collect();
        let stderr = place.run(&all).fails(code);
        assert!(stderr.contains(told), "{arguments:?}: {stderr}");
    }
    let stderr = place.run(&["api-key", "list"]);
    assert!(
        stderr.stderr.contains("There is no API key yet"),
        "{}",
        stderr.stderr
    );
}
