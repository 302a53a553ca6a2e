//! The attested vectors of WebAuthn L3 §16 with each byte of their attestation object bent: where
//! attestation is required, none passes.

use countersign_webauthn::{Requirement, TrustAnchors, TrustPolicy};
use serde_json::Value;

use crate::vectors::{self, NOW, hex, register};

fn bent(vector: &Value, object: &[u8]) -> Value {
    let mut vector = vector.clone();
    vector["registration"]["attestationObject"] = data_encoding::HEXLOWER.encode(object).into();
    vector
}

/// A U2F key signs its id and its point, and neither flags, counter nor AAGUID (WebAuthn L3 §8.6).
fn is_signed(format: &str, at: usize, auth_data_at: usize) -> bool {
    format != "fido-u2f" || !(auth_data_at + 32..auth_data_at + 53).contains(&at)
}

#[test]
fn no_bent_byte_of_an_attestation_passes_where_trust_is_required() {
    let Some(file) = vectors::vectors() else {
        return;
    };
    let mut anchors = TrustAnchors::new();
    anchors
        .add(&hex(&file["attestation_root"]["attestation_ca_cert"]))
        .unwrap();
    let required = TrustPolicy::Require(Requirement::new(&anchors, NOW));
    let rp = vectors::rp();
    let mut refused = 0;
    for at in [5, 6, 8, 9, 11, 12, 13, 14] {
        let vector = &file["vectors"][at];
        assert!(register(vector, &rp, &required).is_ok());
        let object = hex(&vector["registration"]["attestationObject"]);
        let parsed = countersign_webauthn::attestation::AttestationObject::parse(&object).unwrap();
        let auth_data_at = object.len() - parsed.auth_data.len();
        for at in (0..object.len()).filter(|at| is_signed(parsed.format, *at, auth_data_at)) {
            let mut bytes = object.clone();
            bytes[at] ^= 1 << (at % 8);
            let judged = register(&bent(vector, &bytes), &rp, &required);
            assert!(judged.is_err(), "{}: byte {at}", parsed.format);
            refused += 1;
        }
        for length in (0..object.len()).step_by(7) {
            let cut = bent(vector, &object[..length.max(1)]);
            assert!(register(&cut, &rp, &required).is_err());
            refused += 1;
        }
    }
    assert!(refused > 7000, "only {refused} cases");
}
