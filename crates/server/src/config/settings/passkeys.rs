//! Which authenticators may become passkeys: the files that say it, named and not yet read. Refuses
//! what would be ignored, so that nobody relies on it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use countersign_webauthn::error::RelyingPartyError;
use countersign_webauthn::{Aaguid, RelyingParty};

use super::Reader;
use crate::config::ConfigError;

/// Who vouches for authenticators, and which of them may be used.
#[derive(Debug)]
pub struct Attested {
    /// PEM certificates that are trusted for every model.
    pub roots: Option<PathBuf>,
    /// What the FIDO alliance publishes about models.
    pub metadata: Option<MetadataFiles>,
    /// The only models that may be used; `None` for each that somebody vouches for.
    pub allowed: Option<BTreeSet<Aaguid>>,
}

/// A metadata blob, and who signs it.
#[derive(Debug)]
pub struct MetadataFiles {
    /// The blob.
    pub blob: PathBuf,
    /// PEM certificates that its own lead to.
    pub root: PathBuf,
}

impl Reader<'_> {
    /// Each is judged alone, so that what is wrong is named.
    pub(super) fn related_origins(&self, name: &'static str) -> Result<Vec<String>, ConfigError> {
        let text = self.text(name);
        let origins = text
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty());
        let origins: Vec<String> = origins.map(str::to_owned).collect();
        let rp = RelyingParty::new("localhost", "", ["http://localhost"]);
        let problem = |problem: RelyingPartyError| {
            self.refuse(name, &format!("holds origins of other sites: {problem}"))
        };
        rp.and_then(|rp| rp.with_related_origins(&origins))
            .map_err(problem)?;
        Ok(origins)
    }

    pub(super) fn attested(&self) -> Result<Option<Attested>, ConfigError> {
        const ATTESTATION: &str = "passkeys.attestation";
        const ROOTS: &str = "passkeys.attestation_roots_file";
        const BLOB: &str = "passkeys.metadata_file";
        const ROOT: &str = "passkeys.metadata_root_file";
        const ALLOWED: &str = "passkeys.allowed_aaguids";
        let (roots, blob, root) = (self.path(ROOTS), self.path(BLOB), self.path(ROOT));
        let allowed = self.models(ALLOWED)?;
        match self.text(ATTESTATION) {
            "required" => {}
            "none" => {
                let ignored = [
                    (ROOTS, roots.is_some()),
                    (BLOB, blob.is_some()),
                    (ROOT, root.is_some()),
                    (ALLOWED, allowed.is_some()),
                ];
                let ignored = ignored.into_iter().find(|(_, given)| *given);
                return ignored.map_or(Ok(None), |(key, _)| {
                    Err(self.refuse(key, "wants `passkeys.attestation = \"required\"`"))
                });
            }
            _ => return Err(self.refuse(ATTESTATION, "is none or required")),
        }
        let metadata = match (blob, root) {
            (Some(blob), Some(root)) => Some(MetadataFiles { blob, root }),
            (None, None) => None,
            (Some(_), None) => {
                return Err(self.refuse(BLOB, "wants `passkeys.metadata_root_file` beside it"));
            }
            (None, Some(_)) => {
                return Err(self.refuse(ROOT, "wants `passkeys.metadata_file` beside it"));
            }
        };
        if roots.is_none() && metadata.is_none() {
            return Err(self.refuse(
                ATTESTATION,
                "is required, and nobody vouches for any authenticator: name \
                 `passkeys.attestation_roots_file` or `passkeys.metadata_file`",
            ));
        }
        Ok(Some(Attested {
            roots,
            metadata,
            allowed,
        }))
    }

    fn path(&self, name: &str) -> Option<PathBuf> {
        self.0.value(name).map(|value| PathBuf::from(&value.text))
    }

    fn models(&self, name: &'static str) -> Result<Option<BTreeSet<Aaguid>>, ConfigError> {
        let models: Result<BTreeSet<Aaguid>, _> = self
            .text(name)
            .split(',')
            .map(str::trim)
            .filter(|item| !item.is_empty())
            .map(str::parse)
            .collect();
        models
            .map(|models| Some(models).filter(|models| !models.is_empty()))
            .map_err(|_| {
                self.refuse(
                    name,
                    "holds AAGUIDs such as 2fc0579f-8113-47ea-b116-bb5a8db9202a",
                )
            })
    }
}
