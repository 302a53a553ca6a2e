//! The files about authenticators: roots, and the FIDO alliance's metadata. Read once, at the start;
//! one that cannot be used refuses the start, and none is ever fetched.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use countersign::clock::Timestamp;
use countersign::{AttestationPolicy, TrustedModels};
use countersign_webauthn::error::MetadataError;
use countersign_webauthn::mds::{Metadata, Standing};
use countersign_webauthn::{Aaguid, TrustAnchors};
use jiff::civil::Date;
use rustls_pki_types::CertificateDer;
use rustls_pki_types::pem::PemObject as _;

use crate::config::{Attested, ConfigError, MetadataFiles};

/// Whom the certificate of a metadata blob is issued for.
const HOST: &str = "mds.fidoalliance.org";
const ROOTS: &str = "passkeys.attestation_roots_file";
const ROOT: &str = "passkeys.metadata_root_file";
const BLOB: &str = "passkeys.metadata_file";

/// What the files say.
pub struct Loaded {
    models: TrustedModels,
    roots: usize,
    metadata: Option<Metadata>,
}

/// What an operator should know, and what to do about it.
pub struct Warning {
    /// What is.
    pub text: String,
    /// What helps.
    pub fix: &'static str,
}

/// Reads the files.
pub fn load(attested: &Attested, now: Timestamp) -> Result<Loaded, ConfigError> {
    let metadata = attested.metadata.as_ref();
    let metadata = metadata.map(|files| verified(files, now)).transpose()?;
    let mut anchors = metadata
        .as_ref()
        .map_or_else(TrustAnchors::new, Metadata::anchors);
    let mut roots = 0;
    if let Some(path) = &attested.roots {
        for root in certificates(ROOTS, path)? {
            let added = anchors.add(&root);
            added.map_err(|error| unusable(ROOTS, path, &error))?;
            roots += 1;
        }
    }
    let fallen = metadata.iter().flat_map(Metadata::models);
    let fallen = fallen.filter(|(_, model)| model.standing == Standing::Fallen);
    let models = TrustedModels {
        anchors,
        allowed: attested.allowed.clone(),
        fallen: fallen.map(|(aaguid, _)| aaguid).collect(),
    };
    Ok(Loaded {
        models,
        roots,
        metadata,
    })
}

fn verified(files: &MetadataFiles, now: Timestamp) -> Result<Metadata, ConfigError> {
    let roots = certificates(ROOT, &files.root)?;
    let roots: Vec<&[u8]> = roots.iter().map(|root| &**root).collect();
    let blob = bytes(BLOB, &files.blob)?;
    Metadata::verify(&blob, &roots, HOST, now.unix_seconds()).map_err(|error| match error {
        MetadataError::Root => unusable(ROOT, &files.root, &error),
        error => ConfigError::Metadata {
            path: files.blob.clone(),
            error,
        },
    })
}

fn certificates(
    key: &'static str,
    path: &Path,
) -> Result<Vec<CertificateDer<'static>>, ConfigError> {
    let pem = bytes(key, path)?;
    let read: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&pem).collect();
    match read {
        Ok(read) if read.is_empty() => Err(unusable(key, path, &"there is none in it")),
        Ok(read) => Ok(read),
        Err(error) => Err(unusable(key, path, &error)),
    }
}

fn unusable(key: &'static str, path: &Path, why: &dyn std::fmt::Display) -> ConfigError {
    ConfigError::Certificates {
        key,
        path: path.to_owned(),
        problem: format!("does not hold certificates: {why}"),
    }
}

fn bytes(key: &'static str, path: &Path) -> Result<Vec<u8>, ConfigError> {
    fs::read(path).map_err(|error| ConfigError::UnreadableNamed {
        key,
        path: path.to_owned(),
        error,
    })
}

impl Loaded {
    /// For the engine.
    pub fn policy(self) -> AttestationPolicy {
        AttestationPolicy::Required(self.models)
    }

    /// In a line.
    pub fn summary(&self) -> String {
        let allowed = match &self.models.allowed {
            Some(models) => format!("{} models may be used", models.len()),
            None => "every model may be used that somebody vouches for".to_owned(),
        };
        let roots = match self.roots {
            1 => "1 root".to_owned(),
            roots => format!("{roots} roots"),
        };
        match &self.metadata {
            None => format!("{roots} for all models; {allowed}"),
            Some(metadata) => format!(
                "{roots} for all models, metadata {} about {} models, good until {}; {allowed}",
                metadata.number,
                metadata.models().len(),
                metadata.next_update,
            ),
        }
    }

    /// What may not be meant so.
    pub fn warnings(&self, now: Timestamp) -> Vec<Warning> {
        let mut warnings = Vec::new();
        if let Some(metadata) = &self.metadata
            && is_past(&metadata.next_update, now)
        {
            warnings.push(Warning {
                text: format!(
                    "the metadata about authenticators were to be renewed by {}: models that have fallen since are still trusted",
                    metadata.next_update
                ),
                fix: "put the newest blob of https://mds3.fidoalliance.org in the place of passkeys.metadata_file, and start again",
            });
        }
        for model in self.unvouched() {
            warnings.push(Warning {
                text: format!(
                    "nobody vouches for the model {model}, so it cannot become a passkey"
                ),
                fix: "see whether its AAGUID is right, name its root in passkeys.attestation_roots_file, or take it from passkeys.allowed_aaguids",
            });
        }
        warnings
    }

    /// Models that are allowed and can never be enrolled.
    fn unvouched(&self) -> BTreeSet<Aaguid> {
        let good = |model: &Aaguid| {
            let known = self.metadata.as_ref();
            let known = known.and_then(|metadata| metadata.model(*model));
            known.map(|known| known.standing == Standing::Good)
        };
        let allowed = self.models.allowed.iter().flatten();
        let never = allowed.filter(|model| !good(model).unwrap_or(self.roots > 0));
        never.copied().collect()
    }
}

/// Whether a day is before today; one that is none is, too.
fn is_past(day: &str, now: Timestamp) -> bool {
    let today = now.rfc3339();
    let today: Option<Date> = today.get(..10).and_then(|day| day.parse().ok());
    match (day.parse::<Date>(), today) {
        (Ok(day), Some(today)) => day < today,
        _ => true,
    }
}

#[cfg(test)]
mod tests;
