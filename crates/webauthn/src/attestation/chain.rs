//! The way from a certificate to a trusted root (RFC 5280 §6), by rustls-webpki; refuses SHA-1,
//! other dates than now's, and certificates that are not CAs where one is needed.

use core::time::Duration;

use rustls_pki_types::{CertificateDer, TrustAnchor, UnixTime};
use webpki::{ALL_VERIFICATION_ALGS, EndEntityCert, ExtendedKeyUsageValidator, KeyPurposeIdIter};
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::error::CertificateError;

/// A certificate that is trusted without asking.
#[derive(Clone, Debug)]
pub(crate) struct Root {
    der: Vec<u8>,
    anchor: TrustAnchor<'static>,
}

impl Root {
    pub(crate) fn from_der(der: &[u8]) -> Result<Self, CertificateError> {
        let certificate = CertificateDer::from(der);
        let anchor =
            webpki::anchor_from_trusted_cert(&certificate).map_err(|_| CertificateError::Der)?;
        Ok(Self {
            der: der.to_vec(),
            anchor: anchor.to_owned(),
        })
    }
}

/// Attestation certificates have usages of their own, or none: their formats judge them.
struct AnyUsage;

impl ExtendedKeyUsageValidator for AnyUsage {
    fn validate(&self, ids: KeyPurposeIdIter<'_, '_>) -> Result<(), webpki::Error> {
        ids.into_iter().try_for_each(|id| id.map(drop))
    }
}

/// Whether `path`, the leaf first, leads to one of the roots at `seconds` after 1970. A leaf that is
/// itself listed as a root needs only its dates to fit.
pub(crate) fn leads<'r>(
    path: &[&[u8]],
    roots: impl Iterator<Item = &'r Root> + Clone,
    seconds: u64,
) -> bool {
    let Some((leaf, others)) = path.split_first() else {
        return false;
    };
    if roots.clone().any(|root| root.der == *leaf) {
        return is_valid_at(leaf, seconds);
    }
    let anchors: Vec<_> = roots.map(|root| root.anchor.clone()).collect();
    let others: Vec<_> = others
        .iter()
        .map(|der| CertificateDer::from(*der))
        .collect();
    let leaf = CertificateDer::from(*leaf);
    EndEntityCert::try_from(&leaf).is_ok_and(|leaf| {
        leaf.verify_for_usage(
            ALL_VERIFICATION_ALGS,
            &anchors,
            &others,
            UnixTime::since_unix_epoch(Duration::from_secs(seconds)),
            AnyUsage,
            None,
            None,
        )
        .is_ok()
    })
}

/// Whether the leaf is issued for a host.
#[cfg(feature = "fido-mds")]
pub(crate) fn is_for_host(path: &[&[u8]], host: &str) -> bool {
    let Some(leaf) = path.first() else {
        return false;
    };
    let Ok(host) = rustls_pki_types::ServerName::try_from(host) else {
        return false;
    };
    EndEntityCert::try_from(&CertificateDer::from(*leaf))
        .is_ok_and(|leaf| leaf.verify_is_valid_for_subject_name(&host).is_ok())
}

fn is_valid_at(der: &[u8], seconds: u64) -> bool {
    Certificate::from_der(der).is_ok_and(|certificate| {
        let validity = certificate.tbs_certificate().validity();
        let now = Duration::from_secs(seconds);
        validity.not_before.to_unix_duration() <= now
            && now <= validity.not_after.to_unix_duration()
    })
}
