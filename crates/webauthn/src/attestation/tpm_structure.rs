//! Two structures of a TPM (TPM 2.0 Library, Part 2: `TPMT_PUBLIC`, `TPMS_ATTEST`); refuses bytes
//! behind their end and every kind of key but P-256, P-384 and RSA.

use crate::digest::{sha256, sha384, sha512};
use crate::error::TpmError as Error;
use crate::signature::PublicKey;

const GENERATED: u32 = 0xff54_4347;
const ATTEST_CERTIFY: u16 = 0x8017;
const RSA: u16 = 0x0001;
const ECC: u16 = 0x0023;
const NULL: u16 = 0x0010;
const SHA256: u16 = 0x000b;
const SHA384: u16 = 0x000c;
const SHA512: u16 = 0x000d;

/// `TPMS_ATTEST` about a key.
pub(super) struct CertInfo<'a> {
    pub(super) extra_data: &'a [u8],
    pub(super) name: &'a [u8],
}

impl<'a> CertInfo<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader(bytes);
        if reader.u32()? != GENERATED {
            return Err(Error::Magic);
        }
        if reader.u16()? != ATTEST_CERTIFY {
            return Err(Error::Type);
        }
        let _qualified_signer = reader.sized()?;
        let extra_data = reader.sized()?;
        // Clock, reset and restart counts, safe, firmware version: nothing to compare them with.
        reader.take(8 + 4 + 4 + 1 + 8)?;
        let name = reader.sized()?;
        let _qualified_name = reader.sized()?;
        reader.end()?;
        Ok(Self { extra_data, name })
    }
}

/// `TPMT_PUBLIC`.
pub(super) struct PubArea<'a> {
    whole: &'a [u8],
    name_algorithm: u16,
    unique: Unique<'a>,
}

enum Unique<'a> {
    Rsa { n: &'a [u8], e: [u8; 4] },
    P256 { x: [u8; 32], y: [u8; 32] },
    P384 { x: [u8; 48], y: [u8; 48] },
}

impl<'a> PubArea<'a> {
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let mut reader = Reader(bytes);
        let kind = reader.u16()?;
        let name_algorithm = reader.u16()?;
        let _attributes = reader.u32()?;
        let _policy = reader.sized()?;
        // A symmetric algorithm brings key bits and mode, a scheme its hash.
        reader.choice(4)?;
        reader.choice(2)?;
        let unique = match kind {
            RSA => {
                let _bits = reader.u16()?;
                let exponent = match reader.u32()? {
                    0 => 65_537,
                    exponent => exponent,
                };
                Unique::Rsa {
                    n: reader.sized()?,
                    e: exponent.to_be_bytes(),
                }
            }
            ECC => {
                let curve = reader.u16()?;
                reader.choice(2)?;
                let (x, y) = (reader.sized()?, reader.sized()?);
                match curve {
                    3 => Unique::P256 {
                        x: padded(x)?,
                        y: padded(y)?,
                    },
                    4 => Unique::P384 {
                        x: padded(x)?,
                        y: padded(y)?,
                    },
                    _ => return Err(Error::Structure),
                }
            }
            _ => return Err(Error::Structure),
        };
        reader.end()?;
        Ok(Self {
            whole: bytes,
            name_algorithm,
            unique,
        })
    }

    /// Whether it describes this key.
    pub(super) fn is_of(&self, key: &PublicKey<'_>) -> bool {
        let own = match &self.unique {
            Unique::Rsa { n, e } => {
                let zeros = e.iter().take_while(|byte| **byte == 0).count();
                PublicKey::rsa(n, e.get(zeros..).unwrap_or_default())
            }
            Unique::P256 { x, y } => PublicKey::p256(x, y),
            Unique::P384 { x, y } => PublicKey::p384(x, y),
        };
        own.is_ok_and(|own| own == *key)
    }

    /// Whether a name is that of this structure: the number of a hash, then that hash over it
    /// (Part 1, 16). SHA-1 names nothing.
    pub(super) fn is_named(&self, name: &[u8]) -> bool {
        let hash = match self.name_algorithm {
            SHA256 => sha256(self.whole).to_vec(),
            SHA384 => sha384(self.whole).to_vec(),
            SHA512 => sha512(self.whole).to_vec(),
            _ => return false,
        };
        name.strip_prefix(&self.name_algorithm.to_be_bytes()) == Some(hash.as_slice())
    }
}

/// A coordinate to its full length: a TPM may leave zeros in front out.
fn padded<const LENGTH: usize>(bytes: &[u8]) -> Result<[u8; LENGTH], Error> {
    let mut padded = [0; LENGTH];
    let zeros = LENGTH.checked_sub(bytes.len()).ok_or(Error::Structure)?;
    for (slot, byte) in padded.iter_mut().skip(zeros).zip(bytes) {
        *slot = *byte;
    }
    Ok(padded)
}

/// Big-endian numbers and sized buffers (`TPM2B`).
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], Error> {
        let (taken, rest) = self.0.split_at_checked(length).ok_or(Error::Structure)?;
        self.0 = rest;
        Ok(taken)
    }

    fn u16(&mut self) -> Result<u16, Error> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Error::Structure)?;
        self.0 = rest;
        Ok(u16::from_be_bytes(*bytes))
    }

    fn u32(&mut self) -> Result<u32, Error> {
        let (bytes, rest) = self.0.split_first_chunk().ok_or(Error::Structure)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*bytes))
    }

    fn sized(&mut self) -> Result<&'a [u8], Error> {
        let length = usize::from(self.u16()?);
        self.take(length)
    }

    /// An algorithm, and its parameters of a fixed length unless it is none.
    fn choice(&mut self, length: usize) -> Result<(), Error> {
        if self.u16()? != NULL {
            self.take(length)?;
        }
        Ok(())
    }

    fn end(&self) -> Result<(), Error> {
        if self.0.is_empty() {
            return Ok(());
        }
        Err(Error::Structure)
    }
}
