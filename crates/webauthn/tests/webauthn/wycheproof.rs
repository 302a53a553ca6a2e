//! Wycheproof's sets for the four algorithms, through COSE keys and the function that judges
//! assertions.

use countersign_webauthn::{Algorithm, PublicKey};
use wycheproof::TestResult;

use crate::forge::{bytes, cose_of, int};

/// Counts what passes and what is refused; `judge` must agree with the set.
struct Tally {
    what: &'static str,
    ran: usize,
}

impl Tally {
    fn judge(&mut self, id: usize, comment: &str, result: TestResult, passes: bool) {
        match result {
            TestResult::Valid => assert!(passes, "{} {id}: {comment}", self.what),
            TestResult::Invalid => assert!(!passes, "{} {id}: {comment}", self.what),
            TestResult::Acceptable => {}
        }
        self.ran += 1;
    }

    fn at_least(&self, least: usize) {
        assert!(self.ran >= least, "{}: only {} ran", self.what, self.ran);
    }
}

fn verifies(cose: &[u8], message: &[u8], signature: &[u8]) -> bool {
    // In two pieces, as authenticator data and hash are.
    let (first, second) = message.split_at(message.len() / 2);
    PublicKey::from_cose(cose)
        .is_ok_and(|key| key.check().is_ok() && key.verify(first, second, signature).is_ok())
}

fn ecdsa(name: wycheproof::ecdsa::TestName, algorithm: Algorithm, curve: i64, least: usize) {
    let mut tally = Tally {
        what: "ECDSA",
        ran: 0,
    };
    for group in wycheproof::ecdsa::TestSet::load(name).unwrap().test_groups {
        let (x, y) = group.key.key[1..].split_at((group.key.key.len() - 1) / 2);
        let cose = cose_of(&[
            (1, int(2)),
            (3, int(algorithm.number())),
            (-1, int(curve)),
            (-2, bytes(x)),
            (-3, bytes(y)),
        ]);
        for test in group.tests {
            let passes = verifies(&cose, &test.msg, &test.sig);
            tally.judge(test.tc_id, &test.comment, test.result, passes);
        }
    }
    tally.at_least(least);
}

#[test]
fn es256() {
    let name = wycheproof::ecdsa::TestName::EcdsaSecp256r1Sha256;
    ecdsa(name, Algorithm::Es256, 1, 480);
}

#[test]
fn es384() {
    let name = wycheproof::ecdsa::TestName::EcdsaSecp384r1Sha384;
    ecdsa(name, Algorithm::Es384, 2, 500);
}

#[test]
fn eddsa() {
    let mut tally = Tally {
        what: "Ed25519",
        ran: 0,
    };
    let set = wycheproof::eddsa::TestSet::load(wycheproof::eddsa::TestName::Ed25519).unwrap();
    for group in set.test_groups {
        let cose = cose_of(&[
            (1, int(1)),
            (3, int(-8)),
            (-1, int(6)),
            (-2, bytes(&group.key.pk)),
        ]);
        for test in group.tests {
            let passes = verifies(&cose, &test.msg, &test.sig);
            tally.judge(test.tc_id, &test.comment, test.result, passes);
        }
    }
    tally.at_least(150);
}

#[test]
fn rs256() {
    use wycheproof::rsa_pkcs1_verify::{TestName, TestSet};
    for (name, least) in [
        (TestName::Rsa2048Sha256, 250),
        (TestName::Rsa3072Sha256, 250),
        (TestName::Rsa4096Sha256, 250),
    ] {
        let mut tally = Tally {
            what: "RSA",
            ran: 0,
        };
        for group in TestSet::load(name).unwrap().test_groups {
            let strip = |number: &[u8]| {
                let zeros = number.iter().take_while(|byte| **byte == 0).count();
                number[zeros..].to_vec()
            };
            let cose = cose_of(&[
                (1, int(3)),
                (3, int(-257)),
                (-1, bytes(&strip(&group.key.n))),
                (-2, bytes(&strip(&group.key.e))),
            ]);
            // Right by the set's measure, refused by ours: RSA keys whose exponent is 3.
            let small = strip(&group.key.e) == [3];
            assert_eq!(PublicKey::from_cose(&cose).is_err(), small);
            for test in group.tests.into_iter().filter(|_| !small) {
                let passes = verifies(&cose, &test.msg, &test.sig);
                tally.judge(test.tc_id, &test.comment, test.result, passes);
            }
        }
        tally.at_least(least);
    }
}
