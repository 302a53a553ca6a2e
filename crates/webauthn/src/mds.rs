//! The metadata blob of the FIDO alliance (FIDO Metadata Service 3, §3.1): which roots stand behind
//! which model, and which models have fallen; refuses a blob that the given roots do not vouch for,
//! and to fetch one.

mod payload;

use std::collections::BTreeMap;

use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED, RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey, VerificationAlgorithm,
};
use data_encoding::{BASE64, BASE64URL_NOPAD};
use serde::Deserialize;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;

use crate::aaguid::Aaguid;
use crate::attestation::TrustAnchors;
use crate::attestation::chain::{self, Root};
use crate::error::MetadataError as Error;

/// The longest blob that is read, in bytes. The real one has about ten million.
pub const MAX_BLOB: usize = 64 << 20;

/// A blob that its signature and its chain vouch for.
#[derive(Debug, Clone)]
#[must_use]
pub struct Metadata {
    /// Its number. One that is not greater than that of the blob before is old (§3.2 step 6).
    pub number: u64,
    /// The day from which a newer one is to be had, as `YYYY-MM-DD`.
    pub next_update: String,
    models: BTreeMap<Aaguid, Model>,
}

/// What the blob says about one model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Model {
    /// Its name.
    pub description: String,
    /// Whether it can still be believed.
    pub standing: Standing,
    roots: Vec<Vec<u8>>,
}

/// Whether a model can still be believed (FIDO Metadata Service 3, §3.1.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// Nothing is known against it.
    Good,
    /// Its user verification can be passed by, its keys can be copied, or it was revoked.
    Fallen,
}

impl Metadata {
    /// Verifies and reads a blob: a JWS whose certificates lead to one of `roots` (DER) at `now`
    /// (seconds after 1970) and are issued for `host`, `mds.fidoalliance.org` for the real one.
    ///
    /// Revocation of these certificates is not checked.
    pub fn verify(blob: &[u8], roots: &[&[u8]], host: &str, now: u64) -> Result<Self, Error> {
        if blob.len() > MAX_BLOB {
            return Err(Error::Shape);
        }
        let text = core::str::from_utf8(blob)
            .map_err(|_| Error::Shape)?
            .trim_end();
        let (signed, signature) = text.rsplit_once('.').ok_or(Error::Shape)?;
        let (header, payload) = signed.split_once('.').ok_or(Error::Shape)?;
        let header: Header = serde_json::from_slice(&decoded(header)?).map_err(|_| Error::Shape)?;
        header.verify(signed.as_bytes(), &decoded(signature)?, roots, host, now)?;
        payload::read(&decoded(payload)?)
    }

    /// What is known about a model.
    pub fn model(&self, aaguid: Aaguid) -> Option<&Model> {
        self.models.get(&aaguid)
    }

    /// All models that it lists by an AAGUID.
    pub fn models(&self) -> impl ExactSizeIterator<Item = (Aaguid, &Model)> {
        self.models.iter().map(|(aaguid, model)| (*aaguid, model))
    }

    /// The roots of all models that can be believed, each for its own model alone. Roots that are
    /// no certificates are left out.
    pub fn anchors(&self) -> TrustAnchors {
        let mut anchors = TrustAnchors::new();
        for (aaguid, model) in &self.models {
            for root in model
                .roots
                .iter()
                .filter(|_| model.standing == Standing::Good)
            {
                // An entry that cannot be used leaves its model untrusted: the safe side.
                let _unusable = anchors.add_for(*aaguid, root);
            }
        }
        anchors
    }
}

/// The JOSE header (RFC 7515 §4.1).
#[derive(Deserialize)]
struct Header {
    alg: String,
    x5c: Vec<String>,
}

impl Header {
    fn verify(
        &self,
        signed: &[u8],
        signature: &[u8],
        roots: &[&[u8]],
        host: &str,
        now: u64,
    ) -> Result<(), Error> {
        let algorithm: &'static dyn VerificationAlgorithm = match self.alg.as_str() {
            "RS256" => &RSA_PKCS1_2048_8192_SHA256,
            "ES256" => &ECDSA_P256_SHA256_FIXED,
            _ => return Err(Error::Algorithm),
        };
        if !(1..=8).contains(&self.x5c.len()) {
            return Err(Error::Chain);
        }
        let path: Result<Vec<Vec<u8>>, _> = self
            .x5c
            .iter()
            .map(|text| BASE64.decode(text.as_bytes()))
            .collect();
        let path = path.map_err(|_| Error::Chain)?;
        let path: Vec<&[u8]> = path.iter().map(Vec::as_slice).collect();
        let roots: Result<Vec<Root>, _> = roots.iter().map(|der| Root::from_der(der)).collect();
        let roots = roots.map_err(|_| Error::Root)?;
        if !chain::leads(&path, roots.iter(), now) || !chain::is_for_host(&path, host) {
            return Err(Error::Chain);
        }
        let leaf = path.first().ok_or(Error::Chain)?;
        let leaf = Certificate::from_der(leaf).map_err(|_| Error::Chain)?;
        let key = leaf.tbs_certificate().subject_public_key_info();
        let key = key.subject_public_key.as_bytes().ok_or(Error::Chain)?;
        UnparsedPublicKey::new(algorithm, key)
            .verify(signed, signature)
            .map_err(|_| Error::Signature)
    }
}

fn decoded(text: &str) -> Result<Vec<u8>, Error> {
    BASE64URL_NOPAD
        .decode(text.as_bytes())
        .map_err(|_| Error::Shape)
}
