use std::path::PathBuf;

use countersign_testkit::Maker;
use serde_json::Value;

use super::*;
use crate::failure::Failure;

const GOOD: &str = "07070707-0707-0707-0707-070707070707";
const FALLEN: &str = "08080808-0808-0808-0808-080808080808";
const UNKNOWN: &str = "09090909-0909-0909-0909-090909090909";
/// 2026-01-01.
const NOW: Timestamp = Timestamp::from_seconds(1_767_225_600);

struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, content: &str) -> PathBuf {
        let path = self.0.path().join(name);
        fs::write(&path, content).unwrap();
        path
    }

    /// Metadata of this text, signed below this root.
    fn metadata(&self, blob: &str, root: &str) -> Attested {
        Attested {
            roots: None,
            metadata: Some(MetadataFiles {
                blob: self.file("blob.jwt", blob),
                root: self.file("root.pem", root),
            }),
            allowed: None,
        }
    }

    fn roots(&self, pem: &str) -> Attested {
        Attested {
            roots: Some(self.file("roots.pem", pem)),
            metadata: None,
            allowed: None,
        }
    }
}

fn payload(maker: &Maker, next_update: &str) -> Value {
    let models = [(GOOD, "FIDO_CERTIFIED_L1"), (FALLEN, "REVOKED")];
    maker.payload(next_update, &models)
}

fn models(names: &[&str]) -> BTreeSet<Aaguid> {
    names.iter().map(|name| name.parse().unwrap()).collect()
}

/// The complaint and what helps.
fn refused(attested: &Attested) -> String {
    let failure = Failure::from(load(attested, NOW).err().unwrap());
    let hint = failure.hint().unwrap();
    format!("{failure} / {hint}")
}

#[test]
fn metadata_tell_who_vouches_and_who_has_fallen() {
    let (place, maker) = (Place::new(), Maker::new());
    let blob = maker.metadata(HOST, &payload(&maker, "2026-01-01"));
    let loaded = load(&place.metadata(&blob, &maker.root_pem()), NOW).unwrap();
    assert_eq!(
        loaded.summary(),
        "0 roots for all models, metadata 42 about 2 models, good until 2026-01-01; \
         every model may be used that somebody vouches for"
    );
    assert!(loaded.warnings(NOW).is_empty(), "the day itself is in time");
    let AttestationPolicy::Required(trusted) = loaded.policy() else {
        panic!("nothing is required")
    };
    assert_eq!(trusted.fallen, models(&[FALLEN]));
    let anchors = format!("{:?}", trusted.anchors);
    assert!(anchors.contains(GOOD) && !anchors.contains(FALLEN));
}

#[test]
fn old_metadata_are_warned_about_and_still_used() {
    let (place, maker) = (Place::new(), Maker::new());
    for day in ["2025-12-31", "soon"] {
        let blob = maker.metadata(HOST, &payload(&maker, day));
        let loaded = load(&place.metadata(&blob, &maker.root_pem()), NOW).unwrap();
        let warnings = loaded.warnings(NOW);
        let text = &warnings.first().unwrap().text;
        assert!(text.contains(day) && warnings.len() == 1, "{text}");
    }
}

#[test]
fn models_that_nobody_vouches_for_are_named() {
    let (place, maker) = (Place::new(), Maker::new());
    let blob = maker.metadata(HOST, &payload(&maker, "2026-12-01"));
    let mut attested = place.metadata(&blob, &maker.root_pem());
    attested.allowed = Some(models(&[GOOD, FALLEN, UNKNOWN]));
    let named = |attested: &Attested| -> Vec<String> {
        let loaded = load(attested, NOW).unwrap();
        let texts = loaded.warnings(NOW).into_iter();
        texts.map(|warning| warning.text).collect()
    };
    let told = named(&attested).join("\n");
    assert!(told.contains(FALLEN) && told.contains(UNKNOWN), "{told}");
    assert!(!told.contains(GOOD), "{told}");
    // A root for all models may stand behind the unknown one, and not behind the fallen one.
    attested.roots = place.roots(&maker.root_pem()).roots;
    let told = named(&attested).join("\n");
    assert!(told.contains(FALLEN) && !told.contains(UNKNOWN), "{told}");
}

#[test]
fn a_file_of_roots_holds_one_or_more() {
    let place = Place::new();
    let both = [Maker::new(), Maker::new()].map(|maker| maker.root_pem());
    let loaded = load(&place.roots(&both.concat()), NOW).unwrap();
    assert!(loaded.summary().starts_with("2 roots"));
    let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for content in ["", "no PEM", damaged, "-----BEGIN CERTIFICATE-----\n!"] {
        let told = refused(&place.roots(content));
        assert!(
            told.contains("roots.pem (`passkeys.attestation_roots_file`) does not hold cert"),
            "{told}"
        );
        assert!(told.contains("as PEM"), "{told}");
    }
}

#[test]
fn what_cannot_be_believed_is_refused_with_its_file_and_a_way_out() {
    let (place, maker) = (Place::new(), Maker::new());
    let good = payload(&maker, "2026-12-01");
    let blob = maker.metadata(HOST, &good);
    let (foreign, own) = (Maker::new().root_pem(), maker.root_pem());
    let elsewhere = maker.metadata("example.com", &good);
    let (untrusted, no_blob, no_root) = (
        "blob.jwt (`passkeys.metadata_file`) cannot be used: the blob's certificates",
        "blob.jwt (`passkeys.metadata_file`) cannot be used: not a metadata blob",
        "root.pem (`passkeys.metadata_root_file`) does not hold certificates",
    );
    for (blob, root, complaint, way_out) in [
        (blob.as_str(), &foreign, untrusted, "metadata_root_file"),
        (&elsewhere, &own, untrusted, "get the blob again"),
        ("<html>", &own, no_blob, "get the blob again"),
        (&blob, &"rubbish".to_owned(), no_root, "as PEM"),
    ] {
        let told = refused(&place.metadata(blob, root));
        assert!(told.contains(complaint) && told.contains(way_out), "{told}");
    }
}

#[test]
fn a_file_that_is_not_there_is_named() {
    let attested = Attested {
        roots: Some(PathBuf::from("/nowhere/roots.pem")),
        metadata: None,
        allowed: None,
    };
    let told = refused(&attested);
    assert!(
        told.contains("/nowhere/roots.pem (`passkeys.attestation_roots_file`) cannot be read"),
        "{told}"
    );
}
