//! Step 20: algorithms and keys.

use countersign_webauthn::RegistrationError as Error;
use countersign_webauthn::error::CoseError;

use super::{finish, refusal};
use crate::forge::{Attestation, Signer, bytes, cose_of, int, registration};

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
