//! RFC 4226: every row of Appendix D, the byte order of §5.1, look-ahead and resynchronization of
//! §7.4.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use countersign_otp::{Algorithm, Code, Digits, Hotp, Key, Secret};
use data_encoding::HEXLOWER;
use serde_json::Value;

fn appendix_d() -> (Secret, Vec<Value>) {
    let file = common::vectors("rfc4226_appendix_d.json");
    let bytes = HEXLOWER
        .decode(text(&file["secret_hex"]).as_bytes())
        .unwrap();
    let rows = file["rows"].as_array().unwrap().clone();
    assert_eq!(rows.len(), 10, "Appendix D has ten rows");
    (Secret::from_bytes(&bytes).ok().unwrap(), rows)
}

fn hotp(digits: Digits) -> Hotp {
    Hotp::new(&appendix_d().0, Algorithm::Sha1, digits)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
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
        assert_eq!(HEXLOWER.encode(&mac), text(&row["hmac_sha1"]));
        assert_eq!(u64::from(mac[19] & 0x0f), row["offset"].as_u64().unwrap());
        assert_eq!(
            u64::from(key.truncated(counter)),
            row["trunc_dec"].as_u64().unwrap()
        );
        assert_eq!(
            format!("{:x}", key.truncated(counter)),
            text(&row["trunc_hex"])
        );
    }
}

#[test]
fn appendix_d_codes_of_six_seven_and_eight_digits() {
    let (secret, rows) = appendix_d();
    let columns = [
        ("hotp6", Digits::SIX),
        ("hotp7", Digits::SEVEN),
        ("hotp8", Digits::EIGHT),
    ];
    for (column, digits) in columns {
        let hotp = Hotp::new(&secret, Algorithm::Sha1, digits);
        for row in &rows {
            let counter = row["counter"].as_u64().unwrap();
            let expected = text(&row[column]);
            assert_eq!(
                hotp.code(counter).text().as_str(),
                expected,
                "counter {counter}"
            );
            assert_eq!(hotp.matches(&code(expected), counter, 0), Some(counter));
        }
    }
}

#[test]
fn a_leading_zero_is_part_of_the_code() {
    let hotp = hotp(Digits::SEVEN);
    assert_eq!(hotp.code(4).text().as_str(), "0338314");
    assert_eq!(hotp.matches(&code("0338314"), 4, 0), Some(4));
    assert_eq!(hotp.matches(&code("338314"), 4, 0), None);
}

#[test]
fn a_counter_beyond_32_bits_is_hashed_high_byte_first() {
    let key = Key::new(&appendix_d().0, Algorithm::Sha1);
    for shift in [32, 40, 56, 63] {
        let mut message = [0_u8; 8];
        message[7 - shift / 8] = 1 << (shift % 8);
        let mac = key.mac(&message);
        let place = usize::from(mac[19] & 0x0f);
        let expected = u32::from_be_bytes(mac[place..place + 4].try_into().unwrap()) & 0x7fff_ffff;
        assert_eq!(key.truncated(1 << shift), expected);
        assert_ne!(key.truncated(1 << shift), key.truncated(0));
    }
}

#[test]
fn the_last_look_ahead_counter_matches_and_the_next_does_not() {
    let hotp = hotp(Digits::SIX);
    assert_eq!(hotp.matches(&hotp.code(15), 5, 10), Some(15));
    assert_eq!(hotp.matches(&hotp.code(16), 5, 10), None);
    assert_eq!(
        hotp.matches(&hotp.code(4), 5, 10),
        None,
        "behind the counter"
    );
}

#[test]
fn a_code_of_another_length_never_matches() {
    let (secret, _) = appendix_d();
    // The value of counter 4 with seven digits begins with a zero: it is the same number with six.
    let six = Hotp::new(&secret, Algorithm::Sha1, Digits::SIX);
    assert_eq!(six.matches(&code("0338314"), 0, 10), None);
    assert_eq!(six.matches(&code("338314"), 0, 10), Some(4));
}

#[test]
fn look_ahead_ends_at_the_last_counter_instead_of_wrapping() {
    let hotp = hotp(Digits::SIX);
    assert_eq!(
        hotp.matches(&hotp.code(u64::MAX), u64::MAX - 1, 255),
        Some(u64::MAX)
    );
    assert_eq!(hotp.matches(&hotp.code(0), u64::MAX - 1, 255), None);
    assert_eq!(
        hotp.resynchronize(&hotp.code(u64::MAX), &hotp.code(0), u64::MAX - 1, 255),
        None
    );
    assert_eq!(
        hotp.resynchronize(
            &hotp.code(u64::MAX - 1),
            &hotp.code(u64::MAX),
            u64::MAX - 1,
            255
        ),
        Some(u64::MAX)
    );
}

#[test]
fn two_codes_in_a_row_resynchronize_to_the_second() {
    let hotp = hotp(Digits::SIX);
    assert_eq!(
        hotp.resynchronize(&hotp.code(77), &hotp.code(78), 5, 100),
        Some(78)
    );
    assert_eq!(
        hotp.resynchronize(&hotp.code(5), &hotp.code(6), 5, 100),
        Some(6),
        "the first"
    );
    assert_eq!(
        hotp.resynchronize(&hotp.code(105), &hotp.code(106), 5, 100),
        Some(106),
        "the last"
    );
}

#[test]
fn two_codes_not_in_a_row_do_not_resynchronize() {
    let hotp = hotp(Digits::SIX);
    for (first, second) in [(77, 79), (78, 77), (77, 77), (4, 5), (106, 107)] {
        let found = hotp.resynchronize(&hotp.code(first), &hotp.code(second), 5, 100);
        assert_eq!(found, None, "{first} then {second}");
    }
}
