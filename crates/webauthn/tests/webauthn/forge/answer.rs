//! Answers, taken apart so that a test can bend each piece, signed after it was bent or before.

use aws_lc_rs::digest::{SHA256, digest};
use countersign_webauthn::{AuthenticationResponse, RegistrationResponse};
use data_encoding::BASE64URL_NOPAD;
use serde_json::{Value, json};

use super::cbor::{bytes, int, map, text};
use super::{AT, BE, BS, ORIGIN, RP_ID, Signer, UP, UV, challenge, credential_id, handle};

pub fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}

pub fn sha256(message: &[u8]) -> Vec<u8> {
    digest(&SHA256, message).as_ref().to_vec()
}

/// Client data as a JSON object.
#[derive(Clone)]
pub struct ClientData(pub Value);

impl ClientData {
    pub fn new(kind: &str) -> Self {
        Self(json!({
            "type": kind,
            "challenge": challenge().text(),
            "origin": ORIGIN,
            "crossOrigin": false,
        }))
    }

    /// With one member set to something else.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0[name] = value.into();
        self
    }

    /// Without a member.
    pub fn without(mut self, name: &str) -> Self {
        self.0.as_object_mut().unwrap().remove(name);
        self
    }

    pub fn json(&self) -> Vec<u8> {
        self.0.to_string().into_bytes()
    }
}

/// What a registration answers.
#[derive(Clone)]
pub struct Attestation {
    pub client_data: Vec<u8>,
    pub rp_id_hash: Vec<u8>,
    pub flags: u8,
    pub sign_count: u32,
    pub aaguid: [u8; 16],
    pub id: Vec<u8>,
    pub public_key: Vec<u8>,
    /// Behind the key: extensions, or rubbish.
    pub tail: Vec<u8>,
    pub format: String,
    pub statement: Vec<u8>,
    /// What the browser says the id is.
    pub raw_id: Vec<u8>,
}

impl Attestation {
    /// Without a statement.
    pub fn none(signer: &Signer) -> Self {
        Self {
            client_data: ClientData::new("webauthn.create").json(),
            rp_id_hash: sha256(RP_ID.as_bytes()),
            flags: UP | UV | BE | BS | AT,
            sign_count: 5,
            aaguid: [7; 16],
            id: credential_id().as_bytes().to_vec(),
            public_key: signer.cose(),
            tail: Vec::new(),
            format: "none".to_owned(),
            statement: map(&[]),
            raw_id: credential_id().as_bytes().to_vec(),
        }
    }

    pub fn auth_data(&self) -> Vec<u8> {
        let length = u16::try_from(self.id.len()).unwrap();
        [
            self.rp_id_hash.as_slice(),
            &[self.flags],
            &self.sign_count.to_be_bytes(),
            &self.aaguid,
            &length.to_be_bytes(),
            &self.id,
            &self.public_key,
            &self.tail,
        ]
        .concat()
    }

    /// What an attestation signs.
    pub fn signed(&self) -> Vec<u8> {
        [self.auth_data(), sha256(&self.client_data)].concat()
    }

    /// With a `packed` statement by the credential's own key, over all as it is now.
    pub fn attested_by_itself(mut self, signer: &Signer) -> Self {
        "packed".clone_into(&mut self.format);
        self.statement = map(&[
            (text("alg"), int(signer.algorithm().number())),
            (text("sig"), bytes(&signer.sign(&self.signed()))),
        ]);
        self
    }

    pub fn object(&self) -> Vec<u8> {
        map(&[
            (text("fmt"), text(&self.format)),
            (text("attStmt"), self.statement.clone()),
            (text("authData"), bytes(&self.auth_data())),
        ])
    }

    pub fn json(&self) -> Value {
        registration_json(&self.raw_id, &self.client_data, &self.object())
    }

    pub fn response(&self) -> RegistrationResponse {
        parsed_registration(&self.json())
    }
}

pub fn registration_json(id: &[u8], client_data: &[u8], object: &[u8]) -> Value {
    json!({
        "id": base64url(id),
        "rawId": base64url(id),
        "type": "public-key",
        "authenticatorAttachment": "platform",
        "clientExtensionResults": {"credProps": {"rk": true}, "other": [1, {"x": null}]},
        "response": {
            "clientDataJSON": base64url(client_data),
            "attestationObject": base64url(object),
            "transports": ["internal", "hybrid", "a-new-one"],
            "publicKeyAlgorithm": -7,
        },
    })
}

pub fn parsed_registration(json: &Value) -> RegistrationResponse {
    RegistrationResponse::parse(json.to_string().as_bytes()).unwrap()
}

/// What an authentication answers.
#[derive(Clone)]
pub struct Assertion {
    pub client_data: Vec<u8>,
    pub auth_data: Vec<u8>,
    pub signature: Vec<u8>,
    pub id: Vec<u8>,
    pub user_handle: Option<Vec<u8>>,
}

impl Assertion {
    /// The usual one, counter at 6.
    pub fn new(signer: &Signer) -> Self {
        Self::with_flags(signer, UP | UV | BE | BS, 6)
    }

    pub fn with_flags(signer: &Signer, flags: u8, sign_count: u32) -> Self {
        Self {
            client_data: ClientData::new("webauthn.get").json(),
            auth_data: [
                sha256(RP_ID.as_bytes()).as_slice(),
                &[flags],
                &sign_count.to_be_bytes(),
            ]
            .concat(),
            signature: Vec::new(),
            id: credential_id().as_bytes().to_vec(),
            user_handle: Some(handle().as_bytes().to_vec()),
        }
        .signed(signer)
    }

    /// Signed as it is now.
    pub fn signed(mut self, signer: &Signer) -> Self {
        let message = [self.auth_data.clone(), sha256(&self.client_data)].concat();
        self.signature = signer.sign(&message);
        self
    }

    pub fn json(&self) -> Value {
        let mut json = json!({
            "id": base64url(&self.id),
            "rawId": base64url(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "cross-platform",
            "clientExtensionResults": {"appid": true},
            "response": {
                "clientDataJSON": base64url(&self.client_data),
                "authenticatorData": base64url(&self.auth_data),
                "signature": base64url(&self.signature),
            },
        });
        if let Some(handle) = &self.user_handle {
            json["response"]["userHandle"] = base64url(handle).into();
        }
        json
    }

    pub fn response(&self) -> AuthenticationResponse {
        parsed_authentication(&self.json())
    }
}

pub fn parsed_authentication(json: &Value) -> AuthenticationResponse {
    AuthenticationResponse::parse(json.to_string().as_bytes()).unwrap()
}
