//! `packed` (WebAuthn L3 §8.2).

mod chain;

use countersign_webauthn::error::{CborError, CertificateError, StatementError, TrustError};
use countersign_webauthn::{AttestationOutcome, Format, RegistrationError};
use rcgen::{BasicConstraints, CertificateParams, DnType, IsCa};

use super::{accept, assert_untrusted, assert_wrong, judge};
use crate::forge::{
    Attestation, Authority, Certified, Signer, array, bytes, der, extension, int, map, packed, text,
};

const FIDO_AAGUID: &[u64] = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];

/// A statement by a certificate, over all as it is now.
fn attested(leaf: &Certified, path: &[Vec<u8>]) -> Attestation {
    attested_as(leaf, path, -7)
}

fn attested_as(leaf: &Certified, path: &[Vec<u8>], alg: i64) -> Attestation {
    let mut answer = Attestation::none(&Signer::es256());
    "packed".clone_into(&mut answer.format);
    let signature = leaf.signer.sign(&answer.signed());
    let path: Vec<_> = path.iter().map(|der| bytes(der)).collect();
    answer.statement = map(&[
        (text("alg"), int(alg)),
        (text("sig"), bytes(&signature)),
        (text("x5c"), array(&path)),
    ]);
    answer
}

/// The judgment about a certificate that was bent.
fn with(bend: impl Fn(&mut CertificateParams)) -> Result<AttestationOutcome, RegistrationError> {
    let authority = Authority::new();
    let mut params = packed();
    bend(&mut params);
    let leaf = authority.certify(&params);
    judge(&attested(&leaf, &authority.path(&leaf)), &authority)
}

#[test]
fn a_chain_to_a_trusted_root_is_trusted() {
    let trusted = Ok(AttestationOutcome::Trusted(Format::Packed));
    assert_eq!(with(|_| ()), trusted);
    let named = with(|params| {
        let aaguid = der(&[4], &[7; 16]);
        params
            .custom_extensions
            .push(extension(FIDO_AAGUID, aaguid, false));
    });
    assert_eq!(named, trusted);
}

#[test]
fn without_a_policy_a_right_statement_is_untrusted_and_a_wrong_one_refused() {
    let authority = Authority::new();
    let leaf = authority.certify(&packed());
    let mut answer = attested(&leaf, &authority.path(&leaf));
    assert_eq!(
        accept(&answer),
        Ok(AttestationOutcome::Untrusted(Format::Packed))
    );
    answer.sign_count += 1;
    assert_wrong(accept(&answer), StatementError::Signature);
}

#[test]
fn the_certificate_is_that_of_an_authenticator() {
    use CertificateError::{BasicConstraints as Constraints, Critical, Subject};
    for missing in [
        DnType::CountryName,
        DnType::OrganizationName,
        DnType::OrganizationalUnitName,
        DnType::CommonName,
    ] {
        let judged = with(|params| {
            params.distinguished_name.remove(missing.clone());
        });
        assert_wrong(judged, Subject);
    }
    for (kind, wrong) in [
        (DnType::OrganizationalUnitName, "authenticator attestation"),
        (DnType::CountryName, "SWE"),
        (DnType::CountryName, "S1"),
    ] {
        assert_wrong(
            with(|params| params.distinguished_name.push(kind.clone(), wrong)),
            Subject,
        );
    }
    assert_wrong(with(|params| params.is_ca = IsCa::NoCa), Constraints);
    let ca = || IsCa::Ca(BasicConstraints::Unconstrained);
    assert_wrong(with(|params| params.is_ca = ca()), Constraints);

    let named = |content: Vec<u8>, critical| {
        with(|params| {
            let extension = extension(FIDO_AAGUID, content.clone(), critical);
            params.custom_extensions.push(extension);
        })
    };
    assert_wrong(named(der(&[4], &[8; 16]), false), StatementError::Aaguid);
    assert_wrong(named(vec![7; 16], false), StatementError::Aaguid);
    assert_wrong(named(der(&[4], &[7; 16]), true), Critical);
}

#[test]
fn members_and_algorithms_of_the_statement_are_the_right_ones() {
    let authority = Authority::new();
    let leaf = authority.certify(&packed());
    let path = authority.path(&leaf);
    for other in [-8, -35, -257] {
        let answer = attested_as(&leaf, &path, other);
        assert_wrong(
            judge(&answer, &authority),
            StatementError::AlgorithmMismatch,
        );
    }
    // SHA-1 and what is not known: refused where attestation counts, worth nothing elsewhere.
    for unknown in [-65535, -47, 0] {
        let answer = attested_as(&leaf, &path, unknown);
        assert_wrong(
            judge(&answer, &authority),
            StatementError::Algorithm(unknown),
        );
        assert_eq!(accept(&answer), Ok(AttestationOutcome::Unverified));
    }
    let usual = attested(&leaf, &path);
    let members = |members: &[(&str, Vec<u8>)]| {
        let members: Vec<_> = members
            .iter()
            .map(|(name, value)| (text(name), value.clone()))
            .collect();
        let answer = Attestation {
            statement: map(&members),
            ..usual.clone()
        };
        judge(&answer, &authority)
    };
    let (alg, sig) = (int(-7), bytes(&[1; 70]));
    let certificates = array(&[bytes(&leaf.der)]);
    assert_wrong(members(&[]), CborError::Member);
    assert_wrong(members(&[("alg", alg.clone())]), CborError::Member);
    assert_wrong(members(&[("sig", sig.clone())]), CborError::Member);
    assert_wrong(members(&[("alg", text("-7"))]), CborError::Type);
    assert_wrong(
        members(&[("alg", alg.clone()), ("sig", int(1))]),
        CborError::Type,
    );
    assert_wrong(
        members(&[("alg", alg.clone()), ("sig", bytes(&[]))]),
        StatementError::Signature,
    );
    let with_path =
        |x5c: Vec<u8>| members(&[("alg", alg.clone()), ("sig", sig.clone()), ("x5c", x5c)]);
    assert_wrong(with_path(array(&[])), CertificateError::Count);
    assert_wrong(with_path(bytes(&leaf.der)), CborError::Type);
    assert_wrong(with_path(array(&[int(1)])), CborError::Type);
    assert_wrong(
        with_path(array(&vec![bytes(&leaf.der); 9])),
        CborError::TooLarge,
    );
    assert_wrong(
        with_path(array(&[bytes(&[0; 8193])])),
        CertificateError::Count,
    );
    assert_wrong(
        with_path(array(&[bytes(b"no certificate")])),
        CertificateError::Der,
    );
    assert_wrong(with_path(certificates.clone()), StatementError::Signature);
    let strange = members(&[
        ("alg", alg),
        ("sig", sig),
        ("x5c", certificates),
        ("ecdaaKeyId", int(1)),
    ]);
    assert_wrong(strange, CborError::Member);
}

#[test]
fn where_trust_is_required_none_self_and_unknown_formats_are_refused() {
    let authority = Authority::new();
    let signer = Signer::es256();
    let none = Attestation::none(&signer);
    assert_untrusted(judge(&none, &authority), TrustError::None);
    let itself = none.clone().attested_by_itself(&signer);
    assert_untrusted(judge(&itself, &authority), TrustError::SelfSigned);
    let unknown = Attestation {
        format: "compound".to_owned(),
        ..none
    };
    assert_eq!(judge(&unknown, &authority), Err(RegistrationError::Format));
    let other = Attestation {
        public_key: Signer::es256().cose(),
        ..itself
    };
    assert_wrong(judge(&other, &authority), StatementError::Signature);
}
