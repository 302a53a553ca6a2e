//! Authentications, bent.

use countersign_webauthn::AuthenticationError;
use serde_json::{Value, json};

use super::{authenticate, bent};
use crate::forge::{Assertion, Signer, Stored, base64url};

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
