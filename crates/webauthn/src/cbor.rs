//! Reads CBOR in the one form that authenticators may write (WebAuthn L3 §2.4, CTAP2 canonical
//! form); refuses indefinite and long-form lengths, tags, unsorted or repeated keys and deep nests.

use ciborium_ll::{Decoder, Header};

use crate::error::CborError;

/// How deep arrays and maps may stand in each other. Attestation needs four.
const MAX_DEPTH: u8 = 8;

/// Reads items from the front of a slice; copies nothing.
pub(crate) struct Reader<'a> {
    rest: &'a [u8],
}

/// A key of a map.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Key<'a> {
    /// An integer, as COSE labels are.
    Int(i64),
    /// A text, as members of statements are.
    Text(&'a str),
}

/// A number or bytes, what a COSE label may stand for.
#[derive(Clone, Copy)]
pub(crate) enum Value<'a> {
    /// A number.
    Int(i64),
    /// Bytes.
    Bytes(&'a [u8]),
}

impl<'a> Reader<'a> {
    pub(crate) fn new(input: &'a [u8]) -> Self {
        Self { rest: input }
    }

    /// What has not been read.
    pub(crate) fn rest(&self) -> &'a [u8] {
        self.rest
    }

    /// Refuses what is left over.
    pub(crate) fn end(&self) -> Result<(), CborError> {
        if self.rest.is_empty() {
            return Ok(());
        }
        Err(CborError::Trailing)
    }

    pub(crate) fn int(&mut self) -> Result<i64, CborError> {
        match self.value()? {
            Value::Int(number) => Ok(number),
            Value::Bytes(_) => Err(CborError::Type),
        }
    }

    pub(crate) fn bytes(&mut self) -> Result<&'a [u8], CborError> {
        match self.value()? {
            Value::Bytes(bytes) => Ok(bytes),
            Value::Int(_) => Err(CborError::Type),
        }
    }

    pub(crate) fn text(&mut self) -> Result<&'a str, CborError> {
        match self.header()? {
            Header::Text(Some(length)) => self.text_of(length),
            _ => Err(CborError::Type),
        }
    }

    pub(crate) fn value(&mut self) -> Result<Value<'a>, CborError> {
        match self.header()? {
            Header::Positive(number) => {
                let number = i64::try_from(number).map_err(|_| CborError::Type)?;
                Ok(Value::Int(number))
            }
            Header::Negative(number) => {
                let number = i64::try_from(number).map_err(|_| CborError::Type)?;
                Ok(Value::Int(-1 - number))
            }
            Header::Bytes(Some(length)) => Ok(Value::Bytes(self.take(length)?)),
            _ => Err(CborError::Type),
        }
    }

    /// Reads an array of at most `most` byte strings.
    pub(crate) fn list(&mut self, most: usize) -> Result<Vec<&'a [u8]>, CborError> {
        match self.header()? {
            Header::Array(Some(count)) if count <= most => {
                (0..count).map(|_| self.bytes()).collect()
            }
            Header::Array(Some(_)) => Err(CborError::TooLarge),
            _ => Err(CborError::Type),
        }
    }

    /// Reads a map: `member` reads the value of each key it is told.
    pub(crate) fn map<E: From<CborError>>(
        &mut self,
        mut member: impl FnMut(&mut Self, Key<'a>) -> Result<(), E>,
    ) -> Result<(), E> {
        let Header::Map(Some(count)) = self.header()? else {
            return Err(CborError::Type.into());
        };
        let mut last: &[u8] = &[];
        for _ in 0..count {
            last = self.key_after(last, 1)?;
            let key = Self::key(last)?;
            member(self, key)?;
        }
        Ok(())
    }

    /// Passes over one item of any kind and gives the bytes it took.
    pub(crate) fn skip(&mut self) -> Result<&'a [u8], CborError> {
        let from = self.rest;
        self.pass(0)?;
        let length = from.len().saturating_sub(self.rest.len());
        Ok(from.get(..length).unwrap_or_default())
    }

    fn pass(&mut self, depth: u8) -> Result<(), CborError> {
        if depth > MAX_DEPTH {
            return Err(CborError::TooDeep);
        }
        match self.header()? {
            Header::Bytes(Some(length)) => self.take(length).map(drop),
            Header::Text(Some(length)) => self.text_of(length).map(drop),
            Header::Array(Some(count)) => (0..count).try_for_each(|_| self.pass(depth + 1)),
            Header::Map(Some(count)) => {
                let mut last: &[u8] = &[];
                (0..count).try_for_each(|_| {
                    last = self.key_after(last, depth + 1)?;
                    self.pass(depth + 1)
                })
            }
            _ => Ok(()),
        }
    }

    /// The encoded key that comes next, which must sort behind the one before: by its type, then
    /// its length, then its bytes. No key can stand twice then.
    fn key_after(&mut self, last: &'a [u8], depth: u8) -> Result<&'a [u8], CborError> {
        let from = self.rest;
        self.pass(depth)?;
        let length = from.len().saturating_sub(self.rest.len());
        let key = from.get(..length).unwrap_or_default();
        let rank = |key: &'a [u8]| (key.first().map(|first| first >> 5), key.len(), key);
        if last.is_empty() || rank(last) < rank(key) {
            return Ok(key);
        }
        Err(CborError::KeyOrder)
    }

    fn key(encoded: &'a [u8]) -> Result<Key<'a>, CborError> {
        let mut reader = Reader::new(encoded);
        match encoded.first().map(|first| first >> 5) {
            Some(0 | 1) => reader.int().map(Key::Int),
            Some(3) => reader.text().map(Key::Text),
            _ => Err(CborError::Type),
        }
    }

    fn text_of(&mut self, length: usize) -> Result<&'a str, CborError> {
        core::str::from_utf8(self.take(length)?).map_err(|_| CborError::Syntax)
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], CborError> {
        let (taken, rest) = self
            .rest
            .split_at_checked(length)
            .ok_or(CborError::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn header(&mut self) -> Result<Header, CborError> {
        let mut decoder = Decoder::from(self.rest);
        let header = decoder.pull().map_err(|error| match error {
            ciborium_ll::Error::Io(_) => CborError::Truncated,
            ciborium_ll::Error::Syntax(_) => CborError::Syntax,
        })?;
        let length = decoder.offset();
        let argument = match header {
            Header::Positive(number) | Header::Negative(number) => number,
            Header::Bytes(Some(count))
            | Header::Text(Some(count))
            | Header::Array(Some(count))
            | Header::Map(Some(count)) => u64::try_from(count).map_err(|_| CborError::TooLarge)?,
            Header::Simple(number) => u64::from(number),
            Header::Float(_) => {
                self.take(length)?;
                return Ok(header);
            }
            _ => return Err(CborError::Syntax),
        };
        if length != shortest(argument) {
            return Err(CborError::LongForm);
        }
        self.take(length)?;
        Ok(header)
    }
}

/// How many bytes a header with this argument takes at least (RFC 8949 §4.2.1).
fn shortest(argument: u64) -> usize {
    match argument {
        0..=23 => 1,
        24..=0xff => 2,
        0x100..=0xffff => 3,
        0x1_0000..=0xffff_ffff => 5,
        _ => 9,
    }
}
