//! Registrations, bent.

use countersign_webauthn::error::StatementError;
use countersign_webauthn::{RegistrationError, TrustPolicy};
use serde_json::Value;

use super::{bent, register};
use crate::forge::{
    Attestation, Signer, parsed_registration, registration, registration_json, registration_state,
    rp,
};

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
