//! `fido-u2f` (WebAuthn L3 §8.6): security keys of the time before; refuses other curves than P-256
//! and more than one certificate.

use super::certificate::Leaf;
use super::statement::Statement;
use super::{Subject, Verified};
use crate::cose::Algorithm;
use crate::error::{CborError, CertificateError, StatementError};

pub(super) fn verify<'a>(
    statement: &Statement<'a>,
    subject: &Subject<'_, 'a>,
) -> Result<Verified<'a>, StatementError> {
    if statement.is_of_tpm() || statement.alg.is_some() {
        return Err(CborError::Member.into());
    }
    let signature = statement.signature()?;
    let (der, path) = statement.path()?;
    if path.len() != 1 {
        return Err(CertificateError::Count.into());
    }
    let leaf = Leaf::parse(der)?;
    let key = leaf.public_key()?;
    let point = subject
        .key
        .p256_point()
        .ok_or(StatementError::AlgorithmMismatch)?;
    if key.algorithm() != Algorithm::Es256 {
        return Err(CertificateError::PublicKey.into());
    }
    // What such a key signed: a zero, the RP ID's hash, the client data's hash, id and point.
    let mut front = vec![0];
    front.extend_from_slice(subject.data.rp_id_hash);
    front.extend_from_slice(subject.client_data_hash);
    front.extend_from_slice(subject.credential.credential_id);
    key.verify(&front, point, signature)?;
    Ok(Verified::Certified(path))
}
