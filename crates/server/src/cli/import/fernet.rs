//! Fernet (version 0x80 of its specification), to open what another program sealed: the HMAC first, in
//! constant time, under each key in turn. It seals nothing, and looks at no age.

use aes::Aes128;
use cbc::Decryptor;
use cbc::cipher::block_padding::Pkcs7;
use cbc::cipher::{BlockModeDecrypt as _, KeyIvInit as _};
use data_encoding::BASE64URL_NOPAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// The longest token that is looked at, in characters.
const MOST: usize = 4096;
const VERSION: u8 = 0x80;
/// Version and time.
const HEAD: usize = 1 + 8;
const IV: usize = 16;
const MAC: usize = 32;

/// One key or several, as `MultiFernet` tries them.
pub(super) struct Keys(Vec<Zeroizing<[u8; 32]>>);

impl Keys {
    /// From keys that stand apart by commas or white space; none if one of them is no key.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let words = text.split(|c: char| c == ',' || c.is_whitespace());
        let keys = words.filter(|word| !word.is_empty()).map(|word| {
            let bytes = Zeroizing::new(decode(word)?);
            Some(Zeroizing::new(<[u8; 32]>::try_from(bytes.as_slice()).ok()?))
        });
        let keys: Vec<_> = keys.collect::<Option<_>>()?;
        (!keys.is_empty()).then_some(Self(keys))
    }

    /// What was sealed under one of the keys.
    pub(super) fn open(&self, token: &str) -> Option<Zeroizing<Vec<u8>>> {
        if token.len() > MOST {
            return None;
        }
        let token = decode(token)?;
        self.0.iter().find_map(|key| open(key, &token))
    }
}

/// The first half of a key signs, the second encrypts.
fn open(key: &[u8; 32], token: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (signing, encryption) = key.split_at(16);
    let (signed, mac) = token.split_at_checked(token.len().checked_sub(MAC)?)?;
    let mut hmac = Hmac::<Sha256>::new_from_slice(signing).ok()?;
    hmac.update(signed);
    hmac.verify_slice(mac).ok()?;
    let (head, rest) = signed.split_at_checked(HEAD)?;
    let (iv, sealed) = rest.split_at_checked(IV)?;
    if head.first() != Some(&VERSION) || sealed.is_empty() {
        return None;
    }
    let mut plain = Zeroizing::new(sealed.to_vec());
    let length = Decryptor::<Aes128>::new_from_slices(encryption, iv)
        .ok()?
        .decrypt_padded::<Pkcs7>(&mut plain)
        .ok()?
        .len();
    plain.truncate(length);
    Some(plain)
}

/// URL-safe base64, with its padding or without.
fn decode(text: &str) -> Option<Vec<u8>> {
    BASE64URL_NOPAD
        .decode(text.trim_end_matches('=').as_bytes())
        .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `verify.json` of the specification.
    const KEY: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    const TOKEN: &str = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";
    const OTHER: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";

    fn opened(keys: &str, token: &str) -> Option<Vec<u8>> {
        Keys::parse(keys).unwrap().open(token).map(|it| it.to_vec())
    }

    #[test]
    fn the_specifications_token_opens_under_any_of_several_keys() {
        assert_eq!(opened(KEY, TOKEN).unwrap(), b"hello");
        assert_eq!(
            opened(&format!("{OTHER},\n{KEY}"), TOKEN).unwrap(),
            b"hello"
        );
        assert!(opened(OTHER, TOKEN).is_none());
    }

    #[test]
    fn a_token_that_was_changed_anywhere_does_not_open() {
        let bytes = decode(TOKEN).unwrap();
        for at in 0..bytes.len() {
            let mut changed = bytes.clone();
            changed[at] ^= 1;
            assert!(
                opened(KEY, &BASE64URL_NOPAD.encode(&changed)).is_none(),
                "{at}"
            );
            let short = BASE64URL_NOPAD.encode(&bytes[..at]);
            assert!(opened(KEY, &short).is_none(), "{at}");
        }
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in [
            "",
            " , ",
            "short",
            &KEY[..42],
            &format!("{KEY} short"),
            &"A".repeat(86),
        ] {
            assert!(Keys::parse(text).is_none(), "{text}");
        }
    }
}
