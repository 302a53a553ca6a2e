//! `packed` (WebAuthn L3 §8.2): by a certificate or by the credential itself; refuses certificates
//! that are not those of an authenticator.

use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::name::Name;

use super::certificate::Leaf;
use super::statement::Statement;
use super::{Subject, Verified};
use crate::error::{CborError, CertificateError, StatementError};

const COUNTRY: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.6");
const ORGANIZATION: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.10");
const UNIT: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.11");
const COMMON_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.4.3");

pub(super) fn verify<'a>(
    statement: &Statement<'a>,
    subject: &Subject<'_, 'a>,
) -> Result<Verified<'a>, StatementError> {
    if statement.is_of_tpm() {
        return Err(CborError::Member.into());
    }
    let algorithm = statement.algorithm()?;
    let signature = statement.signature()?;
    let signed = subject.object.auth_data;
    if statement.x5c.is_none() {
        if algorithm != subject.key.algorithm() {
            return Err(StatementError::AlgorithmMismatch);
        }
        subject
            .key
            .verify(signed, subject.client_data_hash, signature)?;
        return Ok(Verified::SelfSigned);
    }
    let (der, path) = statement.path()?;
    let leaf = Leaf::parse(der)?;
    let key = leaf.public_key()?;
    if algorithm != key.algorithm() {
        return Err(StatementError::AlgorithmMismatch);
    }
    key.verify(signed, subject.client_data_hash, signature)?;
    // WebAuthn L3 §8.2.1.
    if !is_of_authenticator(leaf.subject()) {
        return Err(CertificateError::Subject.into());
    }
    leaf.must_not_be_ca()?;
    leaf.must_be_of(subject.credential.aaguid)?;
    Ok(Verified::Certified(path))
}

/// Country as two letters, organization, the fixed unit, common name.
fn is_of_authenticator(name: &Name) -> bool {
    let has = |id, fits: fn(&[u8]) -> bool| {
        name.iter()
            .any(|attribute| attribute.oid == id && fits(attribute.value.value()))
    };
    has(COUNTRY, |value| {
        value.len() == 2 && value.iter().all(u8::is_ascii_alphabetic)
    }) && has(ORGANIZATION, |value| !value.is_empty())
        && has(UNIT, |value| value == b"Authenticator Attestation")
        && has(COMMON_NAME, |value| !value.is_empty())
}
