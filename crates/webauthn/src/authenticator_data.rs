//! Authenticator data, what the authenticator signs (WebAuthn L3 §6.1); refuses any length but the
//! one that its flags announce.

use crate::aaguid::Aaguid;
use crate::cbor::Reader;
use crate::error::{AuthenticatorDataError as Error, CborError};

/// The longest authenticator data that are read, in bytes.
pub const MAX_AUTHENTICATOR_DATA: usize = 8192;

/// The flags (WebAuthn L3 §6.1). Reserved bits mean nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flags(u8);

impl Flags {
    /// From the byte.
    pub const fn from_byte(byte: u8) -> Self {
        Self(byte)
    }

    /// UP: a user was present.
    pub const fn user_present(self) -> bool {
        self.0 & 0x01 != 0
    }

    /// UV: the user was verified.
    pub const fn user_verified(self) -> bool {
        self.0 & 0x04 != 0
    }

    /// BE: the credential may be backed up.
    pub const fn backup_eligible(self) -> bool {
        self.0 & 0x08 != 0
    }

    /// BS: the credential is backed up.
    pub const fn backup_state(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// AT: attested credential data follow.
    pub const fn attested(self) -> bool {
        self.0 & 0x40 != 0
    }

    /// ED: extension outputs follow.
    pub const fn extensions(self) -> bool {
        self.0 & 0x80 != 0
    }
}

/// The new credential (WebAuthn L3 §6.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttestedCredential<'a> {
    /// The model.
    pub aaguid: Aaguid,
    /// The id; its length is judged by the ceremony.
    pub credential_id: &'a [u8],
    /// The public key, a COSE key as it stands there.
    pub public_key: &'a [u8],
}

/// Authenticator data, read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AuthenticatorData<'a> {
    /// SHA-256 of the RP ID.
    pub rp_id_hash: &'a [u8; 32],
    /// The flags.
    pub flags: Flags,
    /// The signature counter.
    pub sign_count: u32,
    /// The new credential, where the flags announce one.
    pub attested: Option<AttestedCredential<'a>>,
    /// A CBOR map of extension outputs, where the flags announce one. No output is known here.
    pub extensions: Option<&'a [u8]>,
}

impl<'a> AuthenticatorData<'a> {
    /// Reads all of the bytes or none.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        if bytes.len() > MAX_AUTHENTICATOR_DATA {
            return Err(Error::TooLong);
        }
        let (rp_id_hash, rest) = bytes.split_first_chunk().ok_or(Error::Truncated)?;
        let (&[flags, c0, c1, c2, c3], rest) = rest.split_first_chunk().ok_or(Error::Truncated)?;
        let flags = Flags(flags);
        let (attested, rest) = if flags.attested() {
            let (credential, rest) = AttestedCredential::parse(rest)?;
            (Some(credential), rest)
        } else {
            (None, rest)
        };
        let (extensions, rest) = if flags.extensions() {
            let (map, rest) = map(rest).map_err(Error::Extensions)?;
            (Some(map), rest)
        } else {
            (None, rest)
        };
        if !rest.is_empty() {
            return Err(Error::Trailing);
        }
        Ok(Self {
            rp_id_hash,
            flags,
            sign_count: u32::from_be_bytes([c0, c1, c2, c3]),
            attested,
            extensions,
        })
    }
}

impl<'a> AttestedCredential<'a> {
    fn parse(bytes: &'a [u8]) -> Result<(Self, &'a [u8]), Error> {
        let (aaguid, rest) = bytes.split_first_chunk().ok_or(Error::Truncated)?;
        let (length, rest) = rest.split_first_chunk().ok_or(Error::Truncated)?;
        let length = usize::from(u16::from_be_bytes(*length));
        let (credential_id, rest) = rest.split_at_checked(length).ok_or(Error::Truncated)?;
        let (public_key, rest) = map(rest).map_err(Error::PublicKey)?;
        let credential = Self {
            aaguid: Aaguid::from_bytes(*aaguid),
            credential_id,
            public_key,
        };
        Ok((credential, rest))
    }
}

/// One CBOR map (major type 5, RFC 8949 §3.1), and what stands behind it.
fn map(bytes: &[u8]) -> Result<(&[u8], &[u8]), CborError> {
    let mut reader = Reader::new(bytes);
    let item = reader.skip()?;
    if item.first().map(|first| first >> 5) != Some(5) {
        return Err(CborError::Type);
    }
    Ok((item, reader.rest()))
}
