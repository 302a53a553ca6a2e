//! Backup codes: shown once, typed back once, made anew.

use askama::Template;

use super::{Chrome, Moment, Steps, Wait};

/// The codes themselves: the answer to the post that made them, never shown again.
#[derive(Template)]
#[template(path = "backup_codes.html")]
pub struct BackupCodes {
    /// The frame.
    pub chrome: Chrome,
    /// Step 3, if they come with an enrollment.
    pub steps: Option<Steps>,
    /// Each as `7K3M-9QXD-T2WH-4RZC`.
    pub codes: Vec<String>,
    /// Whose they are, for the printed sheet.
    pub account: String,
    /// When they were made.
    pub made: Moment,
}

/// `GET /mfa/backup-codes/acknowledge`: type one back, which uses nothing up.
#[derive(Template)]
#[template(path = "type_one_back.html")]
pub struct TypeOneBack {
    /// The frame.
    pub chrome: Chrome,
    /// Step 4, if this belongs to an enrollment.
    pub steps: Option<Steps>,
    /// Why the form is shown again.
    pub problem: Option<TypeBackProblem>,
}

/// Why a typed-back code was not recognized.
#[derive(Clone, Debug)]
pub enum TypeBackProblem {
    /// Not one of the present set.
    Wrong,
    /// Too many wrong codes.
    Throttled(Wait),
}

/// `GET /mfa/backup-codes`: what regenerating does, before it is done.
#[derive(Template)]
#[template(path = "regenerate_backup_codes.html")]
pub struct RegenerateBackupCodes {
    /// The frame.
    pub chrome: Chrome,
    /// How many unused codes become void.
    pub left: u32,
}
