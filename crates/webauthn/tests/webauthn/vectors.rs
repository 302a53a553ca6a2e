//! Every credential of WebAuthn L3 §16 registers and authenticates, or is refused for the reason
//! told here: the two keys whose algorithms are not on offer, and the two in frames.

use std::path::PathBuf;

use countersign_webauthn::{
    Aaguid, Algorithm, Attachment, AttestationOutcome, Authentication, AuthenticationError,
    Challenge, CredentialId, Format, Registered, Registration, RegistrationError, RelyingParty,
    Requirement, StoredCredential, TrustAnchors, TrustPolicy, User, UserHandle,
};
use data_encoding::HEXLOWER;
use serde_json::Value;

use crate::forge::{Assertion, parsed_registration, registration_json};

/// Inside the validity of all certificates of §16.
pub const NOW: u64 = 1_764_000_000;

/// The standard's vectors, which are not part of this tree: beside it, or where
/// `COUNTERSIGN_VECTORS` says.
pub fn vectors() -> Option<Value> {
    let beside = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/vectors");
    let folder = std::env::var_os("COUNTERSIGN_VECTORS").map_or(beside, PathBuf::from);
    let Ok(json) = std::fs::read(folder.join("webauthn_l3_section16.json")) else {
        println!("skipped: no vectors in {}", folder.display());
        return None;
    };
    Some(serde_json::from_slice(&json).unwrap())
}

pub fn hex(value: &Value) -> Vec<u8> {
    HEXLOWER.decode(value.as_str().unwrap().as_bytes()).unwrap()
}

pub fn user() -> UserHandle {
    UserHandle::from_bytes(&[1; 16]).unwrap()
}

pub fn rp() -> RelyingParty {
    RelyingParty::new("example.org", "", ["https://example.org"]).unwrap()
}

fn rp_in_frames(top_origin: &str) -> RelyingParty {
    rp().with_embedding([top_origin]).unwrap()
}

/// Registers what a vector says, under a policy.
pub fn register(
    vector: &Value,
    rp: &RelyingParty,
    policy: &TrustPolicy<'_>,
) -> Result<Registered, RegistrationError> {
    let vector = &vector["registration"];
    let challenge = Challenge::from_bytes(&hex(&vector["challenge"])).unwrap();
    let user = User {
        handle: user(),
        name: "alice".to_owned(),
        display_name: String::new(),
    };
    let (_, state) = Registration::new(user).begin(rp, &challenge);
    let json = registration_json(
        &hex(&vector["credential_id"]),
        &hex(&vector["clientDataJSON"]),
        &hex(&vector["attestationObject"]),
    );
    state.finish(rp, &parsed_registration(&json), policy)
}

fn authenticate(
    vector: &Value,
    rp: &RelyingParty,
    registered: &Registered,
) -> Result<countersign_webauthn::Authenticated, AuthenticationError> {
    let vector = &vector["authentication"];
    let challenge = Challenge::from_bytes(&hex(&vector["challenge"])).unwrap();
    let (_, state) = Authentication::of_user(user(), Vec::new()).begin(rp, &challenge);
    let assertion = Assertion {
        client_data: hex(&vector["clientDataJSON"]),
        auth_data: hex(&vector["authenticatorData"]),
        signature: hex(&vector["signature"]),
        id: registered.credential_id.as_bytes().to_vec(),
        user_handle: None,
    };
    let stored = StoredCredential {
        id: &registered.credential_id,
        user: &registered.user,
        public_key: &registered.public_key,
        sign_count: registered.sign_count,
        uv_initialized: registered.uv_initialized,
        backup_eligible: registered.backup_eligible,
    };
    state.finish(rp, &assertion.response(), &stored)
}

/// What §16 says about its vectors, in their order: algorithm, and what the attestation is worth to
/// somebody who trusts the standard's own CA. `None` where the algorithm is not on offer.
const EXPECTED: [Option<(Algorithm, AttestationOutcome)>; 15] = {
    use AttestationOutcome::{None as Without, SelfSigned, Trusted};
    [
        Some((Algorithm::Es256, Without)),
        Some((Algorithm::Es256, SelfSigned)),
        Some((Algorithm::Es256, Without)),
        Some((Algorithm::Es256, Without)),
        Some((Algorithm::Es256, Without)),
        Some((Algorithm::Es256, Trusted(Format::Packed))),
        Some((Algorithm::Es384, Trusted(Format::Packed))),
        // ES512: P-521 is not offered.
        None,
        Some((Algorithm::Rs256, Trusted(Format::Packed))),
        Some((Algorithm::EdDsa, Trusted(Format::Packed))),
        // Ed448: not offered.
        None,
        Some((Algorithm::Es256, Trusted(Format::Tpm))),
        Some((Algorithm::Es256, Trusted(Format::AndroidKey))),
        Some((Algorithm::Es256, Trusted(Format::Apple))),
        Some((Algorithm::Es256, Trusted(Format::FidoU2f))),
    ]
};

#[test]
fn every_vector_of_section_16_passes_or_is_refused_for_its_algorithm() {
    let Some(file) = vectors() else { return };
    let mut anchors = TrustAnchors::new();
    anchors
        .add(&hex(&file["attestation_root"]["attestation_ca_cert"]))
        .unwrap();
    let required = TrustPolicy::Require(Requirement::new(&anchors, NOW));
    let rp = rp_in_frames("https://example.com");
    for (vector, expected) in file["vectors"].as_array().unwrap().iter().zip(EXPECTED) {
        let title = vector["title"].as_str().unwrap();
        let registered = register(vector, &rp, &TrustPolicy::Accept);
        let Some((algorithm, worth)) = expected else {
            let refused = registered.unwrap_err();
            assert_eq!(refused.step(), 20, "{title}");
            continue;
        };
        let registered = registered.unwrap_or_else(|error| panic!("{title}: {error}"));
        assert_eq!(registered.algorithm, algorithm, "{title}");
        let aaguid: [u8; 16] = hex(&vector["registration"]["aaguid"]).try_into().unwrap();
        assert_eq!(registered.aaguid, Aaguid::from_bytes(aaguid), "{title}");
        assert_eq!(registered.attachment, Some(Attachment::Platform));
        assert_eq!(registered.sign_count, 0);

        let judged = register(vector, &rp, &required).map(|registered| registered.attestation);
        if let AttestationOutcome::Trusted(format) = worth {
            assert_eq!(judged, Ok(worth), "{title}");
            let untrusted = AttestationOutcome::Untrusted(format);
            assert_eq!(registered.attestation, untrusted);
        } else {
            assert_eq!(judged.unwrap_err().step(), 24, "{title}");
            assert_eq!(registered.attestation, worth, "{title}");
        }

        let passed = authenticate(vector, &rp, &registered)
            .unwrap_or_else(|error| panic!("{title}: {error}"));
        assert!(!passed.sign_count_regressed, "{title}: both counters are 0");
        assert_eq!(
            passed.user_verification_counts,
            passed.user_verified && registered.user_verified,
            "{title}",
        );
    }
}

#[test]
fn a_vector_from_a_frame_passes_only_where_frames_are_expected() {
    let Some(file) = vectors() else { return };
    let (cross_origin, top_origin) = (&file["vectors"][2], &file["vectors"][3]);
    let refused = register(cross_origin, &rp(), &TrustPolicy::Accept).unwrap_err();
    assert_eq!(refused, RegistrationError::CrossOrigin);
    let refused = register(top_origin, &rp(), &TrustPolicy::Accept).unwrap_err();
    assert_eq!(refused, RegistrationError::CrossOrigin);
    let other = rp_in_frames("https://example.net");
    let refused = register(top_origin, &other, &TrustPolicy::Accept).unwrap_err();
    assert_eq!(refused, RegistrationError::TopOrigin);
    assert!(register(cross_origin, &other, &TrustPolicy::Accept).is_ok());
}

#[test]
fn verification_counts_only_if_it_was_there_from_the_start() {
    let Some(file) = vectors() else { return };
    let rp = rp_in_frames("https://example.com");
    // §16.6: registered without user verification, then used with it.
    let vector = &file["vectors"][4];
    let registered = register(vector, &rp, &TrustPolicy::Accept).unwrap();
    assert!(!registered.uv_initialized);
    assert_eq!(registered.credential_id.as_bytes().len(), 1023);
    let passed = authenticate(vector, &rp, &registered).unwrap();
    assert!(passed.user_verified && !passed.user_verification_counts && passed.may_initialize_uv);
}

#[test]
fn the_key_of_another_vector_verifies_nothing() {
    let Some(file) = vectors() else { return };
    let rp = rp();
    let one = register(&file["vectors"][0], &rp, &TrustPolicy::Accept).unwrap();
    let mut other = register(&file["vectors"][1], &rp, &TrustPolicy::Accept).unwrap();
    other.credential_id = CredentialId::from_bytes(one.credential_id.as_bytes()).unwrap();
    let refused = authenticate(&file["vectors"][0], &rp, &other).unwrap_err();
    assert_eq!(refused, AuthenticationError::Signature);
}
