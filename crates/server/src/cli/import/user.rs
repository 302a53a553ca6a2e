//! A row of the table as a user to be moved in, or what is wrong with it. No fault tells a secret.

use countersign::authenticator::Label;
use countersign::otp::{Algorithm, Digits, ParameterError, Period, Secret, SecretError};
use countersign::port::store::ImportedCodes;
use countersign::user::{UserId, UserName};
use countersign::{BcryptHash, BcryptHashError, ImportUser};

use super::fernet::Keys;
use super::table::{Codes, Row};

/// Why a row is no user that can be moved in.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error("user_id: 1 to 128 bytes without control characters, and neither . nor ..")]
    UserId,
    #[error("account_name: 1 to 64 characters without colon and control characters")]
    AccountName,
    #[error("account_name is missing, and user_id cannot be shown in its place")]
    NoAccountName,
    #[error("totp_secret is missing: leave out users without one")]
    NoSecret,
    #[error("totp_secret opens with none of the Fernet keys: another key, or a changed token")]
    Sealed,
    #[error("totp_secret: what was sealed is no base32 secret: {0}")]
    Secret(#[from] SecretError),
    #[error("{0}")]
    Parameter(#[from] ParameterError),
    #[error("label: 1 to 64 characters without control characters")]
    Label,
    #[error("backup_codes: neither a list nor hashes with | between them")]
    Codes,
    #[error("backup_codes: more than {}", ImportedCodes::MOST)]
    TooMany,
    #[error("backup_codes: number {0}: {1}")]
    Hash(usize, BcryptHashError),
}

/// The user of a row.
pub(super) fn user(row: Row, keys: &Keys) -> Result<ImportUser, Fault> {
    let id = row.user_id.text();
    let user = UserId::parse(&id).map_err(|_| Fault::UserId)?;
    let account = match row.account_name {
        Some(name) => UserName::parse(&name).map_err(|_| Fault::AccountName)?,
        None => UserName::parse(&id).map_err(|_| Fault::NoAccountName)?,
    };
    let label = row.label.as_deref().unwrap_or("Authenticator app");
    Ok(ImportUser {
        user,
        account,
        label: Label::parse(label).map_err(|_| Fault::Label)?,
        secret: secret(row.totp_secret.as_deref(), keys)?,
        algorithm: row
            .algorithm
            .map_or(Ok(Algorithm::default()), |name| name.parse())?,
        digits: row.digits.map_or(Ok(Digits::default()), Digits::try_from)?,
        period: row.period.map_or(Ok(Period::default()), Period::try_from)?,
        backup_codes: hashes(row.backup_codes)?,
    })
}

fn secret(token: Option<&str>, keys: &Keys) -> Result<Secret, Fault> {
    let token = token.map(str::trim).filter(|token| !token.is_empty());
    let plain = keys.open(token.ok_or(Fault::NoSecret)?);
    let plain = plain.ok_or(Fault::Sealed)?;
    let text = std::str::from_utf8(&plain).unwrap_or_default();
    Ok(Secret::from_base32_lenient(text)?)
}

fn hashes(codes: Option<Codes>) -> Result<Vec<BcryptHash>, Fault> {
    let list = match codes {
        None => Vec::new(),
        Some(Codes::List(list)) => list,
        Some(Codes::Text(text)) if text.trim().is_empty() => Vec::new(),
        Some(Codes::Text(text)) if text.trim_start().starts_with('[') => {
            serde_json::from_str(&text).map_err(|_| Fault::Codes)?
        }
        Some(Codes::Text(text)) => text.split('|').map(|hash| hash.trim().to_owned()).collect(),
    };
    if list.len() > usize::from(ImportedCodes::MOST) {
        return Err(Fault::TooMany);
    }
    let hash = |(at, text): (usize, &String)| {
        BcryptHash::parse(text).map_err(|error| Fault::Hash(at + 1, error))
    };
    list.iter().enumerate().map(hash).collect()
}
