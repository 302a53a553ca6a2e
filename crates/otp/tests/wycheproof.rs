//! Wycheproof's HMAC sets, on the same code that makes the codes.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test fails by panicking"
)]

use countersign_otp::{Algorithm, Key, Secret};
use wycheproof::TestResult;
use wycheproof::mac::{TestName, TestSet};

/// Runs a set; keys that are no secret (too short, too long) are left out, and how many remain is
/// checked.
fn run(name: TestName, algorithm: Algorithm, at_least: usize) {
    let mut ran = 0;
    for group in TestSet::load(name).unwrap().test_groups {
        let tag_len = group.tag_size / 8;
        for test in group.tests {
            let Ok(secret) = Secret::from_bytes(&test.key) else {
                continue;
            };
            let mac = Key::new(&secret, algorithm).mac(&test.msg);
            let equal = mac[..tag_len] == test.tag[..];
            match test.result {
                TestResult::Valid => assert!(equal, "{name:?} {}: {}", test.tc_id, test.comment),
                TestResult::Invalid => assert!(!equal, "{name:?} {}: {}", test.tc_id, test.comment),
                TestResult::Acceptable => {}
            }
            ran += 1;
        }
    }
    assert!(ran >= at_least, "{name:?}: only {ran} tests ran");
}

#[test]
fn hmac_sha1() {
    run(TestName::HmacSha1, Algorithm::Sha1, 160);
}

#[test]
fn hmac_sha256() {
    run(TestName::HmacSha256, Algorithm::Sha256, 160);
}

#[test]
fn hmac_sha512() {
    run(TestName::HmacSha512, Algorithm::Sha512, 160);
}
