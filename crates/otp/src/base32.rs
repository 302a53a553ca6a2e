//! RFC 4648 base32 as `otpauth:` URIs use it; refuses every text that is not the one encoding of
//! its bytes.

use data_encoding::{BASE32_NOPAD, DecodeKind};
use zeroize::Zeroizing;

use crate::error::Base32Error;

/// The longest text looked at, in bytes. Longer ones are refused unread.
pub const MAX_TEXT: usize = 1024;

/// Encodes without padding, as `otpauth:` asks (RFC 4648 §3.2 lets the referring format say so).
pub fn encode(bytes: &[u8]) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(BASE32_NOPAD.encode_len(bytes.len())));
    BASE32_NOPAD.encode_append(bytes, &mut text);
    text
}

/// Decodes strictly: `A`–`Z` and `2`–`7` only (RFC 4648 §3.3), padding absent or exactly right,
/// unused bits zero (§3.5).
pub fn decode(text: &str) -> Result<Zeroizing<Vec<u8>>, Base32Error> {
    if text.len() > MAX_TEXT {
        return Err(Base32Error::Length);
    }
    let symbols = text.trim_end_matches('=');
    if symbols.contains('=') {
        return Err(Base32Error::Padding);
    }
    let decoded = decode_symbols(symbols.as_bytes())?;
    // A whole number of groups of eight, and less than one group of padding.
    let padding = text.len() - symbols.len();
    if padding == 0 || (padding < 8 && text.len().is_multiple_of(8)) {
        Ok(decoded)
    } else {
        Err(Base32Error::Padding)
    }
}

/// Decodes what a person copied by hand: any case, with spaces and hyphens anywhere; otherwise as
/// [`decode`].
///
/// Only for the edge where people type (RFC 4648 §3.3 wants a reason to be lenient).
pub fn decode_lenient(text: &str) -> Result<Zeroizing<Vec<u8>>, Base32Error> {
    if text.len() > MAX_TEXT {
        return Err(Base32Error::Length);
    }
    let mut tidy = Zeroizing::new(String::with_capacity(text.len()));
    tidy.extend(
        text.chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| c.to_ascii_uppercase()),
    );
    decode(&tidy)
}

fn decode_symbols(symbols: &[u8]) -> Result<Zeroizing<Vec<u8>>, Base32Error> {
    let len = BASE32_NOPAD
        .decode_len(symbols.len())
        .map_err(|_| Base32Error::Length)?;
    let mut bytes = Zeroizing::new(vec![0; len]);
    BASE32_NOPAD
        .decode_mut(symbols, &mut bytes)
        .map_err(|partial| match partial.error.kind {
            DecodeKind::Length => Base32Error::Length,
            DecodeKind::Trailing => Base32Error::TrailingBits,
            DecodeKind::Padding => Base32Error::Padding,
            DecodeKind::Symbol => Base32Error::Symbol,
        })?;
    Ok(bytes)
}
