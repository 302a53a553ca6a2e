//! What people type and are shown: passwords, proofs, backup codes. Zeroized, and without `Debug`.

#[cfg(feature = "passkeys")]
use countersign_webauthn::AuthenticationResponse;
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use crate::clock::{Randomness, random};
use crate::error::Error;

/// A password as typed. At most 1024 bytes of it are looked at, and a longer one is never right.
pub struct Password(Zeroizing<String>);

impl Password {
    /// The longest that is looked at, in bytes.
    pub const MOST_BYTES: usize = 1024;

    /// Takes what was typed.
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// As it was typed, for whoever keeps it elsewhere; none when it is empty (which opens more than one
    /// LDAP server) or too long to be looked at.
    pub(crate) fn typed(&self) -> Option<&str> {
        (1..=Self::MOST_BYTES)
            .contains(&self.0.len())
            .then_some(self.0.as_str())
    }

    /// In NFC, so that one password typed on two keyboards is one (SP 800-63B-4 §3.1.1.2); none when
    /// it is too long to be looked at.
    pub(crate) fn normalized(&self) -> Option<Zeroizing<String>> {
        if self.0.len() > Self::MOST_BYTES {
            None
        } else {
            Some(Zeroizing::new(self.0.nfc().collect()))
        }
    }
}

/// What is presented as the second step.
pub struct Proof(pub(crate) Presented);

pub(crate) enum Presented {
    Code {
        code: Zeroizing<String>,
        next: Option<Zeroizing<String>>,
    },
    BackupCode(Zeroizing<String>),
    #[cfg(feature = "passkeys")]
    Passkey(Box<AuthenticationResponse>),
}

impl Proof {
    /// A TOTP or HOTP code.
    pub fn code(text: impl Into<String>) -> Self {
        Self(Presented::Code {
            code: Zeroizing::new(text.into()),
            next: None,
        })
    }

    /// Two consecutive codes, to bring a HOTP authenticator back in step (RFC 4226 §7.4).
    pub fn codes(code: impl Into<String>, next: impl Into<String>) -> Self {
        Self(Presented::Code {
            code: Zeroizing::new(code.into()),
            next: Some(Zeroizing::new(next.into())),
        })
    }

    /// What a browser answered to the options of a passkey.
    #[cfg(feature = "passkeys")]
    pub fn passkey(response: AuthenticationResponse) -> Self {
        Self(Presented::Passkey(Box::new(response)))
    }

    pub(crate) const fn is_passkey(&self) -> bool {
        !matches!(self.0, Presented::Code { .. } | Presented::BackupCode(_))
    }

    /// A backup code.
    pub fn backup_code(text: impl Into<String>) -> Self {
        Self(Presented::BackupCode(Zeroizing::new(text.into())))
    }
}

/// Crockford's base32.
const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// How many symbols a backup code has: a selector and 75 random bits.
const SYMBOLS: usize = 16;

/// How many backup codes are in a set.
pub(crate) const SET: usize = 10;

/// A backup code in its canonical form: sixteen symbols, upper case, no hyphens.
pub(crate) struct BackupCode(Zeroizing<[u8; SYMBOLS]>);

impl BackupCode {
    /// From what was typed: case, spaces, hyphens and Crockford's look-alikes (O for 0, I and L for
    /// 1) do not matter; anything else is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut symbols = Zeroizing::new([0; SYMBOLS]);
        let mut rest = symbols.iter_mut();
        if text.len() > 128 {
            return None;
        }
        for symbol in text
            .bytes()
            .filter(|byte| !matches!(byte, b' ' | b'-' | b'\t' | b'\r' | b'\n'))
        {
            let symbol = match symbol.to_ascii_uppercase() {
                b'O' => b'0',
                b'I' | b'L' => b'1',
                other => other,
            };
            if !ALPHABET.contains(&symbol) {
                return None;
            }
            *rest.next()? = symbol;
        }
        if rest.next().is_some() {
            None
        } else {
            Some(Self(symbols))
        }
    }

    /// A set: ten codes with ten different selectors.
    pub(crate) fn generate_set(source: &dyn Randomness) -> Result<Vec<Self>, Error> {
        let mut selectors = *ALPHABET;
        let draws: [u8; 64] = random(source)?;
        // Fisher and Yates. Selectors are no secret: that 2^16 is no multiple of each span is no harm.
        for (last, draw) in (1..selectors.len()).rev().zip(draws.as_chunks::<2>().0) {
            let span = u32::try_from(last + 1).unwrap_or(1);
            let other = usize::try_from(u32::from(u16::from_be_bytes(*draw)) % span).unwrap_or(0);
            selectors.swap(last, other);
        }
        selectors
            .iter()
            .take(SET)
            .map(|selector| Self::generate(*selector, source))
            .collect()
    }

    fn generate(selector: u8, source: &dyn Randomness) -> Result<Self, Error> {
        let mut bytes = Zeroizing::new([0_u8; SYMBOLS]);
        source.fill(bytes.as_mut_slice())?;
        for byte in bytes.iter_mut() {
            // 256 is a multiple of 32: no bias.
            *byte = ALPHABET
                .get(usize::from(*byte % 32))
                .copied()
                .unwrap_or(b'0');
        }
        if let Some(first) = bytes.first_mut() {
            *first = selector;
        }
        Ok(Self(bytes))
    }

    /// The first symbol.
    pub(crate) fn selector(&self) -> u8 {
        self.0.first().copied().unwrap_or(0)
    }

    /// All symbols: what is hashed.
    pub(crate) fn canonical(&self) -> &[u8] {
        self.0.as_slice()
    }

    fn grouped(&self) -> Zeroizing<String> {
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + 3));
        for (index, symbol) in self.0.iter().enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push('-');
            }
            text.push(char::from(*symbol));
        }
        text
    }
}

/// A set of backup codes, to be shown once.
pub struct BackupCodeList(Vec<Zeroizing<String>>);

impl BackupCodeList {
    pub(crate) fn of(codes: &[BackupCode]) -> Self {
        Self(codes.iter().map(BackupCode::grouped).collect())
    }

    /// The codes in groups of four symbols: `7K3M-9QXD-T2WH-4RZC`.
    pub fn reveal(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|code| code.as_str())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::sync::Mutex;

    use super::*;
    use crate::clock::RandomnessFailed;

    struct Sequence(Mutex<u64>);

    impl Randomness for Sequence {
        fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
            let mut state = self.0.lock().unwrap();
            for byte in buffer {
                *state = state
                    .wrapping_mul(6_364_136_223_846_793_005)
                    .wrapping_add(1_442_695_040_888_963_407);
                *byte = u8::try_from(*state >> 56).unwrap();
            }
            Ok(())
        }
    }

    #[test]
    fn a_set_has_ten_codes_with_ten_selectors() {
        let source = Sequence(Mutex::new(1));
        for _ in 0..200 {
            let codes = BackupCode::generate_set(&source).unwrap();
            let selectors: HashSet<u8> = codes.iter().map(BackupCode::selector).collect();
            assert_eq!((codes.len(), selectors.len()), (10, 10));
        }
    }

    #[test]
    fn entry_forgives_case_spaces_hyphens_and_look_alikes() {
        let canonical = |text: &str| BackupCode::parse(text).map(|code| code.canonical().to_vec());
        let expected = canonical("7K3M-9QXD-T2WH-01ZC").unwrap();
        assert_eq!(expected, b"7K3M9QXDT2WH01ZC");
        for text in [
            "7k3m9qxdt2wh01zc",
            " 7K3M 9QXD T2WH OIZC ",
            "7k3m-9qxd-t2wh-olzc",
            "7K3M9QXDT2WH0lZC\n",
        ] {
            assert_eq!(canonical(text).as_ref(), Some(&expected), "{text}");
        }
    }

    #[test]
    fn other_text_is_no_backup_code() {
        for text in [
            "",
            "7K3M-9QXD-T2WH-4RZ",
            "7K3M-9QXD-T2WH-4RZCC",
            "7K3M-9QXD-T2WH-4RZU",
            "７K3M-9QXD-T2WH-4RZC",
            &"A".repeat(100_000),
        ] {
            assert!(BackupCode::parse(text).is_none());
        }
    }

    #[test]
    fn what_is_shown_is_what_is_accepted() {
        let codes = BackupCode::generate_set(&Sequence(Mutex::new(5))).unwrap();
        let shown = BackupCodeList::of(&codes);
        for (text, code) in shown.reveal().zip(&codes) {
            assert_eq!(text.len(), 19);
            assert_eq!(
                BackupCode::parse(text).unwrap().canonical(),
                code.canonical()
            );
        }
    }

    #[test]
    fn passwords_are_normalized_and_bounded() {
        let normalized = |text: &str| {
            Password::new(text.to_owned())
                .normalized()
                .map(|text| text.to_string())
        };
        assert_eq!(normalized("Cafe\u{301}"), normalized("Caf\u{e9}"));
        assert!(normalized(&"x".repeat(1025)).is_none());
        assert_ne!(
            normalized(&format!("{}a", "x".repeat(200))),
            normalized(&format!("{}b", "x".repeat(200)))
        );
    }
}
