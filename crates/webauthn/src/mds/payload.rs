//! The payload of a metadata blob (FIDO Metadata Service 3, §3.1.6); refuses a blob without a
//! number, passes over entries that name no AAGUID.

use std::collections::BTreeMap;

use data_encoding::BASE64;
use serde::Deserialize;

use super::{Metadata, Model, Standing};
use crate::aaguid::Aaguid;
use crate::error::MetadataError as Error;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Payload {
    no: u64,
    next_update: String,
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Entry {
    aaguid: Option<Aaguid>,
    #[serde(default)]
    metadata_statement: Option<Statement>,
    #[serde(default)]
    status_reports: Vec<Report>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Statement {
    #[serde(default)]
    description: String,
    #[serde(default)]
    attestation_root_certificates: Vec<String>,
}

#[derive(Deserialize)]
struct Report {
    status: String,
}

/// Reports that a model does not come back from (§3.1.4).
const FALLEN: [&str; 5] = [
    "USER_VERIFICATION_BYPASS",
    "ATTESTATION_KEY_COMPROMISE",
    "USER_KEY_REMOTE_COMPROMISE",
    "USER_KEY_PHYSICAL_COMPROMISE",
    "REVOKED",
];

pub(super) fn read(json: &[u8]) -> Result<Metadata, Error> {
    let payload: Payload = serde_json::from_slice(json).map_err(|_| Error::Shape)?;
    let mut models = BTreeMap::new();
    for entry in payload.entries {
        let Some(aaguid) = entry.aaguid else { continue };
        // Of two entries the one that says it is over holds.
        let over = |known: &Model| known.standing == Standing::Fallen;
        if !models.get(&aaguid).is_some_and(over) {
            models.insert(aaguid, entry.model());
        }
    }
    Ok(Metadata {
        number: payload.no,
        next_update: payload.next_update,
        models,
    })
}

impl Entry {
    fn model(self) -> Model {
        let fallen = |report: &Report| FALLEN.contains(&report.status.as_str());
        let standing = if self.status_reports.iter().any(fallen) {
            Standing::Fallen
        } else {
            Standing::Good
        };
        let (description, texts) = self.metadata_statement.map_or_else(
            || (String::new(), Vec::new()),
            |statement| {
                (
                    statement.description,
                    statement.attestation_root_certificates,
                )
            },
        );
        let roots = texts.iter().filter_map(|text| {
            let text: String = text.split_ascii_whitespace().collect();
            BASE64.decode(text.as_bytes()).ok()
        });
        Model {
            description,
            standing,
            roots: roots.collect(),
        }
    }
}
