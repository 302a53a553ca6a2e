//! Each step of WebAuthn L3 §7.1 refuses what it must, and names itself; what is only unusual
//! passes.

use countersign_webauthn::error::{AuthenticatorDataError, CborError, CoseError, StatementError};
use countersign_webauthn::{
    AttestationOutcome, BackupPolicy, Registration, RegistrationError as Error, TrustPolicy,
    UserVerification,
};

use crate::forge::{
    AT, Attestation, BE, BS, ClientData, ED, Signer, UP, UV, bytes, challenge, cose_of,
    credential_id, handle, int, map, registration, registration_state, rp, text,
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
fn client_data_are_judged_by_steps_5_to_11() {
    let signer = Signer::es256();
    let usual = || ClientData::new("webauthn.create");
    let standard = data_encoding::BASE64.encode(challenge().as_bytes());
    let cases: Vec<(Vec<u8>, Error)> = [
        (usual().with("type", "webauthn.get"), Error::Type),
        (usual().with("type", ""), Error::Type),
        (usual().with("type", "Webauthn.create"), Error::Type),
        (usual().without("type"), Error::Type),
        (usual().with("type", 1), Error::Json),
        (usual().with("challenge", "AAAA"), Error::Challenge),
        (usual().with("challenge", ""), Error::Challenge),
        (
            usual().with("challenge", challenge().text() + "="),
            Error::Challenge,
        ),
        (
            usual().with("challenge", challenge().text() + "A"),
            Error::Challenge,
        ),
        (usual().with("challenge", standard), Error::Challenge),
        (usual().without("challenge"), Error::Challenge),
        (usual().with("challenge", vec![9; 32]), Error::Json),
        (
            usual().with("origin", "http://login.example.com"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://login.example.com:8443"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://login.example.com/"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://LOGIN.example.com"),
            Error::Origin,
        ),
        (usual().with("origin", "https://example.com"), Error::Origin),
        (
            usual().with("origin", "https://a.login.example.com"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://login.example.com.evil.net"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://evil.net#https://login.example.com"),
            Error::Origin,
        ),
        (usual().with("origin", "null"), Error::Origin),
        (usual().with("origin", ""), Error::Origin),
        (usual().without("origin"), Error::Origin),
        (usual().with("origin", 1), Error::Json),
        (usual().with("crossOrigin", true), Error::CrossOrigin),
        (usual().with("crossOrigin", "false"), Error::Json),
        (
            usual().with("crossOrigin", serde_json::Value::Null),
            Error::Json,
        ),
        (
            usual().with("topOrigin", "https://login.example.com"),
            Error::TopOrigin,
        ),
        (usual().with("topOrigin", 1), Error::Json),
    ]
    .into_iter()
    .map(|(data, error)| (data.json(), error))
    .chain(unreadable())
    .collect();
    for (client_data, expected) in cases {
        let shown = String::from_utf8_lossy(&client_data).into_owned();
        let mut answer = Attestation::none(&signer);
        answer.client_data = client_data;
        let answer = answer.attested_by_itself(&signer);
        assert_eq!(refusal(&answer), expected, "{shown}");
    }
}

fn unreadable() -> Vec<(Vec<u8>, Error)> {
    let usual = String::from_utf8(ClientData::new("webauthn.create").json()).unwrap();
    let twice = usual.replacen(
        '{',
        &format!(r#"{{"challenge":"{}","#, challenge().text()),
        1,
    );
    vec![
        (b"\xff\xfe".to_vec(), Error::Utf8),
        ([usual.as_bytes(), b"\xff"].concat(), Error::Utf8),
        (b"[]".to_vec(), Error::Json),
        (members_in_an_array().into_bytes(), Error::Json),
        (b"null".to_vec(), Error::Json),
        (b"{".to_vec(), Error::Json),
        (format!("{usual} x").into_bytes(), Error::Json),
        (twice.into_bytes(), Error::Json),
        (vec![b'['; 8000], Error::Json),
    ]
}

fn members_in_an_array() -> String {
    let challenge = challenge().text();
    format!(r#"["webauthn.create","{challenge}","https://login.example.com",false]"#)
}

#[test]
fn order_unknown_members_a_mark_and_token_binding_do_not_matter() {
    let signer = Signer::es256();
    let usual = ClientData::new("webauthn.create")
        .with("tokenBinding", "rubbish")
        .with("extraData", serde_json::json!({"a": [1, 2, {"b": null}]}));
    let reversed = format!(
        r#"{{"origin":"https://login.example.com","challenge":"{}","type":"webauthn.create"}}"#,
        challenge().text(),
    );
    for client_data in [
        usual.json(),
        [b"\xef\xbb\xbf".as_slice(), &usual.json()].concat(),
        reversed.into_bytes(),
    ] {
        let mut answer = Attestation::none(&signer);
        answer.client_data = client_data;
        finish(registration(), &answer.attested_by_itself(&signer)).unwrap();
    }
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

#[test]
fn keys_are_of_an_offered_algorithm_and_whole() {
    use countersign_webauthn::Algorithm::{EdDsa, Es256, Es384, Rs256};
    for algorithm in [Es256, EdDsa, Es384, Rs256] {
        let signer = Signer::new(algorithm);
        let answer = Attestation::none(&signer).attested_by_itself(&signer);
        finish(registration().algorithms(vec![algorithm]), &answer).unwrap();
        let others = [Es256, EdDsa, Es384, Rs256]
            .into_iter()
            .filter(|other| *other != algorithm);
        assert_eq!(
            finish(registration().algorithms(others.collect()), &answer),
            Err(Error::Algorithm(algorithm.number())),
        );
        for at in 0..signer.cose_members().len() {
            let mut members = signer.cose_members();
            members.remove(at);
            let mut answer = Attestation::none(&signer);
            answer.public_key = cose_of(&members);
            assert_eq!(refusal(&answer), Error::PublicKey(CoseError::Member));
        }
    }
}

#[test]
fn points_off_the_curve_and_wrong_parameters_are_refused() {
    let members = Signer::es256().cose_members();
    let with = |label: i64, value: Vec<u8>| {
        let mut members = members.clone();
        match members.iter_mut().find(|(own, _)| *own == label) {
            Some(member) => member.1 = value,
            None => members.push((label, value)),
        }
        let mut answer = Attestation::none(&Signer::es256());
        answer.public_key = cose_of(&members);
        refusal(&answer)
    };
    assert_eq!(
        with(-3, bytes(&[5; 32])),
        Error::PublicKey(CoseError::Point)
    );
    assert_eq!(
        with(-2, bytes(&[0; 32])),
        Error::PublicKey(CoseError::Point)
    );
    assert_eq!(
        with(-2, bytes(&[5; 31])),
        Error::PublicKey(CoseError::Parameter)
    );
    assert_eq!(
        with(-2, bytes(&[5; 33])),
        Error::PublicKey(CoseError::Parameter)
    );
    // Compressed: a sign instead of a coordinate.
    assert_eq!(with(-3, int(1)), Error::PublicKey(CoseError::Member));
    assert_eq!(with(-1, int(2)), Error::PublicKey(CoseError::Member));
    assert_eq!(with(1, int(1)), Error::PublicKey(CoseError::Member));
    assert_eq!(with(3, int(-35)), Error::PublicKey(CoseError::Member));
    assert_eq!(with(3, int(-65535)), Error::Algorithm(-65535));
    assert_eq!(with(3, int(-47)), Error::Algorithm(-47));
    assert_eq!(with(-4, int(0)), Error::PublicKey(CoseError::Member));
}

#[test]
fn rsa_keys_have_2048_to_4096_bits_and_an_exponent_that_is_not_small() {
    let key = |n: Vec<u8>, e: &[u8]| {
        let mut answer = Attestation::none(&Signer::es256());
        answer.public_key =
            cose_of(&[(1, int(3)), (3, int(-257)), (-1, bytes(&n)), (-2, bytes(e))]);
        finish(registration(), &answer)
    };
    let exponent: &[u8] = &[1, 0, 1];
    let refused = Err(Error::PublicKey(CoseError::Parameter));
    assert_eq!(key(vec![0xff; 256], exponent), Ok(()));
    assert_eq!(key(vec![0xff; 512], exponent), Ok(()));
    assert_eq!(key(vec![0xff; 128], exponent), refused, "1024 bits");
    assert_eq!(key(vec![0x7f; 256], exponent), refused, "2047 bits");
    assert_eq!(key(vec![0xff; 513], exponent), refused);
    assert_eq!(
        key([vec![0], vec![0xff; 256]].concat(), exponent),
        refused,
        "leading zero"
    );
    for bad in [&[3][..], &[1, 0, 0], &[0, 1, 0, 1], &[1, 0, 0, 0, 1], &[]] {
        assert_eq!(key(vec![0xff; 256], bad), refused, "{bad:?}");
    }
}

#[test]
fn formats_are_compared_letter_by_letter() {
    let signer = Signer::es256();
    for format in ["None", "Packed", "compound", "android-safetynet", "x"] {
        let mut answer = Attestation::none(&signer);
        format.clone_into(&mut answer.format);
        let state = registration_state(registration());
        let passed = state.finish(&rp(), &answer.response(), &TrustPolicy::Accept);
        assert_eq!(passed.unwrap().attestation, AttestationOutcome::Unverified);
    }
    let mut answer = Attestation::none(&signer);
    answer.statement = map(&[(text("alg"), int(-7))]);
    let expected = Error::Statement(StatementError::Cbor(CborError::Member));
    assert_eq!(refusal(&answer), expected, "none has an empty statement");
}

#[test]
fn attestation_objects_are_canonical_maps_of_three() {
    let signer = Signer::es256();
    let usual = Attestation::none(&signer);
    let fmt = (text("fmt"), text("none"));
    let statement = (text("attStmt"), map(&[]));
    let data = (text("authData"), bytes(&usual.auth_data()));
    let extra = (text("zzzzzzzzzz"), int(1));
    let nested = |depth: usize| [vec![0x81; depth], vec![0]].concat();
    let cases = [
        (
            map(&[statement.clone(), fmt.clone(), data.clone()]),
            CborError::KeyOrder,
        ),
        (
            map(&[fmt.clone(), fmt.clone(), data.clone()]),
            CborError::KeyOrder,
        ),
        (map(&[fmt.clone(), data.clone()]), CborError::Member),
        (
            map(&[fmt.clone(), statement.clone(), data.clone(), extra]),
            CborError::Member,
        ),
        ([usual.object(), vec![0]].concat(), CborError::Trailing),
        (vec![0xbf, 0xff], CborError::Syntax),
        (
            vec![0xbb, 255, 255, 255, 255, 255, 255, 255, 255],
            CborError::Truncated,
        ),
        (vec![0xb8, 1], CborError::LongForm),
        (vec![0xa0], CborError::Member),
        (vec![0x80], CborError::Type),
        (vec![0xc0, 0xa0], CborError::Syntax),
        (
            map(&[fmt.clone(), (text("attStmt"), nested(200))]),
            CborError::TooDeep,
        ),
        (map(&[(text("fmt"), bytes(b"none"))]), CborError::Type),
        (
            map(&[fmt, (text("attStmt"), int(1)), data]),
            CborError::Type,
        ),
    ];
    for (object, expected) in cases {
        let json = crate::forge::registration_json(&usual.raw_id, &usual.client_data, &object);
        let response = crate::forge::parsed_registration(&json);
        let state = registration_state(registration());
        let judged = state.finish(&rp(), &response, &TrustPolicy::Accept);
        assert_eq!(
            judged.unwrap_err(),
            Error::AttestationObject(expected),
            "{object:02x?}"
        );
    }
}
