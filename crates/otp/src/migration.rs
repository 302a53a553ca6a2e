//! `otpauth-migration:` URIs, the export of Google's authenticator app; refuses, entry by entry,
//! what has no equivalent.

mod wire;

use data_encoding::{BASE64, BASE64_NOPAD};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode, utf8_percent_encode};
use prost::Message as _;
use zeroize::Zeroizing;

use crate::error::{EntryError, MigrationError};
use crate::key_uri::{KeyUri, after_prefix};
use wire::{Entry, Payload};

/// The longest text that is parsed, in bytes: more than twice what a QR code holds, for escaped
/// base64.
pub const MAX_TEXT: usize = 8192;

/// How many entries [`export`] puts in one QR code; ten is what the app itself does.
pub const ENTRIES_PER_PART: usize = 10;

const PREFIX: &str = "otpauth-migration://offline?";

/// One scanned QR code of an export.
pub struct Part {
    /// What is in it; an entry that cannot be used does not hide the others.
    pub entries: Vec<Result<KeyUri, EntryError>>,
    /// Which QR code of the export this is, from 0.
    pub index: u32,
    /// How many QR codes the export has, at least 1.
    pub count: u32,
    /// The same number in all QR codes of one export.
    pub batch: i32,
}

/// Reads one QR code of an export.
///
/// Base64 in the standard or the URL alphabet, escaped or not, with or without padding. A period is
/// not in the format: TOTP entries have 30 seconds.
pub fn parse(text: &str) -> Result<Part, MigrationError> {
    let text = text.trim();
    if text.len() > MAX_TEXT {
        return Err(MigrationError::TooLong);
    }
    let query = after_prefix(text, PREFIX).ok_or(MigrationError::Scheme)?;
    let mut values = query
        .split('&')
        .filter_map(|pair| pair.strip_prefix("data="));
    let (Some(data), None) = (values.next(), values.next()) else {
        return Err(MigrationError::Scheme);
    };
    let mut payload = Payload::decode(&**base64(data)?).map_err(|_| MigrationError::Payload)?;
    let entries = payload.entries.iter_mut().map(Entry::read).collect();
    Ok(Part {
        entries,
        index: u32::try_from(payload.batch_index).map_err(|_| MigrationError::Payload)?,
        count: u32::try_from(payload.batch_size)
            .map_err(|_| MigrationError::Payload)?
            .max(1),
        batch: payload.batch_id,
    })
}

/// Writes an export, one URI for every [`ENTRIES_PER_PART`] entries, each short enough for a QR
/// code unless names are very long. `batch` is any number that tells this export from the next.
///
/// The format has only six and eight digits and 30 seconds; the first entry that differs is
/// returned with its place in `keys`, and nothing is written.
pub fn export(keys: &[KeyUri], batch: i32) -> Result<Vec<Zeroizing<String>>, (usize, EntryError)> {
    let mut entries = keys
        .iter()
        .enumerate()
        .map(|(at, key)| Entry::write(key).map_err(|error| (at, error)))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter()
        .peekable();
    let count = i32::try_from(keys.len().div_ceil(ENTRIES_PER_PART)).unwrap_or(i32::MAX);
    let mut parts = Vec::new();
    while entries.peek().is_some() {
        let payload = Payload {
            entries: entries.by_ref().take(ENTRIES_PER_PART).collect(),
            version: 1,
            batch_size: count,
            batch_index: i32::try_from(parts.len()).unwrap_or(i32::MAX),
            batch_id: batch,
        };
        let data = Zeroizing::new(BASE64.encode(&Zeroizing::new(payload.encode_to_vec())));
        let mut text = Zeroizing::new(String::with_capacity(PREFIX.len() + 5 + 3 * data.len()));
        text.extend([PREFIX, "data="]);
        text.extend(utf8_percent_encode(&data, NON_ALPHANUMERIC));
        parts.push(text);
    }
    Ok(parts)
}

fn base64(data: &str) -> Result<Zeroizing<Vec<u8>>, MigrationError> {
    let mut symbols: Zeroizing<Vec<u8>> = Zeroizing::new(Vec::with_capacity(data.len()));
    symbols.extend(percent_decode(data.as_bytes()).map(|byte| match byte {
        // The URL alphabet, and a plus sign that a form decoder before us took for a space.
        b'-' | b' ' => b'+',
        b'_' => b'/',
        other => other,
    }));
    let end = symbols
        .iter()
        .rposition(|byte| *byte != b'=')
        .map_or(0, |last| last + 1);
    symbols.truncate(end);
    BASE64_NOPAD
        .decode(&symbols)
        .map(Zeroizing::new)
        .map_err(|_| MigrationError::Base64)
}
