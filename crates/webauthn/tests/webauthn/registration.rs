//! Each step of WebAuthn L3 §7.1 refuses what it must, and names itself; what is only unusual
//! passes.

mod client_data;
mod key;
mod object;

use countersign_webauthn::error::{AuthenticatorDataError, CborError};
use countersign_webauthn::{
    AttestationOutcome, BackupPolicy, Registration, RegistrationError as Error, TrustPolicy,
    UserVerification,
};

use crate::forge::{
    AT, Attestation, BE, BS, ED, Signer, UP, UV, bytes, credential_id, handle, int, map,
    registration, registration_state, rp, text,
};

fn finish(ceremony: Registration, answer: &Attestation) -> Result<(), Error> {
    registration_state(ceremony)
        .finish(&rp(), &answer.response(), &TrustPolicy::Accept)
        .map(drop)
}

fn refusal(answer: &Attestation) -> Error {
    finish(registration(), answer).expect_err("must be refused")
}

#[test]
fn what_is_stored_equals_what_was_said() {
    let signer = Signer::es256();
    let answer = Attestation::none(&signer).attested_by_itself(&signer);
    let state = registration_state(registration());
    let passed = state.finish(&rp(), &answer.response(), &TrustPolicy::Accept);
    let passed = passed.unwrap();
    assert_eq!(passed.user, handle());
    assert_eq!(passed.credential_id, credential_id());
    assert_eq!(passed.public_key, signer.cose());
    assert_eq!(passed.sign_count, 5);
    assert!(passed.user_verified && passed.uv_initialized);
    assert!(passed.backup_eligible && passed.backup_state);
    assert_eq!(passed.aaguid.as_bytes(), &[7; 16]);
    assert_eq!(passed.transports, ["internal", "hybrid", "a-new-one"]);
    assert_eq!(passed.discoverable, Some(true));
    assert_eq!(passed.attestation, AttestationOutcome::SelfSigned);
}

#[test]
fn flags_are_judged_by_steps_15_to_18() {
    let signer = Signer::es256();
    let required = || registration().user_verification(UserVerification::Required);
    let bound = || registration().backup(BackupPolicy::DeviceBound);
    let cases: [(Registration, u8, Result<(), Error>); 13] = [
        (registration(), UP, Ok(())),
        (registration(), UV, Err(Error::UserPresent)),
        (registration(), BE | BS, Err(Error::UserPresent)),
        (registration().conditional(), 0, Ok(())),
        (required().conditional(), 0, Err(Error::UserVerified)),
        (required(), UP, Err(Error::UserVerified)),
        (required(), UP | UV, Ok(())),
        (registration(), UP | BS, Err(Error::BackupState)),
        (registration(), UP | BE, Ok(())),
        (bound(), UP, Ok(())),
        (bound(), UP | BE, Err(Error::BackupEligible)),
        (bound(), UP | BS, Err(Error::BackupState)),
        // Reserved bits mean nothing.
        (registration(), UP | 0x02 | 0x20, Ok(())),
    ];
    for (ceremony, flags, expected) in cases {
        let mut answer = Attestation::none(&signer);
        answer.flags = flags | AT;
        let answer = answer.attested_by_itself(&signer);
        assert_eq!(finish(ceremony, &answer), expected, "flags {flags:#x}");
    }
}

#[test]
fn lengths_that_the_flags_do_not_announce_are_refused_by_step_13() {
    use AuthenticatorDataError::{Attested, Extensions, Trailing, Truncated};
    let signer = Signer::es256();
    let outputs = map(&[(text("credProtect"), int(2))]);
    let cases: [(u8, Vec<u8>, Result<(), AuthenticatorDataError>); 8] = [
        (AT | ED, outputs.clone(), Ok(())),
        (AT, outputs.clone(), Err(Trailing)),
        (AT, vec![0], Err(Trailing)),
        (AT | ED, Vec::new(), Err(Extensions(CborError::Truncated))),
        (AT | ED, bytes(&[1]), Err(Extensions(CborError::Type))),
        (AT | ED, [outputs.clone(), vec![0]].concat(), Err(Trailing)),
        (0, Vec::new(), Err(Trailing)),
        // With extensions alone the key is taken for them.
        (ED, Vec::new(), Err(Extensions(CborError::Type))),
    ];
    for (flags, tail, expected) in cases {
        let mut answer = Attestation::none(&signer);
        (answer.flags, answer.tail) = (UP | UV | flags, tail);
        let expected = expected.map_err(Error::AuthenticatorData);
        assert_eq!(finish(registration(), &answer), expected, "{flags:#x}");
    }
    let mut assertion_like = Attestation::none(&signer);
    (assertion_like.flags, assertion_like.id) = (UP, Vec::new());
    assert!(matches!(
        refusal(&assertion_like),
        Error::AuthenticatorData(Trailing | Truncated | Attested),
    ));
}

#[test]
fn ids_have_1_to_1023_bytes_and_are_the_ones_that_the_browser_names() {
    let signer = Signer::es256();
    for (length, fits) in [
        (0, false),
        (1, true),
        (1023, true),
        (1024, false),
        (4000, false),
    ] {
        let mut answer = Attestation::none(&signer);
        answer.id = vec![1; length];
        if (1..=1023).contains(&length) {
            answer.raw_id.clone_from(&answer.id);
        }
        let judged = finish(registration(), &answer);
        let expected = if fits {
            Ok(())
        } else {
            Err(Error::CredentialId)
        };
        assert_eq!(judged, expected, "{length} bytes");
    }
    let mut answer = Attestation::none(&signer);
    answer.raw_id = b"another".to_vec();
    assert_eq!(refusal(&answer), Error::CredentialId);
}
