//! `tpm` (WebAuthn L3 §8.3): a TPM certifies the credential's key by an attestation identity key;
//! refuses what no TPM made, what is about another key, and SHA-1.

use x509_cert::der::Decode as _;
use x509_cert::der::asn1::ObjectIdentifier;
use x509_cert::ext::pkix::name::GeneralName;
use x509_cert::ext::pkix::{ExtendedKeyUsage, SubjectAltName};

use super::certificate::Leaf;
use super::statement::Statement;
use super::tpm_structure::{CertInfo, PubArea};
use super::{Subject, Verified};
use crate::cose::Algorithm;
use crate::digest::{sha256, sha384};
use crate::error::{CborError, CertificateError, StatementError, TpmError};

const ALTERNATIVE_NAME: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.17");
const EXTENDED_KEY_USAGE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.37");
/// `tcg-kp-AIKCertificate`.
const AIK_CERTIFICATE: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.23.133.8.3");
/// Manufacturer, model and version of a TPM.
const TPM_ATTRIBUTES: [ObjectIdentifier; 3] = [
    ObjectIdentifier::new_unwrap("2.23.133.2.1"),
    ObjectIdentifier::new_unwrap("2.23.133.2.2"),
    ObjectIdentifier::new_unwrap("2.23.133.2.3"),
];

pub(super) fn verify<'a>(
    statement: &Statement<'a>,
    subject: &Subject<'_, 'a>,
) -> Result<Verified<'a>, StatementError> {
    if statement.ver != Some("2.0") {
        return Err(TpmError::Version.into());
    }
    let algorithm = statement.algorithm()?;
    let signature = statement.signature()?;
    let cert_info = statement.cert_info.ok_or(CborError::Member)?;
    let pub_area = statement.pub_area.ok_or(CborError::Member)?;
    let (der, path) = statement.path()?;

    let public = PubArea::parse(pub_area)?;
    if !public.is_of(subject.key) {
        return Err(StatementError::PublicKey);
    }
    let certified = CertInfo::parse(cert_info)?;
    let signed = [subject.object.auth_data, subject.client_data_hash].concat();
    let expected = match algorithm {
        Algorithm::Es256 | Algorithm::Rs256 => sha256(&signed).to_vec(),
        Algorithm::Es384 => sha384(&signed).to_vec(),
        // No TPM hashes by Ed25519's rule.
        Algorithm::EdDsa => return Err(StatementError::Algorithm(algorithm.number())),
    };
    if certified.extra_data != expected {
        return Err(TpmError::ExtraData.into());
    }
    if !public.is_named(certified.name) {
        return Err(TpmError::Name.into());
    }
    let leaf = Leaf::parse(der)?;
    let key = leaf.public_key()?;
    if algorithm != key.algorithm() {
        return Err(StatementError::AlgorithmMismatch);
    }
    key.verify(cert_info, &[], signature)?;
    judge(&leaf)?;
    leaf.must_be_of(subject.credential.aaguid)?;
    Ok(Verified::Certified(path))
}

/// WebAuthn L3 §8.3.1.
fn judge(leaf: &Leaf) -> Result<(), CertificateError> {
    if !leaf.subject().is_empty() {
        return Err(CertificateError::Subject);
    }
    leaf.must_not_be_ca()?;
    let name = leaf
        .extension(ALTERNATIVE_NAME)?
        .ok_or(CertificateError::AlternativeName)?;
    let name = SubjectAltName::from_der(name.extn_value.as_bytes())
        .map_err(|_| CertificateError::AlternativeName)?;
    let has = |id: &ObjectIdentifier| {
        name.0.iter().any(|name| match name {
            GeneralName::DirectoryName(name) => name.iter().any(|part| part.oid == *id),
            _ => false,
        })
    };
    if !TPM_ATTRIBUTES.iter().all(has) {
        return Err(CertificateError::AlternativeName);
    }
    let usage = leaf
        .extension(EXTENDED_KEY_USAGE)?
        .ok_or(CertificateError::KeyUsage)?;
    let usage = ExtendedKeyUsage::from_der(usage.extn_value.as_bytes())
        .map_err(|_| CertificateError::KeyUsage)?;
    if !usage.0.contains(&AIK_CERTIFICATE) {
        return Err(CertificateError::KeyUsage);
    }
    Ok(())
}
