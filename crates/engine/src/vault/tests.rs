//! What the vault must refuse.

use std::sync::atomic::{AtomicU64, Ordering};

use super::*;
use crate::clock::{Randomness, RandomnessFailed, Timestamp};
use crate::error::VaultFailure;

struct Counting(AtomicU64);

impl Randomness for Counting {
    fn fill(&self, buffer: &mut [u8]) -> Result<(), RandomnessFailed> {
        for chunk in buffer.chunks_mut(8) {
            let next = self
                .0
                .fetch_add(0x9e37_79b9_7f4a_7c15, Ordering::Relaxed)
                .wrapping_mul(0xbf58_476d_1ce4_e5b9);
            chunk
                .iter_mut()
                .zip(next.to_be_bytes())
                .for_each(|(to, from)| *to = from);
        }
        Ok(())
    }
}

fn source() -> Counting {
    Counting(AtomicU64::new(7))
}

fn context<'a>(realm: &'a RealmId, user: &'a UserKey, row: &'a [u8]) -> Context<'a> {
    Context {
        purpose: "otp",
        realm,
        user,
        row,
    }
}

#[test]
fn a_secret_opens_only_in_its_own_place() {
    let source = source();
    let keyring = Keyring::generate(Timestamp::from_seconds(0), &source).unwrap();
    let vault = Vault::new(&keyring).unwrap();
    let (realm, user) = (RealmId::default(), UserKey([1; 16]));
    let here = context(&realm, &user, b"row");
    let sealed: Sealed<OtpSecret> = vault.seal(b"a secret of the user", here, &source).unwrap();
    assert_eq!(
        vault.open(&sealed, here).unwrap().as_slice(),
        b"a secret of the user"
    );
    assert!(
        !sealed
            .as_bytes()
            .windows(6)
            .any(|window| window == b"secret")
    );

    let other_realm = RealmId::parse("other").unwrap();
    for elsewhere in [
        context(&other_realm, &user, b"row"),
        context(&realm, &UserKey([2; 16]), b"row"),
        context(&realm, &user, b"ro"),
        Context {
            purpose: "password",
            ..here
        },
    ] {
        assert_eq!(
            vault.open(&sealed, elsewhere).err(),
            Some(VaultFailure::Tampered)
        );
    }
}

#[test]
fn every_flipped_bit_is_refused() {
    let source = source();
    let vault =
        Vault::new(&Keyring::generate(Timestamp::from_seconds(0), &source).unwrap()).unwrap();
    let (realm, user) = (RealmId::default(), UserKey([1; 16]));
    let here = context(&realm, &user, b"row");
    let sealed: Sealed<OtpSecret> = vault.seal(b"secret", here, &source).unwrap();
    for bit in 0..sealed.as_bytes().len() * 8 {
        let mut bytes = sealed.as_bytes().to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        if let Ok(changed) = Sealed::<OtpSecret>::from_row("t", "c", bytes) {
            assert!(vault.open(&changed, here).is_err(), "bit {bit}");
        } else {
            assert!(bit < 8, "only the version is checked outside the seal");
        }
    }
}

#[test]
fn plaintext_does_not_pass_for_an_envelope() {
    for bytes in [
        Vec::new(),
        b"$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA".to_vec(),
        vec![1; 32],
        vec![1; 2000],
    ] {
        assert!(Sealed::<PasswordHash>::from_row("t", "c", bytes).is_err());
    }
}

#[test]
fn an_unknown_key_is_told_from_tampering() {
    let source = source();
    let old = Vault::new(&Keyring::generate(Timestamp::from_seconds(0), &source).unwrap()).unwrap();
    let (realm, user) = (RealmId::default(), UserKey([1; 16]));
    let here = context(&realm, &user, b"row");
    let sealed: Sealed<OtpSecret> = old.seal(b"secret", here, &source).unwrap();
    let mut bytes = sealed.as_bytes().to_vec();
    bytes[4] = 9;
    let unknown = Sealed::<OtpSecret>::from_row("t", "c", bytes).unwrap();
    assert_eq!(
        old.open(&unknown, here).err(),
        Some(VaultFailure::UnknownKey)
    );
}

#[test]
fn a_keyring_survives_its_document_and_refuses_damaged_ones() {
    let source = source();
    let keyring = Keyring::generate(Timestamp::from_seconds(0), &source).unwrap();
    let json = keyring.to_json();
    let again = Keyring::parse(&json).unwrap();
    assert_eq!(
        again.keys(Class::Seal).collect::<Vec<_>>(),
        keyring.keys(Class::Seal).collect::<Vec<_>>()
    );
    assert_ne!(
        keyring.keys(Class::Seal).next(),
        keyring.keys(Class::Mac).next()
    );

    assert_eq!(Keyring::parse("{}").err(), Some(KeyringError::Form));
    assert_eq!(
        Keyring::parse(&json.replace("\"version\": 1", "\"version\": 2")).err(),
        Some(KeyringError::Version)
    );
    let short = json.replacen("\"key\": \"", "\"key\": \"AAAA", 1);
    assert_eq!(Keyring::parse(&short).err(), Some(KeyringError::KeyLength));
    let none = r#"{"version":1,"seal":[],"mac":[],"checkpoint":[]}"#;
    assert_eq!(
        Keyring::parse(none).err(),
        Some(KeyringError::Class("seal"))
    );
}

#[test]
fn a_form_token_belongs_to_one_cookie() {
    let vault =
        Vault::new(&Keyring::generate(Timestamp::from_seconds(0), &source()).unwrap()).unwrap();
    let (realm, other) = (RealmId::default(), RealmId::parse("other").unwrap());
    let token = vault.form_token(&realm, "cookie");
    assert!(vault.check_form_token(&realm, "cookie", &token));
    assert!(!vault.check_form_token(&realm, "cookie2", &token));
    assert!(!vault.check_form_token(&other, "cookie", &token));
    for wrong in ["", "x", &token[1..], &format!("{token}A")] {
        assert!(!vault.check_form_token(&realm, "cookie", wrong));
    }
}

#[test]
fn parts_cannot_slide_into_each_other() {
    let vault =
        Vault::new(&Keyring::generate(Timestamp::from_seconds(0), &source()).unwrap()).unwrap();
    let mac = vault.mac(b"p", &[b"ab", b"c"]);
    assert!(vault.check_mac(b"p", &[b"ab", b"c"], &mac).is_ok());
    for parts in [&[&b"a"[..], b"bc"][..], &[b"abc"], &[b"ab", b"c", b""]] {
        assert_eq!(vault.check_mac(b"p", parts, &mac), Err(MacError::Tampered));
    }
    assert_eq!(
        vault.check_mac(b"q", &[b"ab", b"c"], &mac),
        Err(MacError::Tampered)
    );
}
