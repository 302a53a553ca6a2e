//! `config`: precedence, refusals that help, and no secret shown.

use crate::support::Place;

#[test]
fn a_misspelled_key_is_refused_with_the_right_one() {
    let place = Place::new();
    place.write("c.toml", "version = 1\nlisen = \"127.0.0.1:1\"\n");
    let stderr = place
        .run(&["config", "check", "--config", "c.toml"])
        .fails(3);
    assert_eq!(
        stderr,
        "error: c.toml line 2: there is no key `lisen`\n  → did you mean `listen`?\n"
    );
}

#[test]
fn a_file_without_version_or_that_is_missing_is_refused() {
    let place = Place::new();
    place.write("c.toml", "listen = \"127.0.0.1:1\"\n");
    let stderr = place
        .run(&["config", "check", "--config", "c.toml"])
        .fails(3);
    assert!(stderr.contains("does not say `version = 1`"), "{stderr}");
    let stderr = place
        .run(&["config", "check", "--config", "d.toml"])
        .fails(3);
    assert!(stderr.contains("d.toml cannot be read"), "{stderr}");
}

#[test]
fn show_tells_who_gave_each_value() {
    let place = Place::new();
    let config = place.write(
        "c.toml",
        "version = 1\nissuer = \"File\"\nlog = \"warn\"\n[totp]\npast = 2\n",
    );
    let output = place
        .command(&[
            "config",
            "show",
            "--listen",
            "127.0.0.1:9",
            "--output",
            "json",
        ])
        .env("COUNTERSIGN_CONFIG", config)
        .env("COUNTERSIGN_LOG", "debug")
        .env("COUNTERSIGN_KEYRING", "{\"hunter2\":true}")
        .output()
        .unwrap();
    let shown = crate::support::Run::of(output);
    assert!(!shown.stdout.contains("hunter2") && !shown.stderr.contains("hunter2"));
    let shown = shown.json();
    for (key, value, from) in [
        ("listen", "127.0.0.1:9", "flag"),
        ("public_url", "http://localhost:9", "default"),
        ("log", "debug", "environment"),
        ("issuer", "File", "file"),
        ("totp.past", "2", "file"),
        ("totp.future", "1", "default"),
        ("data_dir", "./countersign-data", "default"),
        (
            "store",
            "sqlite:./countersign-data/countersign.db",
            "default",
        ),
        ("keyring", "(not shown)", "environment"),
    ] {
        assert_eq!(shown[key]["value"], value, "{key}");
        assert_eq!(shown[key]["from"], from, "{key}");
    }
    let text = place.run(&["config", "show"]).ok();
    assert!(
        text.starts_with("KEY                       VALUE"),
        "{text}"
    );
}

#[test]
fn what_this_build_cannot_do_is_said() {
    let place = Place::new();
    for (arguments, expected) in [
        (
            &["--store", "postgres://u:hunter2@db/x"][..],
            "has no store `postgres:`",
        ),
        (
            &["--ephemeral", "redis://:hunter2@cache"],
            "no ephemeral store",
        ),
        (
            &["--public-url", "http://login.example.com"],
            "is not encrypted",
        ),
        (
            &["--listen", "8080"],
            "`listen` (flag) is an address and a port",
        ),
    ] {
        let all: Vec<&str> = ["config", "check"]
            .iter()
            .chain(arguments)
            .copied()
            .collect();
        let stderr = place.run(&all).fails(3);
        assert!(stderr.contains(expected), "{stderr}");
        assert!(!stderr.contains("hunter2"), "{stderr}");
    }
}

#[test]
fn a_variable_that_almost_is_ours_is_pointed_out() {
    let place = Place::new();
    let output = place
        .command(&["config", "check"])
        .env("COUNTERSIGN_LISTNE", "127.0.0.1:1")
        .env("COUNTERSIGN_PORT_8080_TCP", "tcp://10.0.0.1:8080")
        .output()
        .unwrap();
    let run = crate::support::Run::of(output);
    assert_eq!(
        run.stderr,
        "warning: COUNTERSIGN_LISTNE is not read; did you mean COUNTERSIGN_LISTEN?\n"
    );
    assert_eq!(run.ok(), "The configuration can be used.\n");
}

#[test]
fn failures_are_objects_for_programs() {
    let place = Place::new();
    let stderr = place
        .run(&["config", "check", "--listen", "x", "--output", "json"])
        .fails(3);
    let failure: serde_json::Value = serde_json::from_str(&stderr).unwrap();
    assert!(failure["error"].as_str().unwrap().contains("`listen`"));
}

#[test]
fn the_version_is_a_plain_line() {
    let version = Place::new().run(&["--version"]).ok();
    assert_eq!(
        version,
        format!("countersign {}\n", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn completions_and_manual_come_from_the_same_tree() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish"] {
        let script = place.run(&["completions", shell]).ok();
        assert!(
            script.contains("countersign") && script.contains("secret-file"),
            "{shell}"
        );
    }
    assert!(place.run(&["man"]).ok().contains(".TH countersign 1"));
    assert_eq!(place.run(&["man", "pages"]).ok(), "");
    let page = std::fs::read_to_string(place.path("pages/countersign-otp-verify.1")).unwrap();
    assert!(page.contains("countersign"), "{page}");
}
