//! The attestation object (WebAuthn L3 §6.5.4); refuses other members than its three.

use crate::cbor::{Key, Reader};
use crate::error::CborError;

/// An attestation object, taken apart and not yet judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttestationObject<'a> {
    /// `fmt`: 1 to 32 printable letters (WebAuthn L3 §8.1).
    pub format: &'a str,
    /// `authData`.
    pub auth_data: &'a [u8],
    /// `attStmt`, a CBOR map as it stands there.
    pub statement: &'a [u8],
}

impl<'a> AttestationObject<'a> {
    /// Reads all of the bytes or none.
    pub fn parse(cbor: &'a [u8]) -> Result<Self, CborError> {
        let (mut format, mut auth_data, mut statement) = (None, None, None);
        let mut reader = Reader::new(cbor);
        reader.map(|reader, key| {
            match key {
                Key::Text("fmt") => format = Some(reader.text()?),
                Key::Text("attStmt") => statement = Some(reader.skip()?),
                Key::Text("authData") => auth_data = Some(reader.bytes()?),
                _ => return Err(CborError::Member),
            }
            Ok(())
        })?;
        reader.end()?;
        let object = Self {
            format: format.ok_or(CborError::Member)?,
            auth_data: auth_data.ok_or(CborError::Member)?,
            statement: statement.ok_or(CborError::Member)?,
        };
        let printable = object.format.bytes().all(|byte| byte.is_ascii_graphic());
        let is_map = object.statement.first().map(|first| first >> 5) == Some(5);
        if !printable || !(1..=32).contains(&object.format.len()) || !is_map {
            return Err(CborError::Type);
        }
        Ok(object)
    }
}
