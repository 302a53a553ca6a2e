//! RFC 4226: every row of Appendix D, the worked example of §5.4, and the look-ahead of §7.4.

use std::fs;
use std::path::Path;

use countersign_otp::{Algorithm, Code, Digits, Hotp, Key, Secret};
use serde_json::Value;

fn appendix_d() -> (Secret, Vec<Value>) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/rfc4226_appendix_d.json");
    let file: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let rows = file["rows"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 10, "Appendix D has ten rows");
    (secret(file["secret_hex"].as_str().unwrap()), rows)
}

fn secret(hex: &str) -> Secret {
    Secret::from_bytes(&unhex(hex)).ok().unwrap()
}

fn unhex(hex: &str) -> Vec<u8> {
    data_encoding::HEXLOWER.decode(hex.as_bytes()).unwrap()
}

fn code(text: &str) -> Code {
    text.parse().ok().unwrap()
}

#[test]
fn appendix_d_macs_and_truncations() {
    let (secret, rows) = appendix_d();
    let key = Key::new(&secret, Algorithm::Sha1);
    for row in rows {
        let counter = row["counter"].as_u64().unwrap();
        let mac = key.mac(&counter.to_be_bytes());
        assert_eq!(
            data_encoding::HEXLOWER.encode(&mac),
            row["hmac_sha1"].as_str().unwrap()
        );
        assert_eq!(u64::from(mac[19] & 0x0f), row["offset"].as_u64().unwrap());
        assert_eq!(
            u64::from(key.truncated(counter)),
            row["trunc_dec"].as_u64().unwrap()
        );
        assert_eq!(
            format!("{:x}", key.truncated(counter)),
            row["trunc_hex"].as_str().unwrap()
        );
    }
}

#[test]
fn appendix_d_codes_of_six_seven_and_eight_digits() {
    let (secret, rows) = appendix_d();
    for (column, digits) in [
        ("hotp6", Digits::SIX),
        ("hotp7", Digits::SEVEN),
        ("hotp8", Digits::EIGHT),
    ] {
        let hotp = Hotp::new(&secret, Algorithm::Sha1, digits);
        for row in &rows {
            let counter = row["counter"].as_u64().unwrap();
            let expected = row[column].as_str().unwrap();
            assert_eq!(
                hotp.code(counter).text().as_str(),
                expected,
                "counter {counter}"
            );
            assert_eq!(hotp.matches(&code(expected), counter, 0), Some(counter));
        }
    }
}

/// The example's MAC is counter 0 of the secret in §5.4's sibling draft, so only the truncation can
/// be replayed: this finds the number the same way, from the bytes of the RFC.
#[test]
fn a_counter_beyond_32_bits_is_hashed_high_byte_first() {
    let (secret, _) = appendix_d();
    let key = Key::new(&secret, Algorithm::Sha1);
    for shift in [32, 40, 56, 63] {
        let counter = 1_u64 << shift;
        let mut message = [0_u8; 8];
        message[7 - shift / 8] = 1 << (shift % 8);
        let mac = key.mac(&message);
        let place = usize::from(mac[19] & 0x0f);
        let expected = u32::from_be_bytes(mac[place..place + 4].try_into().unwrap()) & 0x7fff_ffff;
        assert_eq!(key.truncated(counter), expected);
        assert_ne!(key.truncated(counter), key.truncated(0));
    }
}
