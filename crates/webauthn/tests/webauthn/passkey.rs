//! An authenticator that others wrote, with its own CBOR and its own cryptography, registers and
//! signs in from our options, and our types read its answers.

use countersign_webauthn::{
    Algorithm, AttestationOutcome, Authenticated, Authentication, AuthenticationError,
    AuthenticationResponse, Challenge, CredentialDescriptor, Registered, Registration,
    RegistrationResponse, ResidentKey, StoredCredential, TrustPolicy, UserVerification,
};
use futures_executor::block_on;
use passkey::authenticator::{Authenticator, UiHint, UserCheck, UserValidationMethod};
use passkey::client::{Client, DefaultClientData};
use passkey::crypto::rust_crypto::RustCryptoBackend;
use passkey_types::Passkey;
use passkey_types::ctap2::{Aaguid, Ctap2Error};
use serde_json::{Value, json};
use url::Url;

use crate::forge::{ORIGIN, handle, registration, rp};

/// A person who is there, and whose finger is known or not.
struct Person {
    verified: bool,
}

#[async_trait::async_trait]
impl UserValidationMethod for Person {
    type PasskeyItem = Passkey;

    async fn check_user<'a>(
        &self,
        _hint: UiHint<'a, Passkey>,
        _presence: bool,
        verification: bool,
    ) -> Result<UserCheck, Ctap2Error> {
        Ok(UserCheck {
            presence: true,
            verification: verification && self.verified,
        })
    }

    fn is_presence_enabled(&self) -> bool {
        true
    }

    fn is_verification_enabled(&self) -> Option<bool> {
        self.verified.then_some(true)
    }
}

type Browser =
    Client<Option<Passkey>, Person, RustCryptoBackend, public_suffix::PublicSuffixList, ()>;

fn browser(verified: bool, counts: bool) -> Browser {
    let mut authenticator = Authenticator::new(
        Aaguid::from([0x42; 16]),
        None,
        Person { verified },
        RustCryptoBackend,
    );
    authenticator.set_make_credentials_with_signature_counter(counts);
    Client::new(authenticator).user_verification_when_preferred(verified)
}

fn register(browser: &mut Browser, ceremony: Registration, seed: u8) -> Registered {
    let challenge = Challenge::from([seed; 32]);
    let (options, state) = ceremony.begin(&rp(), &challenge);
    let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
    let origin = Url::parse(ORIGIN).unwrap();
    let created = block_on(browser.register(origin, request, DefaultClientData)).unwrap();
    let json = serde_json::to_vec(&created).unwrap();
    let response = RegistrationResponse::parse(&json).unwrap();
    state
        .finish(&rp(), &response, &TrustPolicy::Accept)
        .unwrap()
}

/// What the browser answers, and the judgment about it.
fn authenticate(
    browser: &mut Browser,
    ceremony: Authentication,
    stored: &StoredCredential<'_>,
    seed: u8,
) -> (Value, Result<Authenticated, AuthenticationError>) {
    let challenge = Challenge::from([seed; 32]);
    let (options, state) = ceremony.begin(&rp(), &challenge);
    let request = serde_json::from_value(json!({ "publicKey": options })).unwrap();
    let origin = Url::parse(ORIGIN).unwrap();
    let answer = block_on(browser.authenticate(origin, request, DefaultClientData)).unwrap();
    let json = serde_json::to_value(&answer).unwrap();
    let response = AuthenticationResponse::parse(json.to_string().as_bytes()).unwrap();
    (json, state.finish(&rp(), &response, stored))
}

fn stored(registered: &Registered) -> StoredCredential<'_> {
    StoredCredential {
        id: &registered.credential_id,
        user: &registered.user,
        public_key: &registered.public_key,
        sign_count: registered.sign_count,
        uv_initialized: registered.uv_initialized,
        backup_eligible: registered.backup_eligible,
    }
}

fn second_step(registered: &Registered) -> Authentication {
    let descriptor = CredentialDescriptor::new(
        registered.credential_id.clone(),
        registered.transports.clone(),
    );
    Authentication::of_user(handle(), vec![descriptor])
}

#[test]
fn a_passkey_registers_and_signs_in_as_the_second_and_as_the_only_step() {
    let mut browser = browser(true, false);
    let ceremony = registration()
        .resident_key(ResidentKey::Required)
        .user_verification(UserVerification::Required);
    let registered = register(&mut browser, ceremony, 1);
    assert_eq!(registered.user, handle());
    assert_eq!(registered.algorithm, Algorithm::Es256);
    assert!(registered.user_verified && registered.uv_initialized);
    assert!(
        registered.backup_eligible && registered.backup_state,
        "it says it is synced"
    );
    assert_eq!(registered.discoverable, Some(true));
    assert!(registered.transports.contains(&"internal".to_owned()));
    assert_eq!(registered.sign_count, 0);

    let (_, passed) = authenticate(
        &mut browser,
        second_step(&registered),
        &stored(&registered),
        2,
    );
    assert!(passed.unwrap().user_verification_counts);
    let (json, passed) = authenticate(
        &mut browser,
        Authentication::discoverable(),
        &stored(&registered),
        3,
    );
    let passed = passed.unwrap();
    assert_eq!(json["response"]["userHandle"], handle().text());
    assert!(passed.user_verification_counts);
    assert_eq!(
        (passed.new_sign_count, passed.sign_count_regressed),
        (0, false)
    );
}

#[test]
fn its_counter_goes_up_and_a_copy_of_it_shows() {
    let mut browser = browser(true, true);
    let registered = register(&mut browser, registration(), 1);
    let mut sign_count = registered.sign_count;
    for seed in 2..5 {
        let stored = StoredCredential {
            sign_count,
            ..stored(&registered)
        };
        let (_, passed) = authenticate(&mut browser, second_step(&registered), &stored, seed);
        let passed = passed.unwrap();
        assert!(!passed.sign_count_regressed && passed.new_sign_count > sign_count);
        sign_count = passed.new_sign_count;
    }
    // The owner went on with the original; the copy stands where it was taken.
    let stored = StoredCredential {
        sign_count: sign_count + 7,
        ..stored(&registered)
    };
    let (_, passed) = authenticate(&mut browser, second_step(&registered), &stored, 9);
    assert!(passed.unwrap().sign_count_regressed);
}

#[test]
fn an_authenticator_that_verifies_nobody_is_one_factor() {
    let mut browser = browser(false, false);
    let registered = register(&mut browser, registration(), 1);
    assert!(!registered.user_verified && !registered.uv_initialized);
    let (_, passed) = authenticate(
        &mut browser,
        second_step(&registered),
        &stored(&registered),
        2,
    );
    let passed = passed.unwrap();
    assert!(passed.user_present && !passed.user_verified && !passed.user_verification_counts);
}

#[test]
fn its_answer_fits_one_challenge_only() {
    let mut browser = browser(true, false);
    let registered = register(&mut browser, registration(), 1);
    assert!(matches!(
        registered.attestation,
        AttestationOutcome::None | AttestationOutcome::SelfSigned,
    ));
    let (json, passed) = authenticate(
        &mut browser,
        second_step(&registered),
        &stored(&registered),
        2,
    );
    assert!(passed.is_ok());
    let replayed = AuthenticationResponse::parse(json.to_string().as_bytes()).unwrap();
    let (_, state) = second_step(&registered).begin(&rp(), &Challenge::from([3; 32]));
    let refused = state
        .finish(&rp(), &replayed, &stored(&registered))
        .unwrap_err();
    assert_eq!(refused, AuthenticationError::Challenge);
}
