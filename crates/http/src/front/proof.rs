//! The fields that present a second step: one code, two in a row, a backup code, or a passkey's
//! answer.

use serde::Deserialize;

use countersign::Proof;
use countersign::webauthn::AuthenticationResponse;

use crate::problem::Problem;

/// Exactly one way of the four.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProofFields {
    code: Option<String>,
    next_code: Option<String>,
    backup_code: Option<String>,
    passkey: Option<AuthenticationResponse>,
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

    /// Whether it is a passkey's answer.
    pub(super) fn is_passkey(&self) -> bool {
        self.passkey.is_some()
    }

    /// The proof.
    pub(super) fn proof(self) -> Result<Proof, Problem> {
        match (self.code, self.next_code, self.backup_code, self.passkey) {
            (Some(code), None, None, None) => Ok(Proof::code(code)),
            (Some(code), Some(next), None, None) => Ok(Proof::codes(code, next)),
            (None, None, Some(code), None) => Ok(Proof::backup_code(code)),
            (None, None, None, Some(answer)) => Ok(Proof::passkey(answer)),
            _ => Err(Problem::InvalidFields),
        }
    }
}
