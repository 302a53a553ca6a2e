//! `apple` (WebAuthn L3 §8.8).

use countersign_webauthn::error::{CborError, CertificateError, StatementError};
use countersign_webauthn::{AttestationOutcome, Format};

use super::{assert_wrong, judge};
use crate::forge::{
    Attestation, Authority, Certified, Signer, array, blank, bytes, der, extension, map, sha256,
    text,
};

const NONCE: &[u64] = &[1, 2, 840, 113_635, 100, 8, 2];

/// Certifies a credential: its key is that of the certificate, which holds a nonce over all else.
fn attested(authority: &Authority, bend: impl Fn(Vec<u8>) -> Option<Vec<u8>>) -> Attestation {
    // The key must be known before the nonce, and the certificate is made after it.
    let key = rcgen::KeyPair::generate_for(&rcgen::PKCS_ECDSA_P256_SHA256).unwrap();
    let mut answer = Attestation::none(&Signer::from_pkcs8(key.serialized_der()));
    "apple".clone_into(&mut answer.format);
    let mut params = blank();
    let nonce = sha256(&answer.signed());
    if let Some(content) = bend(nonce) {
        params
            .custom_extensions
            .push(extension(NONCE, content, false));
    }
    let leaf = authority.certify_key(&params, &key);
    answer.statement = statement(authority, &leaf);
    answer
}

fn statement(authority: &Authority, leaf: &Certified) -> Vec<u8> {
    let path: Vec<_> = authority.path(leaf).iter().map(|der| bytes(der)).collect();
    map(&[(text("x5c"), array(&path))])
}

fn framed(nonce: &[u8]) -> Vec<u8> {
    der(&[0x30], &der(&[0xa1], &der(&[4], nonce)))
}

#[test]
fn a_certificate_for_this_ceremony_is_trusted() {
    let authority = Authority::new();
    let answer = attested(&authority, |nonce| Some(framed(&nonce)));
    let trusted = Ok(AttestationOutcome::Trusted(Format::Apple));
    assert_eq!(judge(&answer, &authority), trusted);
}

#[test]
fn nonce_and_key_are_those_of_the_credential() {
    let authority = Authority::new();
    let none = attested(&authority, |_| None);
    assert_wrong(judge(&none, &authority), CertificateError::Extension);
    let other = attested(&authority, |_| Some(framed(&[1; 32])));
    assert_wrong(judge(&other, &authority), StatementError::Challenge);
    let bare = attested(&authority, Some);
    assert_wrong(judge(&bare, &authority), StatementError::Challenge);
    let mut counted = attested(&authority, |nonce| Some(framed(&nonce)));
    counted.sign_count += 1;
    assert_wrong(judge(&counted, &authority), StatementError::Challenge);

    // A nonce that is right, around another key.
    let mut answer = Attestation::none(&Signer::es256());
    "apple".clone_into(&mut answer.format);
    let mut params = blank();
    let content = framed(&sha256(&answer.signed()));
    params
        .custom_extensions
        .push(extension(NONCE, content, false));
    answer.statement = statement(&authority, &authority.certify(&params));
    assert_wrong(judge(&answer, &authority), StatementError::PublicKey);

    answer.statement = map(&[(text("sig"), bytes(&[1]))]);
    assert_wrong(judge(&answer, &authority), CborError::Member);
}
