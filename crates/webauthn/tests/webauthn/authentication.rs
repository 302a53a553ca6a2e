//! Each step of WebAuthn L3 §7.2 refuses what it must, and names itself; the counter is reported
//! and decides nothing.

use countersign_webauthn::error::{AuthenticatorDataError, CborError, CoseError};
use countersign_webauthn::{
    Algorithm, Authenticated, Authentication, AuthenticationError as Error, CredentialDescriptor,
    CredentialId, UserHandle, UserVerification,
};

use crate::forge::{
    AT, Assertion, BE, BS, ClientData, ED, Signer, Stored, UP, UV, authentication,
    authentication_state, bytes, handle, int, map, rp, text,
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
fn a_known_user_has_the_credential_that_answers() {
    let signer = Signer::es256();
    let answer = Assertion::new(&signer);
    let other_id = CredentialId::from_bytes(b"another").unwrap();
    let other_user = UserHandle::from_bytes(&[4; 64]).unwrap();

    // Step 5: not in the list that was offered.
    let offered = CredentialDescriptor::new(other_id.clone(), Vec::new());
    let ceremony = Authentication::of_user(handle(), vec![offered]);
    let judged = finish(ceremony, &answer, &Stored::of(&signer));
    assert_eq!(judged.unwrap_err(), Error::NotAllowed);

    // Step 6: the caller brings another credential, or one of another user.
    let stored = Stored {
        id: other_id,
        ..Stored::of(&signer)
    };
    let judged = finish(authentication(), &answer, &stored);
    assert_eq!(judged.unwrap_err(), Error::Credential);
    let stored = Stored {
        user: other_user,
        ..Stored::of(&signer)
    };
    let judged = finish(authentication(), &answer, &stored);
    assert_eq!(judged.unwrap_err(), Error::Credential);

    // Step 6: the handle may be missing, and if it is there it is the user's.
    let handles = [
        (None, true),
        (Some(vec![]), false),
        (Some(vec![4; 64]), false),
    ];
    for (user_handle, passes) in handles {
        let answer = Assertion {
            user_handle,
            ..answer.clone()
        };
        let judged = finish(authentication(), &answer, &Stored::of(&signer)).map(drop);
        assert_eq!(
            judged,
            if passes {
                Ok(())
            } else {
                Err(Error::UserHandle)
            }
        );
    }
}

#[test]
fn an_unknown_user_is_named_by_the_handle_of_the_credentials_owner() {
    let signer = Signer::es256();
    for user_handle in [None, Some(vec![]), Some(vec![4; 64]), Some(vec![3; 63])] {
        let answer = Assertion {
            user_handle,
            ..Assertion::new(&signer)
        };
        let judged = finish(
            Authentication::discoverable(),
            &answer,
            &Stored::of(&signer),
        );
        assert_eq!(judged.unwrap_err(), Error::UserHandle);
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
fn client_data_are_judged_by_steps_8_to_14() {
    let signer = Signer::es256();
    let usual = || ClientData::new("webauthn.get");
    let cases = [
        (usual().with("type", "webauthn.create"), Error::Type),
        (usual().without("type"), Error::Type),
        (usual().with("challenge", "AAAA"), Error::Challenge),
        (usual().without("challenge"), Error::Challenge),
        (usual().with("origin", "https://example.com"), Error::Origin),
        (usual().without("origin"), Error::Origin),
        (usual().with("crossOrigin", true), Error::CrossOrigin),
        (
            usual().with("topOrigin", "https://example.net"),
            Error::TopOrigin,
        ),
        (usual().with("origin", 1), Error::Json),
    ];
    for (client_data, expected) in cases {
        let mut answer = Assertion::new(&signer);
        answer.client_data = client_data.json();
        let judged = finish(
            authentication(),
            &answer.signed(&signer),
            &Stored::of(&signer),
        );
        assert_eq!(judged.unwrap_err(), expected, "{}", client_data.0);
    }
    let mut answer = Assertion::new(&signer);
    answer.client_data = b"\xff".to_vec();
    let judged = finish(
        authentication(),
        &answer.signed(&signer),
        &Stored::of(&signer),
    );
    assert_eq!(judged.unwrap_err(), Error::Utf8);
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
fn another_rp_id_is_refused_in_each_of_its_bits() {
    let signer = Signer::es256();
    for bit in 0..256 {
        let mut answer = Assertion::new(&signer);
        answer.auth_data[bit / 8] ^= 1 << (bit % 8);
        let judged = finish(
            authentication(),
            &answer.signed(&signer),
            &Stored::of(&signer),
        );
        assert_eq!(judged.unwrap_err(), Error::RpIdHash, "bit {bit}");
    }
}

#[test]
fn assertions_carry_extensions_and_no_credential() {
    let signer = Signer::es256();
    let outputs = map(&[(text("hmac-secret"), bytes(&[1; 32]))]);
    let credential = [vec![0; 16], vec![0, 1, 9], signer.cose()].concat();
    let cases = [
        (UP | BE | ED, outputs.clone(), None),
        (
            UP | BE,
            outputs.clone(),
            Some(AuthenticatorDataError::Trailing),
        ),
        (UP | BE, vec![0], Some(AuthenticatorDataError::Trailing)),
        (
            UP | BE | AT,
            credential,
            Some(AuthenticatorDataError::Attested),
        ),
        (
            UP | BE | AT,
            vec![],
            Some(AuthenticatorDataError::Truncated),
        ),
        (
            UP | BE | ED,
            vec![],
            Some(AuthenticatorDataError::Extensions(CborError::Truncated)),
        ),
        (
            UP | BE | ED,
            int(1),
            Some(AuthenticatorDataError::Extensions(CborError::Type)),
        ),
    ];
    for (flags, tail, expected) in cases {
        let mut answer = Assertion::with_flags(&signer, flags, 6);
        answer.auth_data.extend(tail);
        let judged = finish(
            authentication(),
            &answer.signed(&signer),
            &Stored::of(&signer),
        );
        assert_eq!(judged.err(), expected.map(Error::AuthenticatorData));
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
