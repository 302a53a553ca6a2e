//! The rule for issuer and account names; refuses what authenticator apps would split, cut or hide.

use crate::error::LabelError;

/// The longest issuer or account name, in bytes of UTF-8: two of them fit a QR code,
/// percent-encoded.
pub const MAX_LABEL: usize = 255;

/// Whether text can be the issuer or the account in an `otpauth:` URI: 1..=[`MAX_LABEL`] bytes, no
/// `:` (which separates the two), no control characters, no white space at the ends.
///
/// Ask before an enrollment begins, so that a bad issuer is found when it is configured, not when
/// it is scanned.
pub fn validate_label(label: &str) -> Result<(), LabelError> {
    if label.is_empty() {
        Err(LabelError::Empty)
    } else if label.len() > MAX_LABEL {
        Err(LabelError::TooLong)
    } else if label.contains(':') {
        Err(LabelError::Colon)
    } else if label
        .chars()
        .any(|c| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}'))
    {
        Err(LabelError::Control)
    } else if label.trim() != label {
        Err(LabelError::OuterSpace)
    } else {
        Ok(())
    }
}

/// A checked name out of foreign text, white space at the ends dropped.
pub(crate) fn imported(label: &str) -> Result<String, LabelError> {
    let label = label.trim();
    validate_label(label)?;
    Ok(label.to_owned())
}
