//! Whom to believe about an authenticator (WebAuthn L3 §7.1 steps 23 and 24); refuses by default to
//! believe anybody, and takes roots from the caller alone.

use std::collections::{BTreeMap, BTreeSet};

use super::Format;
use super::chain::{self, Root};
use crate::aaguid::Aaguid;
use crate::error::{CertificateError, TrustError};

/// What attestation must be.
#[derive(Debug, Clone, Copy)]
pub enum TrustPolicy<'a> {
    /// None is needed. One that comes all the same must be correct if its format is known, and is
    /// not trusted (NIST SP 800-63B-4 §B.3: its lack should not keep the public out).
    Accept,
    /// One is needed that leads to a root.
    Require(Requirement<'a>),
}

/// Which attestation is needed.
#[derive(Debug, Clone, Copy)]
pub struct Requirement<'a> {
    /// The roots.
    pub anchors: &'a TrustAnchors,
    /// The models that may be used, or `None` for each that a root vouches for.
    pub models: Option<&'a BTreeSet<Aaguid>>,
    /// Now, in seconds after 1970: certificates have dates.
    pub now: u64,
    /// Whether a `fido-u2f` attestation must leave the AAGUID zero. FIDO's test tool wants that,
    /// WebAuthn L3 §8.6 does not.
    pub u2f_without_aaguid: bool,
}

impl<'a> Requirement<'a> {
    /// Any model that one of the roots vouches for, at `now` in seconds after 1970.
    pub const fn new(anchors: &'a TrustAnchors, now: u64) -> Self {
        Self {
            anchors,
            models: None,
            now,
            u2f_without_aaguid: false,
        }
    }

    pub(super) fn judge(
        &self,
        format: Format,
        aaguid: Aaguid,
        path: &[&[u8]],
    ) -> Result<(), TrustError> {
        if self.u2f_without_aaguid && format == Format::FidoU2f && aaguid != Aaguid::ZERO {
            return Err(TrustError::U2fAaguid);
        }
        if self.models.is_some_and(|models| !models.contains(&aaguid)) {
            return Err(TrustError::Aaguid);
        }
        if chain::leads(path, self.anchors.roots(aaguid), self.now) {
            return Ok(());
        }
        Err(TrustError::Chain)
    }
}

/// Roots, for all models or for one.
#[derive(Debug, Clone, Default)]
pub struct TrustAnchors {
    all: Vec<Root>,
    by_model: BTreeMap<Aaguid, Vec<Root>>,
}

impl TrustAnchors {
    /// None yet: nothing is trusted.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts a certificate (DER) for every model.
    pub fn add(&mut self, der: &[u8]) -> Result<(), CertificateError> {
        self.all.push(Root::from_der(der)?);
        Ok(())
    }

    /// Trusts a certificate (DER) for one model, as metadata do. It may be the attestation
    /// certificate itself.
    pub fn add_for(&mut self, model: Aaguid, der: &[u8]) -> Result<(), CertificateError> {
        let root = Root::from_der(der)?;
        self.by_model.entry(model).or_default().push(root);
        Ok(())
    }

    pub(crate) fn roots(&self, model: Aaguid) -> impl Iterator<Item = &Root> + Clone {
        self.all
            .iter()
            .chain(self.by_model.get(&model).into_iter().flatten())
    }
}
