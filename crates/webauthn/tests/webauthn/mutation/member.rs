//! The JSON around both, bent.

use countersign_webauthn::{AuthenticationError, AuthenticationResponse, RegistrationResponse};
use serde_json::{Value, json};

use super::{authenticate, register};
use crate::forge::{Assertion, Attestation, Signer, Stored};

/// Every member of a JSON object, replaced by values that do not belong there.
fn with_wrong_members(original: &Value, path: &[&str]) -> Vec<(String, Value)> {
    let rubbish = [
        json!(null),
        json!(1),
        json!(true),
        json!([]),
        json!({}),
        json!(""),
        json!("="),
        json!("AA=="),
        json!("+/+/"),
        json!("Zm9vYh"),
        json!("é"),
        json!("A".repeat(60_000)),
    ];
    let mut cases = Vec::new();
    let member = path.iter().fold(original, |value, name| &value[*name]);
    for name in member.as_object().unwrap().keys() {
        for wrong in &rubbish {
            let mut bent = original.clone();
            let parent = path.iter().fold(&mut bent, |value, name| &mut value[*name]);
            parent[name] = wrong.clone();
            cases.push((format!("{name} = {wrong:.20}"), bent));
        }
        let mut bent = original.clone();
        let parent = path.iter().fold(&mut bent, |value, name| &mut value[*name]);
        parent.as_object_mut().unwrap().remove(name);
        cases.push((format!("without {name}"), bent));
    }
    cases
}

#[test]
fn members_of_an_answer_are_there_and_of_their_type() {
    let signer = Signer::es256();
    let stored = Stored::of(&signer);
    // What may be missing, null or of another kind without changing what is judged.
    let loose = [
        "authenticatorAttachment = null",
        "authenticatorAttachment = \"",
        "clientExtensionResults = {}",
        "transports = []",
        "publicKeyAlgorithm",
        "userHandle = null",
        "without authenticatorAttachment",
        "without clientExtensionResults",
        "without transports",
        "without publicKeyAlgorithm",
        "without userHandle",
    ];
    let mut cases = 0;
    for path in [&[][..], &["response"]] {
        for (what, answer) in with_wrong_members(&Assertion::new(&signer).json(), path) {
            let passes = loose.iter().any(|loose| what.starts_with(loose));
            assert_eq!(authenticate(&answer, &stored).is_ok(), passes, "{what}");
            cases += 1;
        }
        for (what, answer) in with_wrong_members(&Attestation::none(&signer).json(), path) {
            let passes = loose.iter().any(|loose| what.starts_with(loose));
            assert_eq!(register(&answer).is_ok(), passes, "{what}");
            cases += 1;
        }
    }
    assert!(cases > 200, "only {cases} cases");
}

#[test]
fn an_answer_to_one_ceremony_is_none_to_the_other() {
    let signer = Signer::es256();
    let assertion = Assertion::new(&signer).json().to_string();
    let attestation = Attestation::none(&signer).json().to_string();
    assert!(RegistrationResponse::parse(assertion.as_bytes()).is_err());
    assert!(AuthenticationResponse::parse(attestation.as_bytes()).is_err());
    assert!(AuthenticationResponse::parse(b"[]").is_err());
    assert!(AuthenticationResponse::parse(&vec![b' '; 65_537]).is_err());
    let twice = assertion.replacen('{', r#"{"type":"public-key","#, 1);
    assert!(AuthenticationResponse::parse(twice.as_bytes()).is_err());
    let differs = Assertion::new(&signer).json();
    let mut differs = differs;
    differs["id"] = "AAAA".into();
    let stored = Stored::of(&signer);
    assert_eq!(
        authenticate(&differs, &stored),
        Err(Some(AuthenticationError::Response))
    );
    differs["id"] = differs["rawId"].clone();
    differs["type"] = "password".into();
    assert_eq!(
        authenticate(&differs, &stored),
        Err(Some(AuthenticationError::Response))
    );
}
