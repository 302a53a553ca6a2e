//! The protocol buffer of the export, field numbers as the app has them; refuses values that mean
//! nothing here.

use zeroize::{Zeroize, ZeroizeOnDrop};

use crate::error::{EntryError, LabelError};
use crate::key_uri::{KeyUri, Moving};
use crate::label;
use crate::parameter::{Algorithm, Digits, Period};
use crate::secret::Secret;

#[derive(Clone, PartialEq, prost::Message)]
#[prost(skip_debug)]
pub(super) struct Payload {
    #[prost(message, repeated, tag = "1")]
    pub entries: Vec<Entry>,
    #[prost(int32, tag = "2")]
    pub version: i32,
    #[prost(int32, tag = "3")]
    pub batch_size: i32,
    #[prost(int32, tag = "4")]
    pub batch_index: i32,
    #[prost(int32, tag = "5")]
    pub batch_id: i32,
}

/// Enumerations are kept as numbers, so that an unknown one is an error of its entry and not of the
/// export.
#[derive(Clone, PartialEq, prost::Message, Zeroize, ZeroizeOnDrop)]
#[prost(skip_debug)]
pub(super) struct Entry {
    #[prost(bytes = "vec", tag = "1")]
    secret: Vec<u8>,
    #[prost(string, tag = "2")]
    name: String,
    #[prost(string, tag = "3")]
    issuer: String,
    /// 1 SHA-1, 2 SHA-256, 3 SHA-512, 4 MD5.
    #[prost(int32, tag = "4")]
    algorithm: i32,
    /// 1 six, 2 eight.
    #[prost(int32, tag = "5")]
    digits: i32,
    /// 1 HOTP, 2 TOTP.
    #[prost(int32, tag = "6")]
    kind: i32,
    #[prost(int64, tag = "7")]
    counter: i64,
}

impl Entry {
    pub(super) fn read(&mut self) -> Result<KeyUri, EntryError> {
        let algorithm = match self.algorithm {
            1 => Algorithm::Sha1,
            2 => Algorithm::Sha256,
            3 => Algorithm::Sha512,
            _ => return Err(EntryError::Algorithm),
        };
        let digits = match self.digits {
            1 => Digits::SIX,
            2 => Digits::EIGHT,
            _ => return Err(EntryError::Digits),
        };
        let moving = match self.kind {
            1 => Moving::Counter(u64::try_from(self.counter).map_err(|_| EntryError::Counter)?),
            2 => Moving::Time(Period::DEFAULT),
            _ => return Err(EntryError::Kind),
        };
        let (issuer, account) = self.names()?;
        let secret = Secret::from_bytes(&self.secret)?;
        Ok(KeyUri::from_parts(
            issuer,
            account,
            secret,
            (algorithm, digits, moving),
        ))
    }

    /// The name may be `issuer:account` or the account alone; the issuer field counts.
    fn names(&self) -> Result<(Option<String>, String), LabelError> {
        let (prefix, account) = self.name.split_once(':').unwrap_or(("", &self.name));
        let issuer = [self.issuer.as_str(), prefix]
            .into_iter()
            .find(|name| !name.trim().is_empty());
        Ok((
            issuer.map(label::imported).transpose()?,
            label::imported(account)?,
        ))
    }

    pub(super) fn write(key: &KeyUri) -> Result<Self, EntryError> {
        let (kind, counter) = match key.moving() {
            Moving::Counter(counter) => {
                (1, i64::try_from(counter).map_err(|_| EntryError::Counter)?)
            }
            Moving::Time(Period::DEFAULT) => (2, 0),
            Moving::Time(_) => return Err(EntryError::Period),
        };
        Ok(Self {
            secret: key.secret().expose().to_vec(),
            name: match key.issuer() {
                Some(issuer) => format!("{issuer}:{}", key.account()),
                None => key.account().to_owned(),
            },
            issuer: key.issuer().unwrap_or_default().to_owned(),
            algorithm: match key.algorithm() {
                Algorithm::Sha1 => 1,
                Algorithm::Sha256 => 2,
                Algorithm::Sha512 => 3,
            },
            digits: match key.digits() {
                Digits::SIX => 1,
                Digits::EIGHT => 2,
                _ => return Err(EntryError::Digits),
            },
            kind,
            counter,
        })
    }
}
