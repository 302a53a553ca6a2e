//! `tpm` (WebAuthn L3 §8.3).

mod said;

use countersign_webauthn::error::{CertificateError, StatementError, TpmError};
use countersign_webauthn::{Algorithm, AttestationOutcome, Format, RegistrationError};
use rcgen::{CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa};

use self::said::{Said, pub_area, rsa_pub_area};
use super::{accept, assert_wrong, judge};
use crate::forge::{
    Attestation, Authority, Signer, array, blank, bytes, der, extension, int, map, sha256, text,
};

/// As WebAuthn L3 §8.3.1 wants it.
fn identity_key() -> CertificateParams {
    let mut params = blank();
    params.custom_extensions.push(alternative_name(&[1, 2, 3]));
    let usage = ExtendedKeyUsagePurpose::Other(vec![2, 23, 133, 8, 3]);
    params.extended_key_usages.push(usage);
    params
}

/// A directory name with these of manufacturer, model and version.
fn alternative_name(parts: &[u8]) -> rcgen::CustomExtension {
    let parts: Vec<u8> = parts
        .iter()
        .flat_map(|part| {
            let id = der(&[6], &[0x67, 0x81, 0x05, 2, *part]);
            let value = der(&[12], b"id:FFFFF1D0");
            der(&[0x31], &der(&[0x30], &[id, value].concat()))
        })
        .collect();
    let name = der(&[0x30], &der(&[0xa4], &der(&[0x30], &parts)));
    extension(&[2, 5, 29, 17], name, true)
}

fn with_both(
    bend: impl Fn(&mut Said),
    certificate: impl Fn(&mut CertificateParams),
) -> (Attestation, Authority) {
    let credential = Signer::es256();
    let own = pub_area(&credential, 0x000b);
    let bend = |said: &mut Said| {
        said.pub_area.clone_from(&own);
        bend(said);
    };
    with_key(&credential, bend, certificate)
}

fn with_key(
    credential: &Signer,
    bend: impl Fn(&mut Said),
    certificate: impl Fn(&mut CertificateParams),
) -> (Attestation, Authority) {
    let authority = Authority::new();
    let mut answer = Attestation::none(credential);
    "tpm".clone_into(&mut answer.format);
    let mut said = Said {
        ver: "2.0",
        alg: -7,
        magic: 0xff54_4347,
        kind: 0x8017,
        extra_data: sha256(&answer.signed()),
        name_algorithm: 0x000b,
        name: None,
        pub_area: Vec::new(),
        tail: Vec::new(),
    };
    bend(&mut said);
    let mut params = identity_key();
    certificate(&mut params);
    let leaf = authority.certify(&params);
    let path: Vec<_> = authority.path(&leaf).iter().map(|der| bytes(der)).collect();
    answer.statement = map(&[
        (text("alg"), int(said.alg)),
        (text("sig"), bytes(&leaf.signer.sign(&said.cert_info()))),
        (text("ver"), text(said.ver)),
        (text("x5c"), array(&path)),
        (text("pubArea"), bytes(&said.pub_area)),
        (text("certInfo"), bytes(&said.cert_info())),
    ]);
    (answer, authority)
}

fn saying(bend: impl Fn(&mut Said)) -> Result<AttestationOutcome, RegistrationError> {
    let (answer, authority) = with_both(bend, |_| ());
    judge(&answer, &authority)
}

fn certified(
    bend: impl Fn(&mut CertificateParams),
) -> Result<AttestationOutcome, RegistrationError> {
    let (answer, authority) = with_both(|_| (), bend);
    judge(&answer, &authority)
}

#[test]
fn a_certified_key_is_trusted() {
    assert_eq!(saying(|_| ()), Ok(AttestationOutcome::Trusted(Format::Tpm)));
}

#[test]
fn an_rsa_key_is_recognized_by_its_modulus() {
    let credential = Signer::new(Algorithm::Rs256);
    let (answer, authority) = with_key(
        &credential,
        |said| said.pub_area = rsa_pub_area(&credential),
        |_| (),
    );
    let trusted = Ok(AttestationOutcome::Trusted(Format::Tpm));
    assert_eq!(judge(&answer, &authority), trusted);
    let other = Signer::new(Algorithm::Rs256);
    let (answer, authority) = with_key(
        &credential,
        |said| said.pub_area = rsa_pub_area(&other),
        |_| (),
    );
    assert_wrong(judge(&answer, &authority), StatementError::PublicKey);
}

#[test]
fn what_the_tpm_says_is_about_this_key_and_this_ceremony() {
    use TpmError::{ExtraData, Magic, Name, Structure, Type, Version};
    assert_wrong(saying(|said| said.ver = "1.2"), Version);
    assert_wrong(saying(|said| said.magic = 0xff54_4348), Magic);
    assert_wrong(saying(|said| said.kind = 0x8018), Type);
    assert_wrong(saying(|said| said.extra_data = vec![1; 32]), ExtraData);
    assert_wrong(saying(|said| said.extra_data = vec![]), ExtraData);
    assert_wrong(saying(|said| said.name = Some(vec![0, 0x0b])), Name);
    assert_wrong(saying(|said| said.name_algorithm = 0x000c), Name);
    assert_wrong(saying(|said| said.tail = vec![0]), Structure);
    assert_wrong(saying(|said| said.pub_area.push(0)), Structure);
    assert_wrong(saying(|said| said.pub_area.truncate(20)), Structure);
    let other = pub_area(&Signer::es256(), 0x000b);
    assert_wrong(
        saying(|said| said.pub_area = other.clone()),
        StatementError::PublicKey,
    );
    // A name by SHA-1 names nothing.
    let (mut answer, authority) = with_both(
        |said| {
            said.pub_area[3] = 0x04;
            said.name_algorithm = 0x0004;
        },
        |_| (),
    );
    assert_wrong(judge(&answer, &authority), Name);
    answer.sign_count += 1;
    assert_wrong(judge(&answer, &authority), ExtraData);
}

#[test]
fn algorithms_with_sha_1_are_not_taken() {
    assert_wrong(
        saying(|said| said.alg = -65535),
        StatementError::Algorithm(-65535),
    );
    assert_wrong(saying(|said| said.alg = -8), StatementError::Algorithm(-8));
    assert_wrong(
        saying(|said| said.alg = -257),
        StatementError::AlgorithmMismatch,
    );
    let (answer, _) = with_both(|said| said.alg = -65535, |_| ());
    assert_eq!(accept(&answer), Ok(AttestationOutcome::Unverified));
}

#[test]
fn the_certificate_is_that_of_an_identity_key() {
    use CertificateError::{AlternativeName, BasicConstraints, KeyUsage, Subject};
    assert_wrong(
        certified(|params| params.distinguished_name.push(DnType::CommonName, "x")),
        Subject,
    );
    assert_wrong(
        certified(|params| params.is_ca = IsCa::NoCa),
        BasicConstraints,
    );
    assert_wrong(
        certified(|params| params.extended_key_usages.clear()),
        KeyUsage,
    );
    let other = ExtendedKeyUsagePurpose::ClientAuth;
    assert_wrong(
        certified(|params| params.extended_key_usages = vec![other.clone()]),
        KeyUsage,
    );
    assert_wrong(
        certified(|params| params.custom_extensions.clear()),
        AlternativeName,
    );
    for parts in [&[][..], &[1, 2], &[2, 3], &[1, 3]] {
        let judged = certified(|params| params.custom_extensions = vec![alternative_name(parts)]);
        assert_wrong(judged, AlternativeName);
    }
    let model = |aaguid: u8| {
        certified(|params| {
            let oid = &[1, 3, 6, 1, 4, 1, 45724, 1, 1, 4];
            let named = extension(oid, der(&[4], &[aaguid; 16]), false);
            params.custom_extensions.push(named);
        })
    };
    assert!(model(7).is_ok());
    assert_wrong(model(8), StatementError::Aaguid);
}
