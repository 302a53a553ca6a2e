//! Options have the shape of Level 3, and states survive being stored.

use countersign_webauthn::{
    Attachment, AttestationPreference, Authentication, AuthenticationState, Challenge,
    CredentialDescriptor, Hint, RegistrationState, ResidentKey, UserHandle, UserVerification,
};
use serde_json::{Value, json};

use crate::forge::{
    Assertion, Attestation, Signer, Stored, authentication, challenge, credential_id, handle,
    registration, rp,
};

fn known() -> CredentialDescriptor {
    CredentialDescriptor::new(credential_id(), vec!["usb".to_owned(), "new".to_owned()])
}

#[test]
fn creation_options_have_the_shape_of_level_3() {
    let ceremony = registration()
        .exclude(vec![known()])
        .resident_key(ResidentKey::Required)
        .user_verification(UserVerification::Required)
        .attestation(AttestationPreference::Direct);
    let (options, _) = ceremony.begin(&rp(), &challenge());
    assert_eq!(
        serde_json::to_value(&options).unwrap(),
        json!({
            "rp": {"id": "example.com", "name": "Example"},
            "user": {
                "id": handle().text(),
                "name": "alice@example.com",
                "displayName": "Alice",
            },
            "challenge": challenge().text(),
            "pubKeyCredParams": [
                {"type": "public-key", "alg": -7},
                {"type": "public-key", "alg": -8},
                {"type": "public-key", "alg": -35},
                {"type": "public-key", "alg": -257},
            ],
            "timeout": 300_000,
            "excludeCredentials": [
                {"type": "public-key", "id": credential_id().text(), "transports": ["usb", "new"]},
            ],
            "authenticatorSelection": {
                "residentKey": "required",
                "requireResidentKey": true,
                "userVerification": "required",
            },
            "hints": [],
            "attestation": "direct",
            "extensions": {"credProps": true},
        }),
    );
}

#[test]
fn request_options_have_the_shape_of_level_3() {
    let ceremony = Authentication::of_user(handle(), vec![known()]).hints(vec![Hint::SecurityKey]);
    let (options, _) = ceremony.begin(&rp(), &challenge());
    assert_eq!(
        serde_json::to_value(&options).unwrap(),
        json!({
            "challenge": challenge().text(),
            "timeout": 300_000,
            "rpId": "example.com",
            "allowCredentials": [
                {"type": "public-key", "id": credential_id().text(), "transports": ["usb", "new"]},
            ],
            "userVerification": "preferred",
            "hints": ["security-key"],
        }),
    );
    let (options, _) = Authentication::discoverable().begin(&rp(), &challenge());
    let options = serde_json::to_value(&options).unwrap();
    assert_eq!(options["allowCredentials"], json!([]));
    assert_eq!(options["userVerification"], "required");
}

#[test]
fn hints_that_mean_one_place_name_it_for_older_clients() {
    let selection = |hints: Vec<Hint>, attachment: Option<Attachment>| {
        let ceremony = registration().hints(hints);
        let ceremony = attachment
            .into_iter()
            .fold(ceremony, |ceremony, attachment| {
                ceremony.attachment(attachment)
            });
        let (options, _) = ceremony.begin(&rp(), &challenge());
        let mut options = serde_json::to_value(&options).unwrap();
        options["authenticatorSelection"]["authenticatorAttachment"].take()
    };
    assert_eq!(
        selection(vec![Hint::SecurityKey, Hint::Hybrid], None),
        "cross-platform"
    );
    assert_eq!(selection(vec![Hint::ClientDevice], None), "platform");
    assert_eq!(
        selection(vec![Hint::ClientDevice, Hint::Hybrid], None),
        Value::Null
    );
    assert_eq!(selection(vec![], None), Value::Null);
    assert_eq!(
        selection(vec![Hint::Hybrid], Some(Attachment::Platform)),
        "platform"
    );
}

#[test]
fn states_are_the_same_after_they_were_stored() {
    let signer = Signer::es256();
    let (_, state) = registration().begin(&rp(), &challenge());
    let json = serde_json::to_string(&state).unwrap();
    assert!(json.len() < 300, "{json}");
    assert!(
        !json.contains(&challenge().text()),
        "the challenge itself is not kept"
    );
    let state: RegistrationState = serde_json::from_str(&json).unwrap();
    let answer = Attestation::none(&signer).response();
    assert!(
        state
            .finish(&rp(), &answer, &countersign_webauthn::TrustPolicy::Accept)
            .is_ok()
    );

    let (_, state) = authentication().begin(&rp(), &challenge());
    let json = serde_json::to_string(&state).unwrap();
    assert!(json.len() < 300, "{json}");
    let state: AuthenticationState = serde_json::from_str(&json).unwrap();
    let answer = Assertion::new(&signer).response();
    assert!(
        state
            .finish(&rp(), &answer, &Stored::of(&signer).view())
            .is_ok()
    );

    let (_, kept) = Authentication::discoverable().begin(&rp(), &challenge());
    assert_eq!(kept, AuthenticationState::discoverable(&challenge()));
}

#[test]
fn a_state_of_one_ceremony_is_none_of_the_other() {
    let (_, state) = registration().begin(&rp(), &challenge());
    let json = serde_json::to_string(&state).unwrap();
    assert!(serde_json::from_str::<AuthenticationState>(&json).is_err());
}

#[test]
fn challenges_and_handles_come_from_the_random_source_and_have_their_lengths() {
    let source = |bytes: &mut [u8]| {
        bytes.fill(0x5a);
        Ok::<_, ()>(())
    };
    assert_eq!(Challenge::generate(source).unwrap().as_bytes(), [0x5a; 32]);
    assert_eq!(UserHandle::generate(source).unwrap().as_bytes(), [0x5a; 64]);
    assert!(Challenge::generate(|_| Err(())).is_err());
    assert!(Challenge::from_bytes(&[1; 15]).is_err());
    assert!(Challenge::from_bytes(&[1; 16]).is_ok());
    assert!(UserHandle::from_bytes(&[]).is_err());
    assert!(UserHandle::from_bytes(&[1; 65]).is_err());
}
