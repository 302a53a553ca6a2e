//! Forged answers by the thousand: each byte, bit, length and member of both ceremonies is changed
//! in turn, once under the old signature and once under a new one, and each is refused.

use countersign_webauthn::error::StatementError;
use countersign_webauthn::{
    AuthenticationError, AuthenticationResponse, RegistrationError, RegistrationResponse,
    TrustPolicy,
};
use serde_json::{Value, json};

use crate::forge::{
    Assertion, Attestation, Signer, Stored, authentication, authentication_state, base64url,
    parsed_registration, registration, registration_json, registration_state, rp,
};

/// Each bit flipped, each prefix, and a byte more.
fn bent(original: &[u8]) -> Vec<Vec<u8>> {
    let flipped = (0..original.len() * 8).map(|bit| {
        let mut bytes = original.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    });
    let cut = (0..original.len()).map(|length| original[..length].to_vec());
    let longer = [0x00, 0x20, 0xff].map(|byte| [original, &[byte]].concat());
    flipped.chain(cut).chain(longer).collect()
}

fn authenticate(answer: &Value, stored: &Stored) -> Result<(), Option<AuthenticationError>> {
    let response =
        AuthenticationResponse::parse(answer.to_string().as_bytes()).map_err(|_| None)?;
    authentication_state(authentication())
        .finish(&rp(), &response, &stored.view())
        .map(drop)
        .map_err(Some)
}

fn register(answer: &Value) -> Result<(), Option<RegistrationError>> {
    let response = RegistrationResponse::parse(answer.to_string().as_bytes()).map_err(|_| None)?;
    registration_state(registration())
        .finish(&rp(), &response, &TrustPolicy::Accept)
        .map(drop)
        .map_err(Some)
}

#[test]
fn no_bent_byte_of_an_assertion_passes_under_the_old_signature() {
    let signer = Signer::es256();
    let stored = Stored::of(&signer);
    let usual = Assertion::new(&signer);
    assert_eq!(authenticate(&usual.json(), &stored), Ok(()));
    let mut refused = 0;
    for member in ["clientDataJSON", "authenticatorData", "signature"] {
        let original = match member {
            "clientDataJSON" => &usual.client_data,
            "authenticatorData" => &usual.auth_data,
            _ => &usual.signature,
        };
        for bytes in bent(original) {
            let mut answer = usual.json();
            answer["response"][member] = base64url(&bytes).into();
            let error = authenticate(&answer, &stored).expect_err(member);
            let expected: &[u8] = match member {
                "clientDataJSON" => &[8, 9, 10, 11, 12, 13, 14, 21],
                "authenticatorData" => &[7, 15, 16, 18, 19, 21],
                _ => &[21],
            };
            let fits = error.is_none_or(|error| expected.contains(&error.step()));
            assert!(fits, "{member} {bytes:02x?}: {error:?}");
            refused += 1;
        }
    }
    assert!(refused > 2000, "only {refused} cases");
}

#[test]
fn a_bent_assertion_signed_anew_is_refused_by_the_step_that_reads_the_byte() {
    let signer = Signer::es256();
    let stored = Stored::of(&signer);
    let usual = Assertion::new(&signer);
    for bit in 0..usual.auth_data.len() * 8 {
        let mut answer = usual.clone();
        answer.auth_data[bit / 8] ^= 1 << (bit % 8);
        let error = authenticate(&answer.signed(&signer).json(), &stored)
            .err()
            .flatten();
        let step = error.map(AuthenticationError::step);
        // The hash, then the flags UP, reserved, UV, BE, BS, reserved, AT, ED, then the counter.
        let expected = match (bit / 8, bit % 8) {
            (0..32, _) => Some(15),
            (32, 0) => Some(16),
            (32, 3) => Some(18),
            (32, 6 | 7) => Some(7),
            _ => None,
        };
        assert_eq!(step, expected, "bit {bit}");
    }
    for bytes in bent(&usual.client_data) {
        let mut answer = usual.clone();
        answer.client_data = bytes;
        let bent = serde_json::from_slice::<Value>(&answer.client_data).ok();
        let judged = authenticate(&answer.signed(&signer).json(), &stored);
        // A bit may fall into a member's name or a space: what decides must still be there.
        if judged.is_ok() {
            let bent = bent.unwrap();
            let original: Value = serde_json::from_slice(&usual.client_data).unwrap();
            for name in ["type", "challenge", "origin"] {
                assert_eq!(bent[name], original[name]);
            }
            assert_ne!(bent["crossOrigin"], json!(true));
        }
    }
}

#[test]
fn no_bent_byte_of_a_self_attested_registration_passes() {
    let signer = Signer::es256();
    let usual = Attestation::none(&signer).attested_by_itself(&signer);
    assert_eq!(register(&usual.json()), Ok(()));
    let mut refused = 0;
    for bytes in bent(&usual.client_data) {
        let answer = registration_json(&usual.raw_id, &bytes, &usual.object());
        let error = register(&answer).expect_err("client data");
        let fits = error.is_none_or(|error| matches!(error.step(), 5..=11 | 22));
        assert!(fits, "{error:?}");
        refused += 1;
    }
    let object = usual.object();
    let format_at = object
        .windows(6)
        .position(|window| window == b"packed")
        .unwrap();
    for (at, bytes) in bent(&object).into_iter().enumerate() {
        let answer = registration_json(&usual.raw_id, &usual.client_data, &bytes);
        let in_format = (format_at..format_at + 6).contains(&(at / 8));
        if at < object.len() * 8 && in_format {
            // Another name of a format is an unknown one: accepted as worth nothing.
            let state = registration_state(registration());
            let passed = state.finish(&rp(), &parsed_registration(&answer), &TrustPolicy::Accept);
            let worth = passed.map(|passed| passed.attestation);
            let unverified = countersign_webauthn::AttestationOutcome::Unverified;
            assert!(worth.is_err() || worth == Ok(unverified));
            continue;
        }
        match register(&answer) {
            Err(None) => {}
            Err(Some(error)) => assert!(matches!(error.step(), 13..=25), "{error:?}"),
            Ok(()) => assert_is_unsupported_algorithm(&bytes, &usual),
        }
        refused += 1;
    }
    assert!(refused > 3000, "only {refused} cases");
}

/// A bent `alg` of the statement can name an algorithm that is not supported; without a trust
/// policy that is worth nothing and no fault. Every other byte is as it was.
fn assert_is_unsupported_algorithm(bent: &[u8], usual: &Attestation) {
    let object = usual.object();
    let at = object
        .windows(4)
        .position(|window| window == b"calg")
        .unwrap()
        + 4;
    let differs: Vec<usize> = (0..object.len())
        .filter(|at| bent.get(*at) != object.get(*at))
        .collect();
    assert_eq!(differs, [at]);
}

#[test]
fn a_bent_registration_attested_anew_is_refused_by_the_step_that_reads_the_byte() {
    let signer = Signer::es256();
    let usual = Attestation::none(&signer);
    for bit in 0..256 {
        let mut answer = usual.clone();
        answer.rp_id_hash[bit / 8] ^= 1 << (bit % 8);
        let error = register(&answer.attested_by_itself(&signer).json()).unwrap_err();
        assert_eq!(error, Some(RegistrationError::RpIdHash));
    }
    for bit in 0..8 {
        let mut answer = usual.clone();
        answer.flags ^= 1 << bit;
        let error = register(&answer.attested_by_itself(&signer).json())
            .err()
            .flatten();
        let expected = match bit {
            0 => Some(15),
            3 => Some(17),
            6 | 7 => Some(13),
            _ => None,
        };
        assert_eq!(
            error.map(RegistrationError::step),
            expected,
            "flag bit {bit}"
        );
    }
    // A key that is bent cannot have signed; most are no key at all.
    for bytes in bent(&usual.public_key) {
        let mut answer = usual.clone();
        answer.public_key = bytes;
        let error = register(&answer.attested_by_itself(&signer).json()).unwrap_err();
        let step = error.map(RegistrationError::step);
        assert!(matches!(step, Some(13 | 20 | 22)), "{error:?}");
    }
}

#[test]
fn a_registration_is_bound_to_its_own_client_data() {
    let signer = Signer::es256();
    let mut answer = Attestation::none(&signer).attested_by_itself(&signer);
    let mut data: Value = serde_json::from_slice(&answer.client_data).unwrap();
    data["more"] = "said".into();
    answer.client_data = data.to_string().into_bytes();
    let error = register(&answer.json()).unwrap_err();
    assert_eq!(
        error,
        Some(RegistrationError::Statement(StatementError::Signature))
    );
}

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
