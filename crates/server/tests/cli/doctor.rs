//! `doctor`: finds what is wrong and says how to mend it, and touches nothing.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use serde_json::Value;

use crate::support::Place;

fn finding(report: &Value, name: &str, state: &str) -> String {
    let checks = report["checks"].as_array().unwrap();
    let found = checks
        .iter()
        .find(|check| check["check"] == name && check["state"] == state);
    let found = found.unwrap_or_else(|| panic!("no {state} {name} in {report}"));
    format!("{} {}", found["detail"], found["fix"])
}

fn sick(place: &Place) -> Value {
    let run = place.run(&["doctor", "--output", "json"]);
    assert_eq!(run.code, 1);
    serde_json::from_str(&run.stdout).unwrap()
}

#[test]
fn a_new_place_is_fit_and_stays_untouched() {
    let place = Place::new();
    let report = place
        .run(&["doctor", "--output", "json", "--listen", "127.0.0.1:0"])
        .json();
    assert_eq!(report["healthy"], true);
    finding(&report, "keyring", "warning");
    assert!(!place.path("countersign-data").exists());
}

#[test]
fn a_place_in_use_is_fit() {
    let place = Place::new();
    place.add_user("alice");
    let report = place
        .run(&["doctor", "--output", "json", "--listen", "127.0.0.1:0"])
        .json();
    for name in [
        "configuration",
        "data directory",
        "keyring",
        "database",
        "schema",
        "integrity",
        "keys",
        "audit trail",
        "clock",
    ] {
        finding(&report, name, "good");
    }
    let table = place.run(&["doctor", "--listen", "127.0.0.1:0"]).ok();
    assert!(table.contains("✔  keys"), "{table}");
}

#[test]
fn what_is_wrong_comes_with_its_remedy() {
    let place = Place::new();
    place.add_user("alice");
    let keyring = place.path("countersign-data/keyring.json");
    fs::set_permissions(&keyring, Permissions::from_mode(0o644)).unwrap();
    assert!(finding(&sick(&place), "keyring", "failed").contains("chmod 600"));
    fs::remove_file(&keyring).unwrap();
    assert!(finding(&sick(&place), "keyring", "failed").contains("from its backup"));
    let other = Place::new();
    other.add_user("bob");
    fs::copy(other.path("countersign-data/keyring.json"), &keyring).unwrap();
    let report = sick(&place);
    finding(&report, "keys", "failed");
    finding(&report, "audit trail", "failed");
    fs::set_permissions(
        place.path("countersign-data"),
        Permissions::from_mode(0o777),
    )
    .unwrap();
    assert!(finding(&sick(&place), "data directory", "failed").contains("chmod 700"));
    fs::write(
        place.path("countersign-data/countersign.db"),
        "nonsense ".repeat(1000),
    )
    .unwrap();
    finding(&sick(&place), "store", "failed");
}

#[test]
fn a_clock_that_went_back_is_noticed() {
    let place = Place::new();
    place.add_user("alice");
    let database =
        rusqlite::Connection::open(place.path("countersign-data/countersign.db")).unwrap();
    database
        .execute("UPDATE audit_event SET at = at + 86400000", [])
        .unwrap();
    assert!(finding(&sick(&place), "clock", "failed").contains("behind the newest record"));
}

#[test]
fn a_configuration_that_cannot_be_used_is_the_first_finding() {
    let place = Place::new();
    place.write("c.toml", "version = 1\nlisen = \"x\"\n");
    let run = place.run(&["doctor", "--config", "c.toml"]);
    assert_eq!(run.code, 1);
    assert!(
        run.stdout.contains("✘  configuration") && run.stdout.contains("did you mean `listen`?"),
        "{}",
        run.stdout
    );
}
