//! `android-key` (WebAuthn L3 §8.4).

use countersign_webauthn::error::{CertificateError, StatementError};
use countersign_webauthn::{AttestationOutcome, Format, RegistrationError};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256};

use super::{assert_wrong, judge};
use crate::forge::{
    Attestation, Authority, Signer, array, blank, bytes, der, extension, int, map, sha256, text,
};

const KEY_DESCRIPTION: &[u64] = &[1, 3, 6, 1, 4, 1, 11129, 2, 1, 17];

/// An authorization list's entries.
fn purpose(numbers: &[u8]) -> Vec<u8> {
    let numbers: Vec<u8> = numbers
        .iter()
        .flat_map(|number| der(&[2], &[*number]))
        .collect();
    der(&[0xa1], &der(&[0x31], &numbers))
}

fn all_applications() -> Vec<u8> {
    der(&[0xbf, 0x84, 0x58], &der(&[5], &[]))
}

fn origin(number: u8) -> Vec<u8> {
    der(&[0xbf, 0x85, 0x3e], &der(&[2], &[number]))
}

fn description(challenge: &[u8], software: &[u8], hardware: &[u8]) -> Vec<u8> {
    let members = [
        der(&[2], &[100]),
        der(&[10], &[1]),
        der(&[2], &[100]),
        der(&[10], &[1]),
        der(&[4], challenge),
        der(&[4], &[]),
        der(&[0x30], software),
        der(&[0x30], hardware),
    ];
    der(&[0x30], &members.concat())
}

/// The judgment about a key of which the keystore says this.
fn with(
    describe: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Result<AttestationOutcome, RegistrationError> {
    let authority = Authority::new();
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let answer = attested(&authority, &key, describe);
    judge(&answer, &authority)
}

fn attested(
    authority: &Authority,
    key: &KeyPair,
    describe: impl Fn(&[u8]) -> Option<Vec<u8>>,
) -> Attestation {
    let signer = Signer::from_pkcs8(key.serialized_der());
    let mut answer = Attestation::none(&signer);
    "android-key".clone_into(&mut answer.format);
    let mut params = blank();
    if let Some(content) = describe(&sha256(&answer.client_data)) {
        let extension = extension(KEY_DESCRIPTION, content, false);
        params.custom_extensions.push(extension);
    }
    let leaf = authority.certify_key(&params, key);
    let path: Vec<_> = authority.path(&leaf).iter().map(|der| bytes(der)).collect();
    answer.statement = map(&[
        (text("alg"), int(-7)),
        (text("sig"), bytes(&signer.sign(&answer.signed()))),
        (text("x5c"), array(&path)),
    ]);
    answer
}

#[test]
fn a_key_made_inside_for_signing_is_trusted() {
    let trusted = Ok(AttestationOutcome::Trusted(Format::AndroidKey));
    let usual = [purpose(&[2]), origin(0)].concat();
    let hardware = with(|hash| Some(description(hash, &[], &usual)));
    assert_eq!(hardware, trusted);
    let software = with(|hash| Some(description(hash, &usual, &[])));
    assert_eq!(software, trusted);
    let verifying = [purpose(&[2, 3]), origin(0)].concat();
    assert_eq!(
        with(|hash| Some(description(hash, &[], &verifying))),
        trusted
    );
    // Entries that are not looked at.
    let more = [purpose(&[2]), der(&[0xa2], &der(&[2], &[3])), origin(0)].concat();
    assert_eq!(with(|hash| Some(description(hash, &[], &more))), trusted);
}

#[test]
fn a_key_from_outside_for_all_or_for_more_is_refused() {
    let wrong = [
        (
            [purpose(&[2]), all_applications(), origin(0)].concat(),
            vec![],
        ),
        ([purpose(&[2]), origin(0)].concat(), all_applications()),
        ([purpose(&[2]), origin(2)].concat(), vec![]),
        ([purpose(&[2]), origin(0)].concat(), origin(1)),
        (purpose(&[2]), vec![]),
        (origin(0), vec![]),
        ([purpose(&[0, 2]), origin(0)].concat(), vec![]),
        ([purpose(&[3]), origin(0)].concat(), vec![]),
        ([purpose(&[]), origin(0)].concat(), vec![]),
        (vec![], vec![]),
    ];
    for (hardware, software) in wrong {
        let judged = with(|hash| Some(description(hash, &software, &hardware)));
        assert_wrong(judged, StatementError::Authorization);
    }
}

#[test]
fn the_description_is_there_is_der_and_names_this_challenge() {
    assert_wrong(with(|_| None), CertificateError::Extension);
    let usual = [purpose(&[2]), origin(0)].concat();
    let other = with(|_| Some(description(&[1; 32], &[], &usual)));
    assert_wrong(other, StatementError::Challenge);
    for rubbish in [
        vec![],
        vec![0x30],
        der(&[0x30], &[]),
        der(&[0x31], &[]),
        vec![0x30, 0x80, 0, 0],
    ] {
        assert_wrong(with(|_| Some(rubbish.clone())), CertificateError::Der);
    }
    let trailing = with(|hash| Some([description(hash, &[], &usual), vec![0]].concat()));
    assert_wrong(trailing, CertificateError::Der);
    let number = der(&[0xbf, 0x85, 0x3e], &der(&[4], &[0]));
    let typed = with(|hash| {
        Some(description(
            hash,
            &[],
            &[purpose(&[2]), number.clone()].concat(),
        ))
    });
    assert_wrong(typed, CertificateError::Der);
}

#[test]
fn the_certificate_is_that_of_the_credentials_key() {
    let authority = Authority::new();
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let usual = [purpose(&[2]), origin(0)].concat();
    let answer = attested(&authority, &key, |hash| {
        Some(description(hash, &[], &usual))
    });
    let swapped = Attestation {
        public_key: Signer::es256().cose(),
        ..answer.clone()
    };
    assert_wrong(judge(&swapped, &authority), StatementError::Signature);
    // Signed anew by the certificate's key, about a credential of another key.
    let mut other = swapped;
    let signer = Signer::from_pkcs8(key.serialized_der());
    let mut params = blank();
    let content = description(&sha256(&other.client_data), &[], &usual);
    params
        .custom_extensions
        .push(extension(KEY_DESCRIPTION, content, false));
    let leaf = authority.certify_key(&params, &key);
    other.statement = map(&[
        (text("alg"), int(-7)),
        (text("sig"), bytes(&signer.sign(&other.signed()))),
        (text("x5c"), array(&[bytes(&leaf.der)])),
    ]);
    assert_wrong(judge(&other, &authority), StatementError::PublicKey);
}
