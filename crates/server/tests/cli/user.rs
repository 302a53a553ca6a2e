//! Users from the command line: passwords by file or standard input, refusals that explain.

use crate::support::{PASSWORD, Place};

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
