//! Steps 7 to 15: what browser and authenticator say.

use countersign_webauthn::AuthenticationError as Error;
use countersign_webauthn::error::{AuthenticatorDataError, CborError};

use super::finish;
use crate::forge::{
    AT, Assertion, BE, ClientData, ED, Signer, Stored, UP, authentication, bytes, int, map, text,
};

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
