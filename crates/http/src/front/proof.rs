//! The fields that present a second step: one code, two in a row, or a backup code.

use serde::Deserialize;

use countersign::Proof;

use crate::problem::Problem;

/// Exactly one way of the three.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProofFields {
    code: Option<String>,
    next_code: Option<String>,
    backup_code: Option<String>,
}

impl ProofFields {
    /// Whether it is a backup code, so that the same form is shown again.
    pub(super) fn is_backup_code(&self) -> bool {
        self.backup_code.is_some()
    }

    /// Whether it is two codes.
    pub(super) fn is_pair(&self) -> bool {
        self.next_code.is_some()
    }

    /// The proof.
    pub(super) fn proof(self) -> Result<Proof, Problem> {
        match (self.code, self.next_code, self.backup_code) {
            (Some(code), None, None) => Ok(Proof::code(code)),
            (Some(code), Some(next), None) => Ok(Proof::codes(code, next)),
            (None, None, Some(code)) => Ok(Proof::backup_code(code)),
            _ => Err(Problem::InvalidFields),
        }
    }
}
