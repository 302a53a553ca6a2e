//! `fido-u2f` (WebAuthn L3 §8.6).

use countersign_webauthn::error::{CborError, CertificateError, StatementError, TrustError};
use countersign_webauthn::{Algorithm, AttestationOutcome, Format, Requirement};

use super::{assert_untrusted, assert_wrong, judge, judge_by, requirement, trusting};
use crate::forge::{
    Attestation, Authority, Certified, Signer, array, blank, bytes, int, map, sha256, text,
};

fn attested(credential: &Signer, leaf: &Certified, aaguid: [u8; 16]) -> Attestation {
    let mut answer = Attestation::none(credential);
    "fido-u2f".clone_into(&mut answer.format);
    answer.aaguid = aaguid;
    let signed = [
        &[0][..],
        &answer.rp_id_hash,
        &sha256(&answer.client_data),
        &answer.id,
        &credential.point(),
    ]
    .concat();
    answer.statement = map(&[
        (text("sig"), bytes(&leaf.signer.sign(&signed))),
        (text("x5c"), array(&[bytes(&leaf.der)])),
    ]);
    answer
}

/// An authority whose root signs the only certificate that the format has room for.
fn directly_trusted() -> (Authority, Certified) {
    let authority = Authority::new();
    let leaf = authority.certify(&blank());
    (authority, leaf)
}

#[test]
fn a_security_key_of_old_is_trusted_and_may_name_a_model_unless_the_policy_minds() {
    let (authority, leaf) = directly_trusted();
    let anchors = trusting(&authority.intermediate);
    let answer = attested(&Signer::es256(), &leaf, [7; 16]);
    let trusted = Ok(AttestationOutcome::Trusted(Format::FidoU2f));
    assert_eq!(judge_by(&answer, &requirement(&anchors)), trusted);
    let strict = Requirement {
        u2f_without_aaguid: true,
        ..requirement(&anchors)
    };
    assert_untrusted(judge_by(&answer, &strict), TrustError::U2fAaguid);
    let silent = attested(&Signer::es256(), &leaf, [0; 16]);
    assert_eq!(judge_by(&silent, &strict), trusted);
}

#[test]
fn what_the_key_signed_is_what_came() {
    let (authority, leaf) = directly_trusted();
    let usual = attested(&Signer::es256(), &leaf, [0; 16]);
    let other_id = Attestation {
        id: b"x".to_vec(),
        raw_id: b"x".to_vec(),
        ..usual.clone()
    };
    assert_wrong(judge(&other_id, &authority), StatementError::Signature);
    let other_key = Attestation {
        public_key: Signer::es256().cose(),
        ..usual.clone()
    };
    assert_wrong(judge(&other_key, &authority), StatementError::Signature);
    let other_curve = Attestation {
        public_key: Signer::new(Algorithm::Es384).cose(),
        ..usual
    };
    assert_wrong(
        judge(&other_curve, &authority),
        StatementError::AlgorithmMismatch,
    );
}

#[test]
fn there_is_one_certificate_and_no_algorithm() {
    let (authority, leaf) = directly_trusted();
    let usual = attested(&Signer::es256(), &leaf, [0; 16]);
    let sig = (text("sig"), bytes(&[1; 70]));
    let both = array(&[bytes(&leaf.der), bytes(&authority.intermediate)]);
    let two = Attestation {
        statement: map(&[sig.clone(), (text("x5c"), both.clone())]),
        ..usual.clone()
    };
    assert_wrong(judge(&two, &authority), CertificateError::Count);
    let statement = map(&[(text("alg"), int(-7)), sig.clone(), (text("x5c"), both)]);
    let named = Attestation {
        statement,
        ..usual.clone()
    };
    assert_wrong(judge(&named, &authority), CborError::Member);
    let bare = Attestation {
        statement: map(&[sig]),
        ..usual
    };
    assert_wrong(judge(&bare, &authority), CborError::Member);
}
