//! `otpauth-migration:` URIs: payloads built by hand from the format's field numbers, and our own
//! exports.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use countersign_otp::{
    Algorithm, Digits, EntryError, KeyUri, LabelError, MigrationError, Moving, Period, Secret,
    SecretError, migration,
};
use data_encoding::{BASE64, BASE64_NOPAD, BASE64URL};

const SECRET: &[u8] = b"12345678901234567890";

/// A number field (wire type 0).
fn number(field: u8, value: i64) -> Vec<u8> {
    let mut bytes = vec![field << 3];
    let mut rest = value.cast_unsigned();
    while rest >= 0x80 {
        bytes.push(u8::try_from(rest % 0x80).unwrap() | 0x80);
        rest /= 0x80;
    }
    bytes.push(u8::try_from(rest).unwrap());
    bytes
}

/// A field of bytes, shorter than 128 (wire type 2).
fn bytes(field: u8, value: &[u8]) -> Vec<u8> {
    assert!(value.len() < 128);
    [&[field << 3 | 2, u8::try_from(value.len()).unwrap()], value].concat()
}

/// Algorithm, digits, kind, counter: the fields 4 to 7.
fn entry(secret: &[u8], name: &str, issuer: &str, numbers: [i64; 4]) -> Vec<u8> {
    let [algorithm, digits, kind, counter] = numbers;
    [
        bytes(1, secret),
        bytes(2, name.as_bytes()),
        bytes(3, issuer.as_bytes()),
        number(4, algorithm),
        number(5, digits),
        number(6, kind),
        number(7, counter),
        // A field that newer versions of the app write.
        bytes(8, b"unique"),
    ]
    .concat()
}

fn payload(entries: &[Vec<u8>]) -> Vec<u8> {
    let entries: Vec<u8> = entries.iter().flat_map(|entry| bytes(1, entry)).collect();
    [
        entries,
        number(2, 1),
        number(3, 3),
        number(4, 1),
        number(5, -7),
    ]
    .concat()
}

fn uri(data: &str) -> String {
    format!("otpauth-migration://offline?data={data}")
}

fn read(entries: &[Vec<u8>]) -> Vec<Result<KeyUri, EntryError>> {
    let text = uri(&BASE64.encode(&payload(entries)).replace('+', "%2B"));
    migration::parse(&text).ok().unwrap().entries
}

fn key(issuer: &str, account: &str) -> KeyUri {
    let secret = Secret::from_bytes(SECRET).ok().unwrap();
    KeyUri::totp(issuer, account, secret).ok().unwrap()
}

#[test]
fn all_fields_are_read() {
    let entries = read(&[
        entry(SECRET, "Acme:alice", "Acme", [1, 1, 2, 0]),
        entry(SECRET, "bob", "Zoë & Co", [3, 2, 1, 42]),
        entry(SECRET, "Acme: carol", "", [2, 1, 2, 0]),
        entry(SECRET, "dave", "", [1, 1, 2, 0]),
    ]);
    let texts: Vec<_> = entries
        .iter()
        .map(|e| e.as_ref().ok().unwrap().text())
        .collect();
    let secret = "secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
    for (text, (before, after)) in texts.iter().zip([
        (
            "totp/Acme:alice",
            "&issuer=Acme&algorithm=SHA1&digits=6&period=30",
        ),
        (
            "hotp/Zo%C3%AB%20%26%20Co:bob",
            "&issuer=Zo%C3%AB%20%26%20Co&algorithm=SHA512&digits=8&counter=42",
        ),
        (
            "totp/Acme:carol",
            "&issuer=Acme&algorithm=SHA256&digits=6&period=30",
        ),
        ("totp/dave", "&algorithm=SHA1&digits=6&period=30"),
    ]) {
        assert_eq!(**text, format!("otpauth://{before}?{secret}{after}"));
    }
}

#[test]
fn the_place_in_the_batch_is_read() {
    let part = migration::parse(&uri(&BASE64URL.encode(&payload(&[]))))
        .ok()
        .unwrap();
    assert_eq!((part.count, part.index, part.batch), (3, 1, -7));
    assert!(part.entries.is_empty());
    let empty = migration::parse(&uri("")).ok().unwrap();
    assert_eq!(
        (empty.count, empty.index, empty.batch),
        (1, 0, 0),
        "an empty message is a message"
    );
}

#[test]
fn an_entry_that_cannot_be_used_says_why_and_hides_no_other() {
    let good = || entry(SECRET, "alice", "Acme", [1, 1, 2, 0]);
    for (bad, expected) in [
        (entry(SECRET, "a", "b", [4, 1, 2, 0]), EntryError::Algorithm),
        (entry(SECRET, "a", "b", [0, 1, 2, 0]), EntryError::Algorithm),
        (
            entry(SECRET, "a", "b", [99, 1, 2, 0]),
            EntryError::Algorithm,
        ),
        (entry(SECRET, "a", "b", [1, 0, 2, 0]), EntryError::Digits),
        (entry(SECRET, "a", "b", [1, 3, 2, 0]), EntryError::Digits),
        (entry(SECRET, "a", "b", [1, 1, 0, 0]), EntryError::Kind),
        (entry(SECRET, "a", "b", [1, 1, 3, 0]), EntryError::Kind),
        (entry(SECRET, "a", "b", [1, 1, 1, -1]), EntryError::Counter),
        (
            entry(b"Hello!\xde\xad\xbe\xef", "a", "b", [1, 1, 2, 0]),
            EntryError::Secret(SecretError::Length),
        ),
        (
            entry(SECRET, "", "b", [1, 1, 2, 0]),
            EntryError::Label(LabelError::Empty),
        ),
        (
            entry(SECRET, "a:b:c", "b", [1, 1, 2, 0]),
            EntryError::Label(LabelError::Colon),
        ),
        (vec![], EntryError::Algorithm),
    ] {
        let entries = read(&[good(), bad, good()]);
        assert_eq!(entries.len(), 3);
        assert_eq!(entries[1].as_ref().err(), Some(&expected));
        assert!(entries[0].is_ok() && entries[2].is_ok());
    }
}

#[test]
fn every_kind_of_base64_is_read() {
    // Bytes whose base64 has both symbols that the alphabets differ in, and padding.
    let secret = [&[0xfb, 0xff, 0xfe][..], &[0xff; 15]].concat();
    let raw = payload(&[entry(&secret, "a~~?>", "b", [1, 1, 2, 0])]);
    let standard = BASE64.encode(&raw);
    assert!(
        standard.contains('+') && standard.contains('/') && standard.ends_with('='),
        "{standard}"
    );
    let escaped = standard
        .replace('+', "%2B")
        .replace('/', "%2f")
        .replace('=', "%3D");
    for data in [
        standard.clone(),
        escaped,
        standard.replace('+', " "),
        BASE64_NOPAD.encode(&raw),
        BASE64URL.encode(&raw),
        BASE64URL.encode(&raw).trim_end_matches('=').to_owned(),
    ] {
        let part = migration::parse(&uri(&data)).ok().unwrap();
        let key = part.entries.into_iter().next().unwrap().ok().unwrap();
        assert_eq!(key.secret().expose(), secret, "{data}");
    }
}

#[test]
fn an_example_that_goes_around_is_read_and_its_entry_refused() {
    // Ten bytes of secret, and neither an algorithm nor digits.
    let data = "CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC";
    let part = migration::parse(&uri(data)).ok().unwrap();
    assert_eq!(part.entries.len(), 1);
    assert_eq!(part.entries[0].as_ref().err(), Some(&EntryError::Algorithm));
}

#[test]
fn what_is_no_export_is_refused() {
    let refusal = |text: &str| migration::parse(text).err();
    for text in [
        "",
        "otpauth://totp/a?secret=b",
        "otpauth-migration://offline",
        "otpauth-migration://offline?",
        "otpauth-migration://offline?x=CgA",
        "otpauth-migration://offline?data=CgA&data=CgA",
    ] {
        assert_eq!(refusal(text), Some(MigrationError::Scheme), "{text}");
    }
    for data in ["A", "!!!!", "CgA*", "%FF"] {
        assert_eq!(refusal(&uri(data)), Some(MigrationError::Base64), "{data}");
    }
    // A length beyond the end, a wrong wire type, a negative place in the batch.
    for raw in [
        vec![0x0a, 0x7f],
        vec![0x08, 0x01],
        vec![0xff; 20],
        number(4, -1),
        number(3, -1),
    ] {
        assert_eq!(
            refusal(&uri(&BASE64.encode(&raw).replace('+', "%2B"))),
            Some(MigrationError::Payload)
        );
    }
    let long = "A".repeat(migration::MAX_TEXT);
    assert_eq!(refusal(&uri(&long)), Some(MigrationError::TooLong));
}

#[test]
fn an_export_is_split_into_codes_of_ten() {
    let keys: Vec<_> = (0..23).map(|n| key("Acmé", &format!("user {n}"))).collect();
    let texts = migration::export(&keys, 99).ok().unwrap();
    assert_eq!(texts.len(), 3);
    let mut read = Vec::new();
    for (index, text) in texts.iter().enumerate() {
        let part = migration::parse(text).ok().unwrap();
        assert_eq!(
            (usize::try_from(part.index).unwrap(), part.count, part.batch),
            (index, 3, 99)
        );
        read.extend(
            part.entries
                .into_iter()
                .map(|entry| entry.ok().unwrap().text()),
        );
    }
    let written: Vec<_> = keys.iter().map(KeyUri::text).collect();
    assert_eq!(read, written);
    assert_eq!(migration::export(&[], 1).ok().unwrap().len(), 0);
}

#[test]
fn hotp_and_every_setting_survive_an_export() {
    let secret = Secret::from_bytes(&[0xff; 64]).ok().unwrap();
    let hotp = KeyUri::hotp("Acme", "alice", secret, 42).ok().unwrap();
    let keys = [hotp
        .with_algorithm(Algorithm::Sha512)
        .with_digits(Digits::EIGHT)];
    let texts = migration::export(&keys, 0).ok().unwrap();
    let part = migration::parse(&texts[0]).ok().unwrap();
    let read = part.entries[0].as_ref().ok().unwrap();
    assert_eq!(read.text(), keys[0].text());
    assert_eq!(read.moving(), Moving::Counter(42));
}

#[test]
fn what_the_format_cannot_say_is_not_exported() {
    let minute = Period::try_from(60).unwrap();
    let secret = || Secret::from_bytes(SECRET).ok().unwrap();
    for (bad, expected) in [
        (key("a", "b").with_digits(Digits::SEVEN), EntryError::Digits),
        (key("a", "b").with_period(minute), EntryError::Period),
        (
            KeyUri::hotp("a", "b", secret(), 1 << 63).ok().unwrap(),
            EntryError::Counter,
        ),
    ] {
        assert_eq!(
            migration::export(&[key("a", "b"), bad], 0).err(),
            Some((1, expected))
        );
    }
}
