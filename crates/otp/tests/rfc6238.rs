//! RFC 6238: every row of Appendix B, with the seeds that are right and those that are not; windows
//! and drift.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

mod common;

use countersign_otp::{Algorithm, Code, Digits, Key, Period, Reach, Secret, Totp, Window};
use data_encoding::HEXLOWER;
use serde_json::Value;

fn seed(file: &Value, algorithm: Algorithm) -> Secret {
    let hex = file["seeds_hex"][algorithm.as_str()].as_str().unwrap();
    Secret::from_bytes(&HEXLOWER.decode(hex.as_bytes()).unwrap())
        .ok()
        .unwrap()
}

fn six_digits() -> Totp {
    let secret = Secret::from_bytes(b"12345678901234567890").ok().unwrap();
    Totp::new(&secret, Algorithm::Sha1, Digits::SIX, Period::DEFAULT)
}

fn one_step(step: u64) -> Window {
    Window::around(step, Reach::ONE, Reach::ONE)
}

fn code(text: &str) -> Code {
    text.parse().ok().unwrap()
}

#[test]
fn appendix_b_in_all_three_algorithms() {
    let file = common::vectors("rfc6238_appendix_b.json");
    let rows = file["rows"].as_array().unwrap();
    assert_eq!(rows.len(), 6, "Appendix B has six times");
    for algorithm in Algorithm::ALL {
        let totp = Totp::new(
            &seed(&file, algorithm),
            algorithm,
            Digits::EIGHT,
            Period::DEFAULT,
        );
        for row in rows {
            let time = row["time"].as_u64().unwrap();
            let step = u64::from_str_radix(row["T_hex"].as_str().unwrap(), 16).unwrap();
            let expected = row[algorithm.as_str().to_lowercase()].as_str().unwrap();
            assert_eq!(totp.step_at(time), step);
            assert_eq!(
                totp.code_at(time).text().as_str(),
                expected,
                "{algorithm} at {time}"
            );
            assert_eq!(totp.matches(&code(expected), one_step(step)), Some(step));
        }
    }
}

#[test]
fn the_seed_of_sha1_does_not_make_the_codes_of_the_others() {
    let file = common::vectors("rfc6238_appendix_b.json");
    let short = seed(&file, Algorithm::Sha1);
    for algorithm in [Algorithm::Sha256, Algorithm::Sha512] {
        let totp = Totp::new(&short, algorithm, Digits::EIGHT, Period::DEFAULT);
        for row in file["rows"].as_array().unwrap() {
            let time = row["time"].as_u64().unwrap();
            let right = row[algorithm.as_str().to_lowercase()].as_str().unwrap();
            assert_ne!(
                totp.code_at(time).text().as_str(),
                right,
                "{algorithm} at {time}"
            );
        }
    }
}

#[test]
fn steps_outlast_32_bits() {
    let totp = six_digits();
    let step = (1_u64 << 32) + 5;
    assert_eq!(totp.step_at(30 * step + 29), step);
    assert_ne!(totp.code_at_step(step).text(), totp.code_at_step(5).text());
    assert_eq!(totp.step_at(u64::MAX), u64::MAX / 30);
}

#[test]
fn one_step_of_delay_is_accepted_and_two_are_not() {
    let totp = six_digits();
    let now = 1_710_000_000;
    let window = one_step(totp.step_at(now));
    assert_eq!(
        totp.matches(&totp.code_at(now - 30), window),
        Some(totp.step_at(now) - 1)
    );
    assert_eq!(
        totp.matches(&totp.code_at(now + 30), window),
        Some(totp.step_at(now) + 1)
    );
    assert_eq!(totp.matches(&totp.code_at(now - 60), window), None);
    assert_eq!(totp.matches(&totp.code_at(now + 60), window), None);
}

/// Steps found by search: with one secret, the code of a step is that of the next, or of the one
/// after, again.
#[test]
fn a_code_that_repeats_within_the_window_matches_its_later_step() {
    let totp = six_digits();
    for (step, gap, repeated) in [(57_766_335, 1, "251166"), (57_017_782, 2, "882938")] {
        assert_eq!(totp.code_at_step(step).text().as_str(), repeated);
        assert_eq!(totp.code_at_step(step + gap).text().as_str(), repeated);
        let window = Window::around(step + 1, Reach::ONE, Reach::ONE);
        assert_eq!(totp.matches(&code(repeated), window), Some(step + gap));
    }
}

#[test]
fn the_nearest_offset_counts_and_the_slow_one_of_two() {
    let totp = six_digits();
    let repeated = code("882938");
    assert_eq!(
        totp.offset_of(&repeated, 57_017_783, 10),
        Some(-1),
        "one step to both sides"
    );
    assert_eq!(totp.offset_of(&repeated, 57_017_784, 10), Some(0));
    assert_eq!(totp.offset_of(&repeated, 57_017_785, 10), Some(-1));
    assert_eq!(totp.offset_of(&repeated, 57_017_781, 10), Some(1));
}

#[test]
fn an_offset_is_found_up_to_the_reach_and_not_beyond() {
    let totp = six_digits();
    let step = 57_000_000;
    assert_eq!(
        totp.offset_of(&totp.code_at_step(step - 10), step, 10),
        Some(-10)
    );
    assert_eq!(
        totp.offset_of(&totp.code_at_step(step + 10), step, 10),
        Some(10)
    );
    assert_eq!(
        totp.offset_of(&totp.code_at_step(step - 11), step, 10),
        None
    );
    assert_eq!(
        totp.offset_of(&totp.code_at_step(step + 11), step, 10),
        None
    );
}

#[test]
fn a_code_of_another_length_never_matches() {
    let secret = Secret::from_bytes(b"12345678901234567890").ok().unwrap();
    let eight = Totp::new(&secret, Algorithm::Sha1, Digits::EIGHT, Period::DEFAULT);
    let six = six_digits();
    // The row at 1111111109 begins with a zero: 07081804.
    let step = eight.step_at(1_111_111_109);
    assert_eq!(eight.matches(&code("07081804"), one_step(step)), Some(step));
    assert_eq!(eight.matches(&code("7081804"), one_step(step)), None);
    assert_eq!(six.matches(&code("07081804"), one_step(step)), None);
    assert_eq!(six.matches(&code("081804"), one_step(step)), Some(step));
    assert_eq!(six.offset_of(&code("0081804"), step, 10), None);
}

#[test]
fn every_setting_has_its_range() {
    for digits in 0..=u8::MAX {
        assert_eq!(
            Digits::try_from(digits).is_ok(),
            (6..=8).contains(&digits),
            "{digits}"
        );
    }
    for seconds in (0..=300).chain([256 + 30, u64::MAX]) {
        assert_eq!(
            Period::try_from(seconds).is_ok(),
            (15..=120).contains(&seconds),
            "{seconds}"
        );
    }
    for steps in 0..=u8::MAX {
        assert_eq!(Reach::try_from(steps).is_ok(), steps <= 2, "{steps}");
    }
}

#[test]
fn algorithms_are_read_in_the_spellings_that_exporters_use() {
    for (name, algorithm) in [
        ("SHA1", Algorithm::Sha1),
        ("sha-1", Algorithm::Sha1),
        ("HmacSHA1", Algorithm::Sha1),
        ("Sha256", Algorithm::Sha256),
        ("SHA-512", Algorithm::Sha512),
    ] {
        assert_eq!(name.parse(), Ok(algorithm), "{name}");
    }
    for name in [
        "", "MD5", "SHA", "SHA2", "SHA224", "SHA--1", "HMAC", "SHA256 ", "ſha1", "SHA3-256",
    ] {
        assert!(name.parse::<Algorithm>().is_err(), "{name}");
    }
}

#[test]
fn the_key_gives_the_mac_that_the_codes_come_from() {
    let secret = Secret::from_bytes(b"12345678901234567890").ok().unwrap();
    for algorithm in Algorithm::ALL {
        let key = Key::new(&secret, algorithm);
        assert_eq!(key.mac(b"").len(), algorithm.secret_len());
        let totp = Totp::new(&secret, algorithm, Digits::SIX, Period::DEFAULT);
        let expected = format!("{:06}", key.truncated(7) % 1_000_000);
        assert_eq!(*totp.code_at_step(7).text(), expected);
    }
}
