//! Every parser is total: any bytes give a value or an error, near what it expects and far from it.

use countersign_webauthn::attestation::AttestationObject;
use countersign_webauthn::authenticator_data::AuthenticatorData;
use countersign_webauthn::client_data::ClientData;
use countersign_webauthn::{
    Aaguid, AuthenticationResponse, AuthenticationState, Base64Url, PublicKey,
    RegistrationResponse, RegistrationState, RelyingParty, TrustAnchors, TrustPolicy,
};
use proptest::prelude::*;

use crate::forge::{
    Assertion, Attestation, Signer, Stored, authentication, authentication_state, registration,
    registration_json, registration_state, rp,
};

/// Gives every parser the bytes; what is read must be within its own bounds.
fn every_parser(bytes: &[u8]) {
    if let Ok(data) = AuthenticatorData::parse(bytes) {
        assert_eq!(data.flags.attested(), data.attested.is_some());
        assert_eq!(data.flags.extensions(), data.extensions.is_some());
    }
    if let Ok(object) = AttestationObject::parse(bytes) {
        assert!((1..=32).contains(&object.format.len()));
    }
    if let Ok(key) = PublicKey::from_cose(bytes) {
        let _ = (key.check(), key.verify(bytes, bytes, bytes));
    }
    let _ = (
        ClientData::parse(bytes),
        RegistrationResponse::parse(bytes),
        AuthenticationResponse::parse(bytes),
        serde_json::from_slice::<RegistrationState>(bytes),
        serde_json::from_slice::<AuthenticationState>(bytes),
        TrustAnchors::new().add(bytes),
    );
    if let Ok(text) = core::str::from_utf8(bytes) {
        let _ = (text.parse::<Aaguid>(), Base64Url::<0, 64>::from_text(text));
    }
}

/// An original with some bytes replaced.
fn spoiled(original: Vec<u8>) -> impl Strategy<Value = Vec<u8>> {
    let edits = prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6);
    edits.prop_map(move |edits| {
        let mut bytes = original.clone();
        for (at, byte) in edits {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        bytes
    })
}

fn originals() -> impl Strategy<Value = Vec<u8>> {
    let signer = Signer::es256();
    let attestation = Attestation::none(&signer).attested_by_itself(&signer);
    let assertion = Assertion::new(&signer);
    let originals = [
        attestation.object(),
        attestation.auth_data(),
        attestation.public_key.clone(),
        attestation.client_data.clone(),
        attestation.json().to_string().into_bytes(),
        assertion.auth_data.clone(),
        assertion.json().to_string().into_bytes(),
    ];
    prop::sample::select(originals.to_vec()).prop_flat_map(spoiled)
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        every_parser(&bytes);
    }

    #[test]
    fn bytes_near_an_original_are_read_or_refused(bytes in originals()) {
        every_parser(&bytes);
    }

    #[test]
    fn cbor_of_any_shape_is_read_or_refused(
        bytes in prop::collection::vec(
            prop::sample::select(vec![0x00, 0x18, 0x20, 0x40, 0x41, 0x60, 0x81, 0x9f, 0xa0, 0xa1, 0xbf, 0xc0, 0xf4, 0xf9, 0xff]),
            0..200,
        ),
    ) {
        every_parser(&bytes);
    }

    #[test]
    fn ceremonies_finish_or_refuse_whatever_comes(
        client_data in prop::collection::vec(any::<u8>(), 1..100),
        data in prop::collection::vec(any::<u8>(), 1..200),
        signature in prop::collection::vec(any::<u8>(), 1..100),
    ) {
        let signer = Signer::es256();
        let answer = Assertion { client_data, auth_data: data.clone(), signature, ..Assertion::new(&signer) };
        let judged = authentication_state(authentication())
            .finish(&rp(), &answer.response(), &Stored::of(&signer).view());
        prop_assert!(judged.is_err());
        let json = registration_json(b"x", &Attestation::none(&signer).client_data, &data);
        let response = crate::forge::parsed_registration(&json);
        let judged = registration_state(registration()).finish(&rp(), &response, &TrustPolicy::Accept);
        prop_assert!(judged.is_err());
    }

    #[test]
    fn base64url_is_read_as_it_is_written(bytes in prop::collection::vec(any::<u8>(), 0..=64)) {
        let value = Base64Url::<0, 64>::from_bytes(&bytes).unwrap();
        prop_assert_eq!(Base64Url::<0, 64>::from_text(&value.text()).unwrap(), value);
    }

    #[test]
    fn relying_parties_take_only_origins_that_they_accept(id in "\\PC{0,20}", origin in "\\PC{0,30}") {
        if let Ok(rp) = RelyingParty::new(&id, "", [&origin]) {
            prop_assert!(rp.accepts_origin(&origin));
            prop_assert_eq!(rp.name(), rp.id());
        }
    }
}
