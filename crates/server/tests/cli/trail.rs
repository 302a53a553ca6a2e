//! `audit` and `keys`: what is told, and that no secret is.

use std::fs;
use std::io::{BufRead as _, BufReader};

use serde_json::Value;

use crate::support::{PASSWORD, Place};

fn export(place: &Place) -> Vec<Value> {
    let text = place.run(&["audit", "export"]).ok();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

#[test]
fn what_an_operator_did_is_in_the_trail() {
    let place = Place::new();
    place.add_user("alice");
    place.run(&["user", "disable", "alice"]).ok();
    let rows = export(&place);
    let events: Vec<_> = rows
        .iter()
        .map(|row| row["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["user_created", "user_updated"]);
    for row in &rows {
        assert_eq!(row["actor"], "operator");
        assert_eq!(row["outcome"], "success");
        assert_eq!(row["mac_valid"], true);
    }
    let newest = place.run(&["audit", "tail", "-n", "1"]).ok();
    assert!(
        newest.contains("user_updated") && !newest.contains("user_created"),
        "{newest}"
    );
    place.add_user("bob");
    let of_bob = place
        .run(&["audit", "tail", "--user", "bob", "--output", "json"])
        .json();
    assert_eq!(of_bob["event"], "user_created");
}

#[test]
fn a_row_that_was_changed_shows_and_fails_the_export() {
    let place = Place::new();
    place.add_user("alice");
    place.run(&["user", "disable", "alice"]).ok();
    let database =
        rusqlite::Connection::open(place.path("countersign-data/countersign.db")).unwrap();
    let changed = database.execute(
        "UPDATE audit_event SET event = 'sys_startup' WHERE event = 'user_updated'",
        [],
    );
    assert_eq!(changed.unwrap(), 1);
    let run = place.run(&["audit", "export"]);
    assert_eq!(run.code, 1);
    let valid: Vec<Value> = run
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(
        (valid[0]["mac_valid"].clone(), valid[1]["mac_valid"].clone()),
        (true.into(), false.into())
    );
    assert!(
        run.stderr
            .contains("1 rows of the audit trail are not what was written"),
        "{}",
        run.stderr
    );
}

#[test]
fn a_trail_that_is_followed_shows_what_another_process_writes() {
    let place = Place::new();
    place.run(&["init"]).ok();
    let mut follower = place
        .command(&["audit", "tail", "--follow", "--output", "json"])
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(follower.stdout.take().unwrap()).lines();
    for name in ["alice", "bob"] {
        place.add_user(name);
        let row: Value = serde_json::from_str(&lines.next().unwrap().unwrap()).unwrap();
        assert_eq!(row["event"], "user_created");
    }
    follower.kill().unwrap();
    follower.wait().unwrap();
}

#[test]
fn keys_are_listed_and_not_shown() {
    let place = Place::new();
    place.run(&["init"]).ok();
    let unused = place.run(&["keys", "list", "--output", "json"]).json();
    assert_eq!(unused[0]["class"], "seal");
    assert_eq!(unused[0]["used_by_rows"], false);
    place.add_user("alice");
    let used = place.run(&["keys", "list", "--output", "json"]).json();
    assert_eq!(used[0]["used_by_rows"], true);
    assert_eq!(used[0]["active"], true);

    let keyring = fs::read_to_string(place.path("countersign-data/keyring.json")).unwrap();
    let keyring: Value = serde_json::from_str(&keyring).unwrap();
    let table = place.run(&["keys", "list"]).ok();
    let exported = place.run(&["audit", "export"]).ok();
    let list = place.run(&["user", "list", "--output", "json"]).ok();
    for class in ["seal", "mac", "checkpoint"] {
        assert!(table.contains(class));
        let key = keyring[class][0]["key"].as_str().unwrap();
        for shown in [&table, &exported, &list, &used.to_string()] {
            assert!(!shown.contains(key));
            assert!(!shown.contains(PASSWORD));
        }
    }
}
