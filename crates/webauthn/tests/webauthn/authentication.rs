//! Each step of WebAuthn L3 §7.2 refuses what it must, and names itself; the counter is reported
//! and decides nothing.

mod data;
mod owner;

use countersign_webauthn::error::CoseError;
use countersign_webauthn::{
    Algorithm, Authenticated, Authentication, AuthenticationError as Error, UserVerification,
};

use crate::forge::{
    Assertion, BE, BS, Signer, Stored, UP, UV, authentication, authentication_state, handle, rp,
};

fn finish(
    ceremony: Authentication,
    answer: &Assertion,
    stored: &Stored,
) -> Result<Authenticated, Error> {
    authentication_state(ceremony).finish(&rp(), &answer.response(), &stored.view())
}

#[test]
fn each_algorithm_signs_in() {
    for algorithm in Algorithm::ALL {
        let signer = Signer::new(algorithm);
        let stored = Stored::of(&signer);
        let challenge = Assertion::new(&signer).response().challenge();
        assert_eq!(challenge, Some(crate::forge::challenge()));
        let passed = finish(authentication(), &Assertion::new(&signer), &stored).unwrap();
        assert_eq!(passed.user, handle());
        assert_eq!(passed.new_sign_count, 6);
        assert!(passed.user_verified && passed.user_verification_counts);
        assert!(!passed.sign_count_regressed && !passed.may_initialize_uv);
        let passed = finish(
            Authentication::discoverable(),
            &Assertion::new(&signer),
            &stored,
        );
        assert!(passed.is_ok());
    }
}

#[test]
fn a_passkey_alone_always_needs_the_user_verified() {
    let signer = Signer::es256();
    let answer = Assertion::with_flags(&signer, UP | BE, 6);
    let weakened = Authentication::discoverable().user_verification(UserVerification::Discouraged);
    let judged = finish(weakened, &answer, &Stored::of(&signer));
    assert_eq!(judged.unwrap_err(), Error::UserVerified);
}

#[test]
fn flags_are_judged_by_steps_16_to_19() {
    let signer = Signer::es256();
    let required = || authentication().user_verification(UserVerification::Required);
    let discouraged = || authentication().user_verification(UserVerification::Discouraged);
    let cases: [(Authentication, u8, bool, Result<(), Error>); 11] = [
        (authentication(), UP, false, Ok(())),
        (authentication(), UV, false, Err(Error::UserPresent)),
        (authentication(), 0, false, Err(Error::UserPresent)),
        (required(), UP, false, Err(Error::UserVerified)),
        (required(), UP | UV, false, Ok(())),
        (discouraged(), UP, false, Ok(())),
        (authentication(), UP | BS, false, Err(Error::BackupState)),
        (authentication(), UP | BE, false, Err(Error::BackupEligible)),
        (authentication(), UP, true, Err(Error::BackupEligible)),
        (authentication(), UP | BE | BS, true, Ok(())),
        (authentication(), UP | BE | 0x02 | 0x20, true, Ok(())),
    ];
    for (ceremony, flags, backup_eligible, expected) in cases {
        let answer = Assertion::with_flags(&signer, flags, 6);
        let stored = Stored {
            backup_eligible,
            ..Stored::of(&signer)
        };
        let judged = finish(ceremony, &answer, &stored).map(drop);
        assert_eq!(judged, expected, "flags {flags:#x}");
    }
}

#[test]
fn counters_are_compared_and_reported() {
    let signer = Signer::es256();
    let cases = [
        (0, 0, false),
        (0, 1, false),
        (5, 6, false),
        (5, u32::MAX, false),
        (5, 5, true),
        (5, 4, true),
        (5, 0, true),
        (u32::MAX, 0, true),
        (u32::MAX, u32::MAX, true),
    ];
    for (sign_count, new, regressed) in cases {
        let answer = Assertion::with_flags(&signer, UP | UV | BE, new);
        let stored = Stored {
            sign_count,
            ..Stored::of(&signer)
        };
        let passed = finish(authentication(), &answer, &stored).unwrap();
        assert_eq!(
            passed.sign_count_regressed, regressed,
            "{sign_count} then {new}"
        );
        assert_eq!(passed.new_sign_count, new);
    }
}

#[test]
fn verification_that_came_later_does_not_count_by_itself() {
    let signer = Signer::es256();
    let stored = Stored {
        uv_initialized: false,
        ..Stored::of(&signer)
    };
    let passed = finish(authentication(), &Assertion::new(&signer), &stored).unwrap();
    assert!(passed.user_verified && passed.may_initialize_uv && !passed.user_verification_counts);
    let without = Assertion::with_flags(&signer, UP | BE, 6);
    let passed = finish(authentication(), &without, &stored).unwrap();
    assert!(!passed.user_verified && !passed.may_initialize_uv);
}

#[test]
fn other_keys_and_other_forms_of_a_signature_are_refused() {
    let signer = Signer::es256();
    let answer = Assertion::new(&signer);
    for algorithm in Algorithm::ALL {
        let stored = Stored {
            public_key: Signer::new(algorithm).cose(),
            ..Stored::of(&signer)
        };
        let judged = finish(authentication(), &answer, &stored);
        assert_eq!(judged.unwrap_err(), Error::Signature, "{algorithm:?}");
    }
    let raw = Assertion {
        signature: vec![1; 64],
        ..answer.clone()
    };
    let judged = finish(authentication(), &raw, &Stored::of(&signer));
    assert_eq!(judged.unwrap_err(), Error::Signature);
    let stored = Stored {
        public_key: vec![0xa0],
        ..Stored::of(&signer)
    };
    let judged = finish(authentication(), &answer, &stored);
    assert_eq!(judged.unwrap_err(), Error::PublicKey(CoseError::Member));
}
