//! RFC 4648 base32: the vectors of §10, and everything §3 lets a decoder refuse.

#![expect(clippy::expect_used, reason = "a test fails by panicking")]

mod common;

use countersign_otp::{Base32Error, Secret, SecretError, base32};

fn refusal(text: &str) -> Base32Error {
    base32::decode(text).expect_err(text)
}

#[test]
fn the_vectors_of_the_rfc_with_and_without_padding() {
    let file = common::vectors("rfc4648_base32.json");
    let vectors = file.as_object().unwrap();
    assert_eq!(vectors.len(), 7);
    for (plain, encoded) in vectors {
        let padded = encoded.as_str().unwrap();
        let bare = padded.trim_end_matches('=');
        assert_eq!(base32::encode(plain.as_bytes()).as_str(), bare);
        assert_eq!(base32::decode(padded).unwrap().as_slice(), plain.as_bytes());
        assert_eq!(base32::decode(bare).unwrap().as_slice(), plain.as_bytes());
    }
}

#[test]
fn strict_decoding_knows_only_the_alphabet() {
    for symbol in [
        "0", "1", "8", "9", "-", " ", "\r", "\n", "a", "é", "\0", "/",
    ] {
        // Eight bytes each, or the length would be what is refused.
        let text = format!("{}{symbol}", "A".repeat(8 - symbol.len()));
        assert_eq!(refusal(&text), Base32Error::Symbol, "{text:?}");
    }
}

#[test]
fn lengths_that_nothing_encodes_to_are_refused() {
    for len in [1, 3, 6, 9, 11, 14] {
        assert_eq!(refusal(&"A".repeat(len)), Base32Error::Length, "{len}");
    }
    assert_eq!(
        refusal(&"A".repeat(base32::MAX_TEXT + 8)),
        Base32Error::Length
    );
}

#[test]
fn padding_is_absent_or_right() {
    for text in [
        "MY=",
        "MY=====",
        "MY=======",
        "MZXW6YTB========",
        "=",
        "MY==MY==",
        "========",
        "MY======MY======",
    ] {
        assert_eq!(refusal(text), Base32Error::Padding, "{text}");
    }
}

#[test]
fn bits_that_mean_nothing_are_zero() {
    assert_eq!(base32::decode("MY").unwrap().as_slice(), b"f");
    for text in ["MZ", "MZ======", "MZXR", "MZXW7", "MZXW6YR"] {
        assert_eq!(refusal(text), Base32Error::TrailingBits, "{text}");
    }
}

#[test]
fn lenient_decoding_takes_what_people_type() {
    let bytes = b"12345678901234567890";
    for text in [
        "gezd gnbv gy3t qojq gezd gnbv gy3t qojq",
        "GEZD-GNBV-GY3T-QOJQ-GEZD-GNBV-GY3T-QOJQ",
        "  GeZdGnBvGy3tQoJq\tgezdgnbvgy3tqojq\n",
    ] {
        let secret = Secret::from_base32_lenient(text).ok().unwrap();
        assert_eq!(secret.expose(), bytes);
        assert!(Secret::from_base32(text).is_err(), "strict takes {text:?}");
    }
    for text in ["GEZD0", "mz", "GEZ", "GEZDGNBV_", "ＧEZDGNBV"] {
        assert!(base32::decode_lenient(text).is_err(), "{text}");
    }
}

#[test]
fn a_secret_has_16_to_128_bytes() {
    for (len, fits) in [
        (0, false),
        (15, false),
        (16, true),
        (128, true),
        (129, false),
    ] {
        let bytes = vec![7; len];
        assert_eq!(Secret::from_bytes(&bytes).is_ok(), fits, "{len} bytes");
        let text = base32::encode(&bytes);
        let error = Secret::from_base32(&text).err();
        assert_eq!(error, (!fits).then_some(SecretError::Length), "{len} bytes");
    }
}

#[test]
fn a_new_secret_is_as_long_as_its_mac_and_needs_randomness() {
    use countersign_otp::Algorithm;
    for (algorithm, len) in [
        (Algorithm::Sha1, 20),
        (Algorithm::Sha256, 32),
        (Algorithm::Sha512, 64),
    ] {
        let secret = Secret::generate(algorithm, |bytes| {
            bytes.fill(9);
            Ok::<(), &str>(())
        });
        assert_eq!(secret.ok().unwrap().expose(), vec![9; len]);
        assert_eq!(
            Secret::generate(algorithm, |_| Err("no entropy")).err(),
            Some("no entropy")
        );
    }
}

#[test]
fn the_same_secret_is_the_same_bytes() {
    let secret = |byte, len| Secret::from_bytes(&vec![byte; len]).ok().unwrap();
    assert!(secret(1, 20).same_as(&secret(1, 20)));
    assert!(!secret(1, 20).same_as(&secret(2, 20)));
    assert!(!secret(1, 20).same_as(&secret(1, 21)));
}
