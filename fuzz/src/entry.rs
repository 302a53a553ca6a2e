//! One function a target: any bytes give a value or an error, and a value keeps its promises.

use countersign_webauthn::attestation::AttestationObject;
use countersign_webauthn::authenticator_data::{AuthenticatorData, MAX_AUTHENTICATOR_DATA};
use countersign_webauthn::client_data::{Ceremony, ClientData};
use countersign_webauthn::{
    Authentication, AuthenticationResponse, Challenge, CredentialId, PublicKey, Registration,
    RegistrationResponse, RelyingParty, Requirement, StoredCredential, TrustAnchors, TrustPolicy,
    User, UserHandle,
};

/// A COSE key on P-256: the generator (SEC 2 §2.4.2), whose private key is 1.
pub const KEY: [u8; 77] = *b"\xa5\x01\x02\x03\x26\x20\x01\x21\x58\x20\
    \x6b\x17\xd1\xf2\xe1\x2c\x42\x47\xf8\xbc\xe6\xe5\x63\xa4\x40\xf2\
    \x77\x03\x7d\x81\x2d\xeb\x33\xa0\xf4\xa1\x39\x45\xd8\x98\xc2\x96\
    \x22\x58\x20\
    \x4f\xe3\x42\xe2\xfe\x1a\x7f\x9b\x8e\xe7\xeb\x4a\x7c\x0f\x9e\x16\
    \x2b\xce\x33\x57\x6b\x31\x5e\xce\xcb\xb6\x40\x68\x37\xbf\x51\xf5";

fn rp() -> RelyingParty {
    RelyingParty::new("example.com", "Example", ["https://login.example.com"])
        .expect("a relying party")
}

fn user() -> UserHandle {
    UserHandle::from_bytes(&[3; 64]).expect("a handle")
}

/// Client data.
pub fn client_data(bytes: &[u8]) {
    let Ok(data) = ClientData::parse(bytes) else {
        return;
    };
    let challenge = Challenge::from([9; 32]);
    for ceremony in [Ceremony::Registration, Ceremony::Authentication] {
        if data.judge(ceremony, &challenge.hash(), &rp()).is_ok() {
            let text = String::from_utf8_lossy(bytes);
            assert!(!text.is_empty());
        }
    }
}

/// Authenticator data.
pub fn authenticator_data(bytes: &[u8]) {
    let Ok(data) = AuthenticatorData::parse(bytes) else {
        return;
    };
    assert!((37..=MAX_AUTHENTICATOR_DATA).contains(&bytes.len()));
    let attested = data.attested.map_or(0, |credential| {
        18 + credential.credential_id.len() + credential.public_key.len()
    });
    let extensions = data.extensions.map_or(0, <[u8]>::len);
    assert_eq!(
        bytes.len(),
        37 + attested + extensions,
        "every byte belongs somewhere"
    );
    if let Some(credential) = data.attested {
        cose_key(credential.public_key);
    }
}

/// Attestation objects, and their authenticator data.
pub fn attestation_object(bytes: &[u8]) {
    if let Ok(object) = AttestationObject::parse(bytes) {
        assert!((1..=32).contains(&object.format.len()));
        authenticator_data(object.auth_data);
    }
}

/// COSE keys.
pub fn cose_key(bytes: &[u8]) {
    if let Ok(key) = PublicKey::from_cose(bytes) {
        let _ = key.check();
        assert!(key.verify(b"message", b"", b"no signature").is_err());
    }
}

/// A whole registration, with and without a trust policy.
pub fn registration_json(bytes: &[u8]) {
    let Ok(response) = RegistrationResponse::parse(bytes) else {
        return;
    };
    let user = User {
        handle: user(),
        name: String::new(),
        display_name: String::new(),
    };
    let (_, state) = Registration::new(user).begin(&rp(), &Challenge::from([9; 32]));
    if let Ok(passed) = state.finish(&rp(), &response, &TrustPolicy::Accept) {
        assert_eq!(passed.credential_id, response.raw_id);
        assert!(PublicKey::from_cose(&passed.public_key).is_ok());
    }
    let anchors = TrustAnchors::new();
    let nobody = TrustPolicy::Require(Requirement::new(&anchors, 1_764_000_000));
    assert!(
        state.finish(&rp(), &response, &nobody).is_err(),
        "nobody is trusted"
    );
}

/// A whole authentication, by a key that the corpus has signatures of.
pub fn authentication_json(bytes: &[u8]) {
    let Ok(response) = AuthenticationResponse::parse(bytes) else {
        return;
    };
    let id = CredentialId::from_bytes(b"the credential's id").expect("an id");
    let stored = StoredCredential {
        id: &id,
        user: &user(),
        public_key: &KEY,
        sign_count: 5,
        uv_initialized: true,
        backup_eligible: true,
    };
    let ceremony = Authentication::of_user(user(), Vec::new());
    let (_, state) = ceremony.begin(&rp(), &Challenge::from([9; 32]));
    if let Ok(passed) = state.finish(&rp(), &response, &stored) {
        assert!(passed.user_present);
        assert_eq!(passed.credential_id, id);
    }
}
