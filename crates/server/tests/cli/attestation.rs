//! Authenticators that must attest what they are: the files that say so, from the start to an enrollment.

use std::collections::BTreeMap;

use countersign_testkit::{Maker, SoftKey};
use serde_json::{Value, json};

use crate::support::{PASSWORD, Place, Run, Server};

const MODEL: &str = "07070707-0707-0707-0707-070707070707";

fn configured(place: &Place, passkeys: &str) -> String {
    let text = format!("version = 1\n[passkeys]\nattestation = \"required\"\n{passkeys}");
    place.write("c.toml", &text)
}

/// Metadata that were to be renewed by this day.
fn metadata(place: &Place, next_update: &str) {
    let maker = Maker::new();
    let payload = maker.payload(next_update, &[(MODEL, "FIDO_CERTIFIED")]);
    place.write(
        "blob.jwt",
        &maker.metadata("mds.fidoalliance.org", &payload),
    );
    place.write("root.pem", &maker.root_pem());
    let files = "metadata_file = \"blob.jwt\"\nmetadata_root_file = \"root.pem\"\n";
    configured(place, files);
}

fn doctor(place: &Place) -> (i32, Vec<Value>) {
    let arguments = ["doctor", "--listen", "127.0.0.1:0", "--output", "json"];
    let run = place.run(&[&arguments[..], &["--config", "c.toml"]].concat());
    let report: Value = serde_json::from_str(&run.stdout).unwrap();
    let checks = report["checks"].as_array().unwrap().iter();
    let checks = checks.filter(|check| check["check"] == "attestation");
    (run.code, checks.cloned().collect())
}

#[test]
fn only_what_a_root_of_the_file_vouches_for_is_enrolled() {
    let (place, maker) = (Place::new(), Maker::new());
    place.add_user("alice");
    place.write("roots.pem", &maker.root_pem());
    let roots = "attestation_roots_file = \"roots.pem\"\n";
    let config = configured(&place, roots);
    let server = Server::start(&place, &[("COUNTERSIGN_CONFIG", &config)]);
    let mut cookies = BTreeMap::new();
    let mut post = |path: &str, body: &Value| server.post(path, &mut cookies, body);
    let login = json!({ "username": "alice", "password": PASSWORD });
    assert_eq!(post("/login", &login).0, 200);
    let origin = format!("http://localhost:{}", server.port);
    let key = SoftKey::new(&origin, [1; 16], [7; 16]);
    let mut enroll = |maker: Option<&Maker>| {
        let (_, options) = post("/mfa/passkeys/options", &json!({}));
        assert_eq!(options["attestation"], "direct");
        let credential = key.register(options["challenge"].as_str().unwrap(), maker);
        post("/mfa/passkeys", &json!({ "credential": credential }))
    };
    for stranger in [None, Some(&Maker::new())] {
        let (status, refused) = enroll(stranger);
        assert_eq!(
            (status, refused["code"].as_str()),
            (403, Some("authenticator_not_allowed"))
        );
    }
    assert_eq!(enroll(Some(&maker)).0, 201);
    let trail = place.run(&["audit", "tail"]).ok();
    for reason in ["no_attestation", "attestation_untrusted"] {
        assert!(trail.contains(reason), "{trail}");
    }
}

#[test]
fn a_file_that_cannot_be_used_is_found_by_check_and_doctor_and_refuses_the_start() {
    let place = Place::new();
    place.write("roots.pem", "-----BEGIN CERTIFICATE-----\n");
    configured(&place, "attestation_roots_file = \"roots.pem\"\n");
    let told = place
        .run(&["config", "check", "--config", "c.toml"])
        .fails(3);
    assert!(
        told.starts_with("error: roots.pem (`passkeys.attestation_roots_file`) does not hold")
            && told.contains("\n  → put certificates there as PEM"),
        "{told}"
    );
    let start = ["serve", "--listen", "127.0.0.1:0", "--config", "c.toml"];
    let run = place.run(&start);
    assert!(run.code == 3 && run.stderr.contains("roots.pem"));
    assert!(!place.path("countersign-data").exists());
    let (code, checks) = doctor(&place);
    assert_eq!((code, &checks[0]["state"]), (1, &json!("failed")));
}

#[test]
fn old_metadata_are_pointed_out() {
    let place = Place::new();
    metadata(&place, "2999-12-31");
    let check = |place: &Place| -> Run { place.run(&["config", "check", "--config", "c.toml"]) };
    assert_eq!(check(&place).stderr, "");
    let (code, checks) = doctor(&place);
    assert_eq!((code, checks.len()), (0, 1), "{checks:?}");
    assert_eq!(checks[0]["state"], "good");
    metadata(&place, "2024-02-29");
    let told = check(&place);
    assert_eq!(told.code, 0);
    assert!(
        told.stderr.contains("to be renewed by 2024-02-29"),
        "{}",
        told.stderr
    );
    let (code, checks) = doctor(&place);
    assert_eq!((code, &checks[0]["state"]), (0, &json!("warning")));
}
