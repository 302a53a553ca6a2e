//! A whole assertion costs little more than its signature; measured by hand, in release.

use std::hint::black_box;
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use countersign_webauthn::AuthenticationResponse;

use crate::forge::{Assertion, Signer, Stored, authentication, authentication_state, rp, sha256};

/// The best of many short rounds, each shorter than a scheduler's slice: what disturbs a measurement
/// only ever makes it slower.
fn best(mut work: impl FnMut()) -> Duration {
    let rounds = (0..1000).map(|_| {
        let start = Instant::now();
        for _ in 0..10 {
            work();
        }
        start.elapsed() / 10
    });
    rounds.min().unwrap()
}

#[test]
#[ignore = "a measurement: run it in release, on a machine that does nothing else"]
fn an_assertion_costs_at_most_a_ninth_more_than_its_signature() {
    let signer = Signer::es256();
    let answer = Assertion::new(&signer);
    let json = answer.json().to_string();
    let stored = Stored::of(&signer);
    let (rp, state) = (rp(), authentication_state(authentication()));
    let message = [answer.auth_data.clone(), sha256(&answer.client_data)].concat();
    let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, signer.point());

    let bare = best(|| key.verify(black_box(&message), &answer.signature).unwrap());
    let response = answer.response();
    let finish = best(|| {
        let passed = state.finish(&rp, black_box(&response), &stored.view());
        let _ = black_box(passed.unwrap());
    });
    let whole = best(|| {
        let response = AuthenticationResponse::parse(black_box(json.as_bytes())).unwrap();
        let _ = black_box(state.finish(&rp, &response, &stored.view()).unwrap());
    });
    let ratio = |time: Duration| bare.as_secs_f64() / time.as_secs_f64();
    println!("signature alone {bare:?}");
    println!("finish          {finish:?}, {:.3} of it", ratio(finish));
    println!("JSON and finish {whole:?}, {:.3} of it", ratio(whole));
    assert!(ratio(whole) >= 0.9);
}
