//! What attestation formats want of their first certificate (RFC 5280, WebAuthn L3 §8.2.1, §8.3.1);
//! refuses to judge its signature or its dates, which a chain does.

use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::der::asn1::{ObjectIdentifier, UintRef};
use x509_cert::der::{Decode, Reader as _, SliceReader};
use x509_cert::ext::Extension;
use x509_cert::ext::pkix::BasicConstraints;
use x509_cert::name::Name;

use crate::aaguid::Aaguid;
use crate::error::{CertificateError as Error, StatementError};
use crate::signature::PublicKey;

const BASIC_CONSTRAINTS: ObjectIdentifier = ObjectIdentifier::new_unwrap("2.5.29.19");
/// `id-fido-gen-ce-aaguid`.
const FIDO_AAGUID: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.6.1.4.1.45724.1.1.4");
const EC_PUBLIC_KEY: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
const P256: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.3.1.7");
const P384: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.132.0.34");
const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");
const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");

/// The certificate that signs, or stands for, an attestation.
pub(super) struct Leaf(Certificate);

impl Leaf {
    /// Reads a certificate of version 3.
    pub(super) fn parse(der: &[u8]) -> Result<Self, Error> {
        let certificate = Certificate::from_der(der).map_err(|_| Error::Der)?;
        if certificate.tbs_certificate().version() != Version::V3 {
            return Err(Error::Version);
        }
        Ok(Self(certificate))
    }

    pub(super) fn subject(&self) -> &Name {
        self.0.tbs_certificate().subject()
    }

    /// An extension, which must stand there once at most.
    pub(super) fn extension(&self, id: ObjectIdentifier) -> Result<Option<&Extension>, Error> {
        let all = self.0.tbs_certificate().extensions().into_iter().flatten();
        let mut found = all.filter(|extension| extension.extn_id == id);
        let first = found.next();
        if found.next().is_some() {
            return Err(Error::Der);
        }
        Ok(first)
    }

    /// Basic constraints must be there and say that this is no CA.
    pub(super) fn must_not_be_ca(&self) -> Result<(), Error> {
        let extension = self
            .extension(BASIC_CONSTRAINTS)?
            .ok_or(Error::BasicConstraints)?;
        let constraints =
            BasicConstraints::from_der(extension.extn_value.as_bytes()).map_err(|_| Error::Der)?;
        if constraints.ca {
            return Err(Error::BasicConstraints);
        }
        Ok(())
    }

    /// If the certificate names a model, it is this one. The value is an OCTET STRING within the
    /// extension's own.
    pub(super) fn must_be_of(&self, aaguid: Aaguid) -> Result<(), StatementError> {
        let Some(extension) = self.extension(FIDO_AAGUID)? else {
            return Ok(());
        };
        if extension.critical {
            return Err(Error::Critical.into());
        }
        if extension.extn_value.as_bytes().strip_prefix(&[4, 16]) != Some(aaguid.as_bytes()) {
            return Err(StatementError::Aaguid);
        }
        Ok(())
    }

    /// The certificate's public key.
    pub(super) fn public_key(&self) -> Result<PublicKey<'_>, Error> {
        let info = self.0.tbs_certificate().subject_public_key_info();
        let bits = info.subject_public_key.as_bytes().ok_or(Error::PublicKey)?;
        let parameter = info.algorithm.parameters.as_ref();
        let curve = parameter.and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
        let key = match (info.algorithm.oid, curve) {
            (EC_PUBLIC_KEY, Some(P256)) => {
                let (x, y) = point(bits, 32)?;
                PublicKey::p256(x, y)
            }
            (EC_PUBLIC_KEY, Some(P384)) => {
                let (x, y) = point(bits, 48)?;
                PublicKey::p384(x, y)
            }
            (ED25519, None) => PublicKey::ed25519(bits),
            (RSA, None) => {
                let (n, e) = rsa(bits).map_err(|_| Error::PublicKey)?;
                PublicKey::rsa(n, e)
            }
            _ => return Err(Error::PublicKey),
        };
        key.map_err(|_| Error::PublicKey)
    }
}

/// Both coordinates of an uncompressed point.
fn point(bits: &[u8], length: usize) -> Result<(&[u8], &[u8]), Error> {
    let coordinates = bits.strip_prefix(&[4]).ok_or(Error::PublicKey)?;
    coordinates.split_at_checked(length).ok_or(Error::PublicKey)
}

/// RFC 8017 §A.1.1.
fn rsa(bits: &[u8]) -> Result<(&[u8], &[u8]), x509_cert::der::Error> {
    let mut reader = SliceReader::new(bits)?;
    let (n, e): (UintRef<'_>, UintRef<'_>) = reader.sequence(|reader| {
        Ok::<_, x509_cert::der::Error>((UintRef::decode(reader)?, UintRef::decode(reader)?))
    })?;
    reader.finish()?;
    Ok((n.as_bytes(), e.as_bytes()))
}
