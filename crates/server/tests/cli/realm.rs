//! Realms from the command line: what is said of them, what is refused and why, and every other
//! command within one.

use std::fs;

use rusqlite::Connection;
use serde_json::json;

use crate::support::{PASSWORD, Place};

const ADD: [&str; 5] = ["realm", "add", "shop", "--issuer", "The Shop"];
const KEYRING: &str = "countersign-data/keyring.json";

fn with<'a>(first: &[&'a str], rest: &[&'a str]) -> Vec<&'a str> {
    [first, rest].concat()
}

#[test]
fn a_realm_is_added_changed_and_listed() {
    let place = Place::new();
    let url = "https://login.shop.example";
    let said = ["--public-url", url, "--rp-id", "shop.example"];
    let rules = ["--totp-past", "0", "--session-idle", "10m"];
    let added = place.run(&with(&ADD, &[&said[..], &rules[..]].concat()));
    assert_eq!(added.ok(), "Added the realm \"shop\".\n");
    let set = ["realm", "set", "shop"];
    let more = [
        "--origin",
        "https://shop.example",
        "--related-origin",
        "https://depot.example",
        "--session-idle",
        "default",
        "--throttle-attempts",
        "3",
    ];
    place.run(&with(&set, &more)).ok();
    let listed = place.run(&["realm", "list", "--output", "json"]).json();
    let names = [&listed[0]["name"], &listed[1]["name"]];
    assert_eq!(names, ["default", "shop"]);
    let shop = &listed[1];
    assert_eq!(shop["origins"], json!([url, "https://shop.example"]));
    assert_eq!(shop["related_origins"], json!(["https://depot.example"]));
    assert_eq!(
        (&shop["rp_id"], &shop["issuer"], &shop["state"]),
        (&json!("shop.example"), &json!("The Shop"), &json!("served"))
    );
    let rules = json!({ "totp.past": "0", "throttle.attempts": "3" });
    assert_eq!(shop["rules"], rules);
    // An RP ID that the new pages are under stays, another does not.
    let moved = ["--public-url", "https://id.shop.example"];
    let moved = place.run(&with(&set, &with(&moved, &["--output", "json"])));
    let moved = moved.json();
    assert_eq!(moved["rp_id"], "shop.example");
    let origins = json!(["https://id.shop.example", "https://shop.example"]);
    assert_eq!(moved["origins"], origins);
    let bare = [
        "--public-url",
        "none",
        "--rp-id",
        "none",
        "--origin",
        "none",
    ];
    let bare = with(&bare, &["--related-origin", "none", "--output", "json"]);
    let bare = place.run(&with(&set, &bare)).json();
    assert_eq!(
        (&bare["public_url"], &bare["rp_id"], &bare["origins"]),
        (&json!(null), &json!(null), &json!([]))
    );
}

#[test]
fn what_cannot_be_a_realm_is_refused_with_its_reason() {
    let place = Place::new();
    let pages = ["--public-url", "https://login.shop.example"];
    place.run(&with(&ADD, &pages)).ok();
    let before = place.run(&["realm", "list", "--output", "json"]).ok();
    let add = ["realm", "add", "x", "--issuer", "X"];
    for (given, code, expected) in [
        (with(&ADD, &[]), 1, "there is a realm of this name already"),
        (
            with(&add, &["--public-url", "https://login.shop.example:8443"]),
            1,
            "another realm has the host",
        ),
        (
            with(&add, &["--public-url", "http://127.0.0.1:9090"]),
            1,
            "another realm has the host",
        ),
        (
            with(&add, &["--public-url", "http://login.x.example"]),
            2,
            "`--public-url` cannot be used",
        ),
        (
            with(
                &add,
                &["--rp-id", "x.example", "--origin", "https://y.example"],
            ),
            1,
            "the origin is not within the RP ID",
        ),
        (
            with(&add, &["--rp-id", "x.example"]),
            1,
            "a relying party has 1 to 64 origins",
        ),
        (
            with(&add, &["--origin", "https://x.example"]),
            2,
            "`--origin` wants the RP ID",
        ),
        (
            vec!["realm", "add", "x", "--issuer", "A:B"],
            1,
            "without colon",
        ),
        (
            vec!["realm", "add", "Not a name", "--issuer", "X"],
            1,
            "a realm id is",
        ),
        (
            vec!["realm", "add", "default", "--issuer", "X"],
            1,
            "what the configuration says",
        ),
        (
            vec!["realm", "set", "default", "--issuer", "X"],
            1,
            "what the configuration says",
        ),
        (
            vec!["realm", "set", "nobodys", "--issuer", "X"],
            1,
            "there is no realm \"nobodys\"",
        ),
        (vec!["realm", "set", "shop"], 2, "nothing to change"),
        (
            with(&add, &["--totp-past", "3"]),
            2,
            "`--totp-past` is 0, 1 or 2",
        ),
        (
            with(&add, &["--throttle-attempts", "6"]),
            2,
            "`--throttle-attempts` is a number from 1 to 5",
        ),
        (
            with(&add, &["--session-absolute", "5m"]),
            2,
            "`--session-idle` is not longer",
        ),
    ] {
        let stderr = place.run(&given).fails(code);
        assert!(stderr.contains(expected), "{given:?}: {stderr}");
    }
    let after = place.run(&["realm", "list", "--output", "json"]).ok();
    assert_eq!(after, before);
}

#[test]
fn an_rp_id_stays_while_there_are_passkeys() {
    let place = Place::new();
    let pages = ["--public-url", "https://login.shop.example"];
    place.run(&with(&ADD, &pages)).ok();
    let user = ["user", "add", "alice", "--realm", "shop"];
    let user = with(&user, &["--password-file", "-"]);
    place.run_with(PASSWORD, &user).ok();
    let database = Connection::open(place.path("countersign-data/countersign.db")).unwrap();
    let added = database.execute(
        "INSERT INTO passkey SELECT user_key, randomblob(16), 'active', 'Key', x'01', x'01', \
         zeroblob(16), '', 0, 1, 1, 1, 1, zeroblob(32), 0, NULL FROM user",
        [],
    );
    assert_eq!(added.unwrap(), 1);
    let set = ["realm", "set", "shop", "--rp-id", "shop.example"];
    let stderr = place.run(&set).fails(1);
    assert!(stderr.contains("passkeys of another RP ID"), "{stderr}");
    let rules = ["realm", "set", "shop", "--totp-past", "0"];
    place.run(&rules).ok();
    database
        .execute("UPDATE passkey SET status = 'revoked'", [])
        .unwrap();
    place.run(&set).ok();
}

#[test]
fn every_command_about_users_and_keys_is_within_a_realm() {
    let place = Place::new();
    place.run(&ADD).ok();
    place.add_user("alice");
    let id = "0190b0a0-0000-7000-8000-000000000001";
    let commands: [&[&str]; 12] = [
        &["user", "add", "bob", "--password-file", "-"],
        &["user", "set-password", "alice", "--password-file", "-"],
        &["user", "list"],
        &["user", "reset", "alice", "--yes"],
        &["user", "disable", "alice"],
        &["user", "enable", "alice"],
        &["authenticators", "list", "alice"],
        &["authenticators", "revoke", "alice", id],
        &["backup-codes", "show", "alice"],
        &["api-key", "list"],
        &["api-key", "revoke", id],
        &["audit", "tail", "--user", "alice"],
    ];
    for command in commands {
        let nowhere = with(command, &["--realm", "nobodys"]);
        let stderr = place.run_with(PASSWORD, &nowhere).fails(1);
        assert!(stderr.contains("there is no realm \"nobodys\""), "{stderr}");
        assert!(stderr.contains("countersign realm list"), "{stderr}");
        let there = with(command, &["--realm", "shop"]);
        let run = place.run_with(PASSWORD, &there);
        if command.contains(&"alice") {
            let stderr = run.fails(1);
            assert!(stderr.contains("there is no user \"alice\""), "{stderr}");
        } else if command.contains(&id) {
            let stderr = run.fails(1);
            assert!(stderr.contains("there is no API key"), "{stderr}");
        } else {
            run.ok();
        }
    }
    let created = ["api-key", "create", "x", "--scope", "verify", "--realm"];
    place.run(&with(&created, &["nobodys"])).fails(1);
    let made = place.run(&with(&created, &["shop", "--output", "json"]));
    assert_eq!(made.json()["realm"], "shop");
    let list = |more: &[&str]| place.run(&with(&["user", "list"], more)).ok();
    assert!(list(&[]).contains("alice") && !list(&[]).contains("bob"));
    let there = list(&["--realm", "shop"]);
    assert!(there.contains("bob") && !there.contains("alice"), "{there}");
    let keys = place.run(&["api-key", "list", "--output", "json"]).json();
    assert_eq!(keys, json!([]));
    let trail = place.run(&["audit", "tail"]).ok();
    assert!(
        trail.lines().any(|line| line.contains("  shop  ")),
        "{trail}"
    );
    assert!(
        trail.lines().any(|line| line.contains("  default  ")),
        "{trail}"
    );
}

#[test]
fn a_keyring_of_another_store_is_told_by_the_realms_alone() {
    let (place, other) = (Place::new(), Place::new());
    place.run(&ADD).ok();
    other.run(&["init"]).ok();
    fs::copy(other.path(KEYRING), place.path(KEYRING)).unwrap();
    let stderr = place.run(&["realm", "set", "shop", "--issuer", "Mine"]);
    let stderr = stderr.fails(4);
    assert!(
        stderr.contains("does not open the data in ./countersign-data"),
        "{stderr}"
    );
}
