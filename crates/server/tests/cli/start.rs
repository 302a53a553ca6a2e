//! The first start, and every reason not to start.

use std::fs::{self, Permissions};
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;

use crate::support::{Place, Run, mode};

const KEYRING: &str = "countersign-data/keyring.json";
const DATABASE: &str = "countersign-data/countersign.db";

/// A place with a database that has a user in it.
fn lived_in() -> Place {
    let place = Place::new();
    place.add_user("alice");
    place
}

#[test]
fn init_makes_everything_for_its_owner_alone_and_only_once() {
    let place = Place::new();
    let said = place.run(&["init"]).ok();
    assert_eq!(
        said,
        "made ./countersign-data\nmade ./countersign-data/keyring.json\nmade ./countersign-data/countersign.db\n"
    );
    assert_eq!(mode(&place.path("countersign-data")), 0o700);
    assert_eq!(mode(&place.path(KEYRING)), 0o600);
    assert_eq!(mode(&place.path(DATABASE)), 0o600);
    let keyring = fs::read(place.path(KEYRING)).unwrap();
    let again = place.run(&["init", "--output", "json"]).json();
    assert_eq!(again["made"], serde_json::json!([]));
    assert_eq!(again["keyring"], "./countersign-data/keyring.json");
    assert_eq!(fs::read(place.path(KEYRING)).unwrap(), keyring);
}

#[test]
fn processes_that_start_at_once_share_one_keyring() {
    let place = Place::new();
    let starts: Vec<_> = (0..6)
        .map(|_| {
            place
                .command(&["init", "--output", "json"])
                .spawn()
                .unwrap()
        })
        .collect();
    let mut made = 0;
    for start in starts {
        let answer = Run::of(start.wait_with_output().unwrap()).json();
        let paths = answer["made"].as_array().unwrap();
        made += paths
            .iter()
            .filter(|path| path.as_str().unwrap().ends_with("keyring.json"))
            .count();
    }
    assert_eq!(made, 1);
    place.add_user("alice");
    assert_eq!(
        place.run(&["doctor", "--output", "json"]).json()["healthy"],
        true
    );
}

#[test]
fn a_lost_keyring_is_not_replaced_beside_data_it_sealed() {
    let place = lived_in();
    fs::rename(place.path(KEYRING), place.path("away")).unwrap();
    for arguments in [&["serve"][..], &["init"], &["user", "list"]] {
        let stderr = place.run(arguments).fails(4);
        assert!(
            stderr.contains("is missing, and ./countersign-data/countersign.db holds data"),
            "{stderr}"
        );
        assert!(
            stderr.contains("put the keyring back from its backup"),
            "{stderr}"
        );
        assert!(!place.path(KEYRING).exists());
    }
    fs::rename(place.path("away"), place.path(KEYRING)).unwrap();
    assert!(place.run(&["user", "list"]).ok().contains("alice"));
}

#[test]
fn an_empty_database_may_get_a_new_keyring() {
    let place = Place::new();
    place.run(&["init"]).ok();
    fs::remove_file(place.path(KEYRING)).unwrap();
    place.add_user("alice");
    assert_eq!(mode(&place.path(KEYRING)), 0o600);
}

#[test]
fn a_keyring_that_others_may_read_is_refused() {
    let place = lived_in();
    for exposed in [0o640, 0o604, 0o660, 0o644] {
        fs::set_permissions(place.path(KEYRING), Permissions::from_mode(exposed)).unwrap();
        let stderr = place.run(&["serve"]).fails(4);
        assert!(
            stderr.contains("chmod 600 ./countersign-data/keyring.json"),
            "{stderr}"
        );
    }
}

#[test]
fn a_damaged_keyring_is_refused_and_left_alone() {
    let place = lived_in();
    let whole = fs::read_to_string(place.path(KEYRING)).unwrap();
    let half = whole.get(..whole.len() / 2).unwrap();
    for (damaged, expected) in [
        ("", "is damaged"),
        ("{}", "is damaged"),
        (half, "is damaged"),
        (
            &whole.replace("\"version\": 1", "\"version\": 9"),
            "version is not 1",
        ),
        (
            &whole.replacen("\"key\": \"", "\"key\": \"AAAA", 1),
            "not 32 bytes",
        ),
    ] {
        fs::write(place.path(KEYRING), damaged).unwrap();
        let stderr = place.run(&["serve"]).fails(4);
        assert!(stderr.contains(expected), "{stderr}");
        assert_eq!(fs::read_to_string(place.path(KEYRING)).unwrap(), damaged);
    }
    fs::remove_file(place.path(KEYRING)).unwrap();
    fs::create_dir(place.path(KEYRING)).unwrap();
    let stderr = place.run(&["serve"]).fails(4);
    assert!(stderr.contains("cannot be read"), "{stderr}");
}

#[test]
fn a_keyring_of_other_data_is_refused() {
    let place = lived_in();
    let other = lived_in();
    fs::copy(other.path(KEYRING), place.path(KEYRING)).unwrap();
    for arguments in [&["serve"][..], &["user", "list"]] {
        let stderr = place.run(arguments).fails(4);
        assert!(
            stderr.contains("the keyring does not open the data"),
            "{stderr}"
        );
    }
}

#[test]
fn the_keyring_may_come_from_a_variable_or_a_file_of_somebody_else() {
    let place = lived_in();
    let keyring = fs::read_to_string(place.path(KEYRING)).unwrap();
    fs::rename(place.path(KEYRING), place.path("elsewhere.json")).unwrap();
    let with = |name: &str, value: &str| {
        let output = place
            .command(&["user", "list"])
            .env(name, value)
            .output()
            .unwrap();
        Run::of(output)
    };
    assert!(with("COUNTERSIGN_KEYRING", &keyring).ok().contains("alice"));
    assert!(
        with("COUNTERSIGN_KEYRING_FILE", "elsewhere.json")
            .ok()
            .contains("alice")
    );
    let stderr = with("COUNTERSIGN_KEYRING", "{\"version\":1}").fails(4);
    assert!(
        stderr.contains("the keyring in COUNTERSIGN_KEYRING is damaged"),
        "{stderr}"
    );
    let stderr = with("COUNTERSIGN_KEYRING_FILE", "nowhere.json").fails(4);
    assert!(
        stderr.contains("there is no keyring at nowhere.json"),
        "{stderr}"
    );
    fs::set_permissions(place.path("elsewhere.json"), Permissions::from_mode(0o644)).unwrap();
    let stderr = with("COUNTERSIGN_KEYRING_FILE", "elsewhere.json").fails(4);
    assert!(stderr.contains("chmod 600 elsewhere.json"), "{stderr}");
    assert!(!place.path(KEYRING).exists());
}

#[test]
fn a_database_that_is_none_of_ours_is_refused_and_left_alone() {
    let place = Place::new();
    place.run(&["init"]).ok();
    fs::write(
        place.path("notes.txt"),
        "these are notes, not data; ".repeat(200),
    )
    .unwrap();
    let stderr = place
        .run(&["serve", "--store", "sqlite:notes.txt"])
        .fails(5);
    assert!(
        stderr.contains("notes.txt is not a Countersign store"),
        "{stderr}"
    );
    let foreign = rusqlite::Connection::open(place.path("foreign.db")).unwrap();
    foreign
        .execute_batch("CREATE TABLE song (title TEXT)")
        .unwrap();
    let stderr = place
        .run(&["serve", "--store", "sqlite:foreign.db"])
        .fails(5);
    assert!(
        stderr.contains("foreign.db is not a Countersign store"),
        "{stderr}"
    );
}

#[test]
fn a_database_of_a_newer_version_is_refused() {
    let place = lived_in();
    let database = rusqlite::Connection::open(place.path(DATABASE)).unwrap();
    database.pragma_update(None, "user_version", 4000).unwrap();
    drop(database);
    let stderr = place.run(&["serve"]).fails(5);
    assert!(
        stderr.contains("has schema 4000") && stderr.contains("use a newer version"),
        "{stderr}"
    );
}

#[test]
fn a_database_that_another_process_keeps_locked_is_an_error_and_no_wait_for_ever() {
    let place = lived_in();
    let holder = rusqlite::Connection::open(place.path(DATABASE)).unwrap();
    holder.execute_batch("BEGIN IMMEDIATE").unwrap();
    let stderr = place.run(&["user", "disable", "alice"]).fails(5);
    assert!(stderr.contains("locked by another process"), "{stderr}");
    holder.execute_batch("ROLLBACK").unwrap();
    place.run(&["user", "disable", "alice"]).ok();
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let place = Place::new();
    place.write("file", "");
    let stderr = place.run(&["serve", "--data-dir", "file/data"]).fails(5);
    assert!(stderr.contains("cannot create file/data"), "{stderr}");
    let stderr = place.run(&["user", "list"]).fails(5);
    assert!(
        stderr.contains("there is no data directory at ./countersign-data"),
        "{stderr}"
    );
    assert!(stderr.contains("countersign init"), "{stderr}");
    assert!(!place.path("countersign-data").exists());
}

#[test]
fn a_port_in_use_is_named() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let stderr = place.run(&["serve", "--listen", &address]).fails(6);
    assert!(
        stderr.contains(&format!("cannot listen on {address}")),
        "{stderr}"
    );
    assert!(stderr.contains("--listen"), "{stderr}");
    assert!(!place.path("countersign-data").exists());
}

#[test]
fn a_public_url_without_encryption_is_refused_at_start() {
    let place = Place::new();
    let stderr = place
        .run(&["--public-url", "http://login.example.com"])
        .fails(3);
    assert!(stderr.contains("https://"), "{stderr}");
    assert!(!place.path("countersign-data").exists());
}
