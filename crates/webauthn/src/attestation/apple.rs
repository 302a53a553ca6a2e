//! `apple` (WebAuthn L3 §8.8): a certificate made for this one ceremony; refuses one whose nonce or
//! key is another.

use x509_cert::der::asn1::ObjectIdentifier;

use super::certificate::Leaf;
use super::statement::Statement;
use super::{Subject, Verified};
use crate::digest::sha256;
use crate::error::{CborError, CertificateError, StatementError};

const NONCE: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113635.100.8.2");
/// `SEQUENCE { [1] { OCTET STRING } }` around 32 bytes.
const FRAME: &[u8] = &[0x30, 0x24, 0xa1, 0x22, 0x04, 0x20];

pub(super) fn verify<'a>(
    statement: &Statement<'a>,
    subject: &Subject<'_, 'a>,
) -> Result<Verified<'a>, StatementError> {
    // `alg` was written by early versions and means nothing.
    if statement.is_of_tpm() || statement.sig.is_some() {
        return Err(CborError::Member.into());
    }
    let (der, path) = statement.path()?;
    let leaf = Leaf::parse(der)?;
    let nonce = sha256(&[subject.object.auth_data, subject.client_data_hash].concat());
    let extension = leaf.extension(NONCE)?.ok_or(CertificateError::Extension)?;
    if extension.extn_value.as_bytes().strip_prefix(FRAME) != Some(&nonce) {
        return Err(StatementError::Challenge);
    }
    if leaf.public_key()? != *subject.key {
        return Err(StatementError::PublicKey);
    }
    Ok(Verified::Certified(path))
}
