//! The members that attestation statements have (WebAuthn L3 §8); refuses any other, and leaves to
//! each format which it wants.

use crate::cbor::{Key, Reader};
use crate::cose::Algorithm;
use crate::error::{CborError, CertificateError, StatementError};

/// How many certificates a chain has at most, and how many bytes each.
const MAX_CERTIFICATES: usize = 8;
const MAX_CERTIFICATE: usize = 8192;

/// A statement, taken apart.
#[derive(Default)]
pub(super) struct Statement<'a> {
    pub(super) alg: Option<i64>,
    pub(super) sig: Option<&'a [u8]>,
    pub(super) x5c: Option<Vec<&'a [u8]>>,
    pub(super) ver: Option<&'a str>,
    pub(super) cert_info: Option<&'a [u8]>,
    pub(super) pub_area: Option<&'a [u8]>,
}

impl<'a> Statement<'a> {
    pub(super) fn parse(cbor: &'a [u8]) -> Result<Self, StatementError> {
        let mut statement = Self::default();
        let mut reader = Reader::new(cbor);
        reader.map(|reader, key| {
            match key {
                Key::Text("alg") => statement.alg = Some(reader.int()?),
                Key::Text("sig") => statement.sig = Some(reader.bytes()?),
                Key::Text("x5c") => statement.x5c = Some(reader.list(MAX_CERTIFICATES)?),
                Key::Text("ver") => statement.ver = Some(reader.text()?),
                Key::Text("certInfo") => statement.cert_info = Some(reader.bytes()?),
                Key::Text("pubArea") => statement.pub_area = Some(reader.bytes()?),
                _ => return Err(CborError::Member),
            }
            Ok(())
        })?;
        reader.end()?;
        let fits = |path: &Vec<&[u8]>| {
            !path.is_empty() && path.iter().all(|der| der.len() <= MAX_CERTIFICATE)
        };
        if statement.x5c.as_ref().is_some_and(|path| !fits(path)) {
            return Err(CertificateError::Count.into());
        }
        Ok(statement)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.alg.is_none() && self.sig.is_none() && self.x5c.is_none() && !self.is_of_tpm()
    }

    /// Whether it has members that only `tpm` knows.
    pub(super) fn is_of_tpm(&self) -> bool {
        self.ver.is_some() || self.cert_info.is_some() || self.pub_area.is_some()
    }

    pub(super) fn algorithm(&self) -> Result<Algorithm, StatementError> {
        let number = self.alg.ok_or(CborError::Member)?;
        Algorithm::from_number(number).ok_or(StatementError::Algorithm(number))
    }

    pub(super) fn signature(&self) -> Result<&'a [u8], StatementError> {
        Ok(self.sig.ok_or(CborError::Member)?)
    }

    /// The attesting certificate, and the whole path.
    pub(super) fn path(&self) -> Result<(&'a [u8], Vec<&'a [u8]>), StatementError> {
        let path = self.x5c.clone().ok_or(CborError::Member)?;
        let leaf = path.first().copied().ok_or(CertificateError::Count)?;
        Ok((leaf, path))
    }
}
