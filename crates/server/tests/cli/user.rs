//! Users from the command line: passwords by file or standard input, refusals that explain.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::support::{PASSWORD, Place, Server};

/// Signs a user in and enrolls an authenticator: its id and its secret.
fn enroll(place: &Place, server: &Server, name: &str) -> (String, String) {
    let mut cookies = BTreeMap::new();
    let login = json!({ "username": name, "password": PASSWORD });
    let (status, answer) = server.post("/login", &mut cookies, &login);
    assert_eq!(
        (status, answer["status"].as_str()),
        (200, Some("logged in")),
        "{answer}"
    );
    let (status, setup) = server.post("/mfa/setup", &mut cookies, &json!({}));
    assert_eq!(status, 201, "{setup}");
    let text = |name: &str| setup[name].as_str().unwrap().to_owned();
    let code = place.run_with(&text("uri"), &["otp", "generate"]).ok();
    let confirm = json!({ "code": code.trim_end() });
    let (status, confirmed) = server.post("/mfa/confirm", &mut cookies, &confirm);
    assert_eq!(status, 200, "{confirmed}");
    (text("authenticator_id"), text("secret"))
}

fn login(server: &Server, name: &str, password: &str) -> (u16, Value) {
    let login = json!({ "username": name, "password": password });
    server.post("/login", &mut BTreeMap::new(), &login)
}

#[test]
fn what_a_user_enrolled_is_listed_revoked_and_reset() {
    let place = Place::new();
    place.add_user("alice");
    place.add_user("bob");
    let server = Server::start(&place, &[]);
    let (id, secret) = enroll(&place, &server, "alice");
    let listed = place
        .run(&["authenticators", "list", "alice", "--output", "json"])
        .json();
    assert_eq!(listed[0]["id"], id.as_str());
    assert_eq!(
        (listed[0]["type"].clone(), listed[0]["status"].clone()),
        ("totp".into(), "active".into())
    );
    let table = place.run(&["authenticators", "list", "alice"]).ok();
    assert!(table.contains(&id) && !table.contains(&secret), "{table}");
    let said = place.run(&["backup-codes", "show", "alice"]).ok();
    assert_eq!(
        said,
        "\"alice\" has 10 backup codes left, and has not typed one back yet.\n"
    );
    assert_eq!(login(&server, "alice", PASSWORD).1["requires_mfa"], true);

    let stderr = place
        .run(&["authenticators", "revoke", "bob", &id])
        .fails(1);
    assert!(stderr.contains("has no authenticator"), "{stderr}");
    place.run(&["authenticators", "revoke", "alice", &id]).ok();
    assert_eq!(login(&server, "alice", PASSWORD).1["status"], "logged in");

    enroll(&place, &server, "bob");
    let reset = place
        .run(&["user", "reset", "bob", "--yes", "--output", "json"])
        .json();
    assert_eq!(reset["authenticators_removed"], 1);
    assert_eq!(login(&server, "bob", PASSWORD).1["status"], "logged in");
    let trail = place.run(&["audit", "export"]).ok();
    assert!(
        trail.contains("authn_user_reset") && trail.contains("authn_token_revoked"),
        "{trail}"
    );
    assert!(!trail.contains(&secret));
}

#[test]
fn a_disabled_user_and_an_old_password_do_not_sign_in() {
    let place = Place::new();
    place.add_user("alice");
    let server = Server::start(&place, &[]);
    assert_eq!(login(&server, "alice", PASSWORD).0, 200);
    place.run(&["user", "disable", "alice"]).ok();
    assert_eq!(login(&server, "alice", PASSWORD).0, 401);
    place.run(&["user", "enable", "alice"]).ok();
    let set = ["user", "set-password", "alice", "--password-file", "-"];
    place.run_with("another phrase entirely\r\n", &set).ok();
    assert_eq!(login(&server, "alice", PASSWORD).0, 401);
    assert_eq!(login(&server, "alice", "another phrase entirely").0, 200);
}

#[test]
fn a_users_life() {
    let place = Place::new();
    let file = place.write("password", &format!("{PASSWORD}\n"));
    let said = place
        .run(&["user", "add", "alice", "--password-file", &file, "--admin"])
        .ok();
    assert_eq!(said, "Added the administrator \"alice\".\n");
    place.add_user("bob");

    let users = place.run(&["user", "list", "--output", "json"]).json();
    let of = |name: &str| {
        let users = users.as_array().unwrap();
        users
            .iter()
            .find(|user| user["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(
        (of("alice")["admin"].clone(), of("bob")["admin"].clone()),
        (true.into(), false.into())
    );
    assert_eq!(of("alice")["backup_codes_left"], 0);

    place.run(&["user", "disable", "alice"]).ok();
    let table = place.run(&["user", "list"]).ok();
    assert!(table.starts_with("NAME   ROLE   STATE"), "{table}");
    assert!(
        table.contains("alice  admin  disabled") && table.contains("bob    user   enabled"),
        "{table}"
    );
    place.run(&["user", "enable", "alice"]).ok();
    assert!(
        place
            .run(&["user", "list"])
            .ok()
            .contains("alice  admin  enabled")
    );

    place
        .run_with(
            "another phrase entirely",
            &["user", "set-password", "bob", "--password-file", "-"],
        )
        .ok();
    let codes = place
        .run(&["backup-codes", "show", "bob", "--output", "json"])
        .json();
    assert_eq!(codes["left"], 0);
    assert_eq!(place.run(&["authenticators", "list", "bob"]).ok(), "");
}

#[test]
fn a_reset_asks_and_without_a_terminal_wants_yes() {
    let place = Place::new();
    place.add_user("alice");
    let stderr = place.run(&["user", "reset", "alice"]).fails(2);
    assert!(stderr.contains("--yes"), "{stderr}");
    let reset = place
        .run(&["user", "reset", "alice", "--yes", "--output", "json"])
        .json();
    assert_eq!(reset["authenticators_removed"], 0);
}

#[test]
fn names_that_nobody_has_are_told() {
    let place = Place::new();
    place.run(&["init"]).ok();
    for arguments in [
        &["user", "disable", "nobody"][..],
        &["user", "enable", "nobody"],
        &["user", "reset", "nobody", "--yes"],
        &["authenticators", "list", "nobody"],
        &[
            "authenticators",
            "revoke",
            "nobody",
            "00000000-0000-7000-8000-000000000000",
        ],
        &["backup-codes", "show", "nobody"],
        &["audit", "tail", "--user", "nobody"],
    ] {
        let stderr = place.run(arguments).fails(1);
        assert!(stderr.contains("there is no user \"nobody\""), "{stderr}");
    }
    place.add_user("alice");
    for id in ["x", "00000000-0000-7000-8000-000000000000"] {
        let stderr = place
            .run(&["authenticators", "revoke", "alice", id])
            .fails(1);
        assert!(stderr.contains("has no authenticator"), "{stderr}");
    }
}

#[test]
fn what_the_policy_refuses_is_explained() {
    let place = Place::new();
    let add = |name: &str, password: &str| {
        place.run_with(password, &["user", "add", name, "--password-file", "-"])
    };
    for (name, password, expected) in [
        ("alice", "fourteen chars", "fewer than 15 characters"),
        ("alice", &"a b ".repeat(50), "more than 128 characters"),
        (
            "marmaladesandwich",
            "marmaladesandwich1",
            "contains the user's or the server's name",
        ),
        ("", PASSWORD, "a name has 1 to 64 characters"),
        (&"x".repeat(65), PASSWORD, "a name has 1 to 64 characters"),
    ] {
        let stderr = add(name, password).fails(1);
        assert!(stderr.contains(expected), "{name:?} {password:?}: {stderr}");
        assert!(!stderr.contains(password), "{stderr}");
    }
    add("alice", PASSWORD).ok();
    let stderr = add("ALICE", PASSWORD).fails(1);
    assert!(stderr.contains("already a user of this name"), "{stderr}");
}

#[test]
fn a_password_is_no_argument_and_is_not_guessed_from_nothing() {
    let place = Place::new();
    let stderr = place.run(&["user", "add", "alice"]).fails(2);
    assert!(stderr.contains("--password-file"), "{stderr}");
    for argument in ["--password=marmots", "--password-file=-=marmots"] {
        let run = place.run(&["user", "add", "alice", argument]);
        assert_ne!(run.code, 0);
    }
    let stderr = place
        .run(&["user", "add", "alice", "--password=marmots"])
        .fails(2);
    assert!(!stderr.contains("marmots"), "{stderr}");
    let stderr = place
        .run(&["user", "add", "alice", "--password-file", "nowhere"])
        .fails(1);
    assert!(stderr.contains("cannot read nowhere"), "{stderr}");
    assert!(!place.path("countersign-data").exists());
}
