//! Steps 13 and 21: attestation objects and the names of formats.

use countersign_webauthn::error::{CborError, StatementError};
use countersign_webauthn::{AttestationOutcome, RegistrationError as Error, TrustPolicy};

use super::refusal;
use crate::forge::{
    Attestation, Signer, bytes, int, map, registration, registration_state, rp, text,
};

#[test]
fn formats_are_compared_letter_by_letter() {
    let signer = Signer::es256();
    for format in ["None", "Packed", "compound", "android-safetynet", "x"] {
        let mut answer = Attestation::none(&signer);
        format.clone_into(&mut answer.format);
        let state = registration_state(registration());
        let passed = state.finish(&rp(), &answer.response(), &TrustPolicy::Accept);
        assert_eq!(passed.unwrap().attestation, AttestationOutcome::Unverified);
    }
    let mut answer = Attestation::none(&signer);
    answer.statement = map(&[(text("alg"), int(-7))]);
    let expected = Error::Statement(StatementError::Cbor(CborError::Member));
    assert_eq!(refusal(&answer), expected, "none has an empty statement");
}

#[test]
fn attestation_objects_are_canonical_maps_of_three() {
    let signer = Signer::es256();
    let usual = Attestation::none(&signer);
    let fmt = (text("fmt"), text("none"));
    let statement = (text("attStmt"), map(&[]));
    let data = (text("authData"), bytes(&usual.auth_data()));
    let extra = (text("zzzzzzzzzz"), int(1));
    let nested = |depth: usize| [vec![0x81; depth], vec![0]].concat();
    let cases = [
        (
            map(&[statement.clone(), fmt.clone(), data.clone()]),
            CborError::KeyOrder,
        ),
        (
            map(&[fmt.clone(), fmt.clone(), data.clone()]),
            CborError::KeyOrder,
        ),
        (map(&[fmt.clone(), data.clone()]), CborError::Member),
        (
            map(&[fmt.clone(), statement.clone(), data.clone(), extra]),
            CborError::Member,
        ),
        ([usual.object(), vec![0]].concat(), CborError::Trailing),
        (vec![0xbf, 0xff], CborError::Syntax),
        (
            vec![0xbb, 255, 255, 255, 255, 255, 255, 255, 255],
            CborError::Truncated,
        ),
        (vec![0xb8, 1], CborError::LongForm),
        (vec![0xa0], CborError::Member),
        (vec![0x80], CborError::Type),
        (vec![0xc0, 0xa0], CborError::Syntax),
        (
            map(&[fmt.clone(), (text("attStmt"), nested(200))]),
            CborError::TooDeep,
        ),
        (map(&[(text("fmt"), bytes(b"none"))]), CborError::Type),
        (
            map(&[fmt, (text("attStmt"), int(1)), data]),
            CborError::Type,
        ),
    ];
    for (object, expected) in cases {
        let json = crate::forge::registration_json(&usual.raw_id, &usual.client_data, &object);
        let response = crate::forge::parsed_registration(&json);
        let state = registration_state(registration());
        let judged = state.finish(&rp(), &response, &TrustPolicy::Accept);
        assert_eq!(
            judged.unwrap_err(),
            Error::AttestationObject(expected),
            "{object:02x?}"
        );
    }
}
