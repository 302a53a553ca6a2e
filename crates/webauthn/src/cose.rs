//! COSE keys of the four algorithms on offer (RFC 9053, WebAuthn L3 §5.8.5, §6.5.1); refuses other
//! members, compressed points, short RSA moduli and small exponents.

use crate::cbor::{Key, Reader, Value};
use crate::error::{CborError, CoseError};
use crate::signature::PublicKey;

/// A signature algorithm, by its number in the COSE registry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Algorithm {
    /// ECDSA on P-256 with SHA-256, -7.
    Es256,
    /// Ed25519, -8.
    EdDsa,
    /// ECDSA on P-384 with SHA-384, -35.
    Es384,
    /// RSASSA-PKCS1-v1_5 with SHA-256, -257. For platform authenticators on TPMs that have nothing
    /// else; ASVS counts it as legacy.
    Rs256,
}

impl Algorithm {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 4] = [Self::Es256, Self::EdDsa, Self::Es384, Self::Rs256];

    /// The number in the COSE registry.
    pub const fn number(self) -> i64 {
        match self {
            Self::Es256 => -7,
            Self::EdDsa => -8,
            Self::Es384 => -35,
            Self::Rs256 => -257,
        }
    }

    /// The algorithm of a number.
    pub fn from_number(number: i64) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|algorithm| algorithm.number() == number)
    }
}

impl serde::Serialize for Algorithm {
    fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_i64(self.number())
    }
}

impl<'de> serde::Deserialize<'de> for Algorithm {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let number = i64::deserialize(from)?;
        Self::from_number(number).ok_or_else(|| serde::de::Error::custom("an unknown algorithm"))
    }
}

/// The longest COSE key that is read: an RSA key of 4 096 bits and its frame.
pub const MAX_KEY: usize = 600;

/// The algorithm number that a COSE key names, whatever else it holds.
pub(crate) fn algorithm_number(cose: &[u8]) -> Result<i64, CoseError> {
    let mut number = None;
    let mut reader = Reader::new(cose);
    reader.map(|reader, key| {
        if key == Key::Int(3) {
            number = Some(reader.int()?);
            return Ok(());
        }
        reader.skip().map(drop)
    })?;
    reader.end()?;
    number.ok_or(CoseError::Member)
}

/// The members of a COSE key that the four algorithms have. What -1 to -3 mean depends on `kty`.
#[derive(Default)]
struct Members<'a> {
    kty: Option<i64>,
    alg: Option<i64>,
    first: Option<Value<'a>>,
    second: Option<Value<'a>>,
    third: Option<Value<'a>>,
}

impl<'a> Members<'a> {
    fn read(cose: &'a [u8]) -> Result<Self, CoseError> {
        if cose.len() > MAX_KEY {
            return Err(CborError::TooLarge.into());
        }
        let mut members = Self::default();
        let mut reader = Reader::new(cose);
        reader.map(|reader, key| {
            match key {
                Key::Int(1) => members.kty = Some(reader.int()?),
                Key::Int(3) => members.alg = Some(reader.int()?),
                Key::Int(-1) => members.first = Some(reader.value()?),
                Key::Int(-2) => members.second = Some(reader.value()?),
                Key::Int(-3) => members.third = Some(reader.value()?),
                _ => return Err(CoseError::Member),
            }
            Ok(())
        })?;
        reader.end()?;
        Ok(members)
    }
}

impl<'a> PublicKey<'a> {
    /// Reads a COSE key; whether a point lies on its curve, only [`check`](Self::check) and each
    /// verification tell.
    pub fn from_cose(cose: &'a [u8]) -> Result<Self, CoseError> {
        use Value::{Bytes, Int};
        let Members {
            kty,
            alg,
            first,
            second,
            third,
        } = Members::read(cose)?;
        let algorithm = alg.ok_or(CoseError::Member)?;
        let algorithm = Algorithm::from_number(algorithm).ok_or(CoseError::Algorithm(algorithm))?;
        match (algorithm, kty, first, second, third) {
            // RFC 9053 §7.1.1: kty EC2, crv, x, y. A sign bit instead of y would be a compressed point.
            (Algorithm::Es256, Some(2), Some(Int(1)), Some(Bytes(x)), Some(Bytes(y))) => {
                Self::p256(x, y)
            }
            (Algorithm::Es384, Some(2), Some(Int(2)), Some(Bytes(x)), Some(Bytes(y))) => {
                Self::p384(x, y)
            }
            // RFC 9053 §7.2: kty OKP, crv Ed25519, x.
            (Algorithm::EdDsa, Some(1), Some(Int(6)), Some(Bytes(x)), None) => Self::ed25519(x),
            // RFC 8230 §4: kty RSA, n, e.
            (Algorithm::Rs256, Some(3), Some(Bytes(n)), Some(Bytes(e)), None) => Self::rsa(n, e),
            _ => Err(CoseError::Member),
        }
    }
}
