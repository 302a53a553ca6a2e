//! The corpus of the fuzz targets, replayed through their own entry functions.

use std::env;
use std::fs;
use std::path::PathBuf;

use crate::forge::{Assertion, Attestation, BE, BS, ClientData, ED, Signer, UP, int, map, text};

#[path = "../../../../fuzz/src/entry.rs"]
mod entry;

type Entry = fn(&[u8]);

const TARGETS: [(&str, Entry); 6] = [
    ("client_data", entry::client_data),
    ("authenticator_data", entry::authenticator_data),
    ("attestation_object", entry::attestation_object),
    ("cose_key", entry::cose_key),
    ("registration_json", entry::registration_json),
    ("authentication_json", entry::authentication_json),
];

fn corpus(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
        .join("../../fuzz/corpus")
        .join(target)
}

#[test]
fn every_file_of_the_corpus_is_read_or_refused() {
    for (target, entry) in TARGETS {
        let mut files = 0;
        for file in fs::read_dir(corpus(target)).unwrap() {
            entry(&fs::read(file.unwrap().path()).unwrap());
            files += 1;
        }
        assert!(files >= 3, "{target} has {files} files");
    }
}

/// With `UPDATE_CORPUS`, after the formats that are read have changed, they are written anew.
#[test]
fn each_usual_answer_is_read_and_seeds_the_corpus() {
    use countersign_webauthn::Algorithm;
    let update = env::var_os("UPDATE_CORPUS").is_some();
    let write = |target: &str, name: &str, bytes: &[u8]| {
        let (_, entry) = TARGETS.iter().find(|(other, _)| *other == target).unwrap();
        entry(bytes);
        let file = corpus(target).join(name);
        if update {
            fs::create_dir_all(corpus(target)).unwrap();
            fs::write(&file, bytes).unwrap();
        }
        assert!(file.is_file(), "{} is missing", file.display());
    };
    for kind in ["webauthn.create", "webauthn.get"] {
        write("client_data", kind, &ClientData::new(kind).json());
    }
    let framed = ClientData::new("webauthn.get")
        .with("crossOrigin", true)
        .with("topOrigin", "https://example.net");
    write("client_data", "framed", &framed.json());
    for algorithm in Algorithm::ALL {
        let name = format!("{algorithm:?}").to_lowercase();
        let signer = Signer::new(algorithm);
        let none = Attestation::none(&signer);
        let itself = none.clone().attested_by_itself(&signer);
        write("cose_key", &name, &signer.cose());
        write("authenticator_data", &name, &none.auth_data());
        write("attestation_object", &name, &itself.object());
        write(
            "registration_json",
            &name,
            itself.json().to_string().as_bytes(),
        );
    }
    let point = [&[4], &entry::KEY[10..42], &entry::KEY[45..]].concat();
    let signer = Signer::generator(&point);
    assert_eq!(signer.cose(), entry::KEY);
    write(
        "registration_json",
        "none",
        Attestation::none(&signer).json().to_string().as_bytes(),
    );
    for (name, flags) in [
        ("usual", UP | BE | BS),
        ("device", UP),
        ("extensions", UP | BE | ED),
    ] {
        let mut answer = Assertion::with_flags(&signer, flags, 6);
        if flags & ED != 0 {
            answer.auth_data.extend(map(&[(text("x"), int(1))]));
        }
        let answer = answer.signed(&signer);
        write("authenticator_data", name, &answer.auth_data);
        write(
            "authentication_json",
            name,
            answer.json().to_string().as_bytes(),
        );
    }
}
