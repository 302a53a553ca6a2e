//! A passkey in software, which answers in a browser's JSON and attests if it is given a maker; it
//! asks nobody and keeps what it signed to itself.

use aws_lc_rs::digest::{SHA256, digest};
use data_encoding::BASE64URL_NOPAD;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, SigningKey as _};
use serde_json::{Value, json};

use crate::maker::Maker;

/// Present, verified, eligible for backup and backed up (WebAuthn L3 §6.1).
const FLAGS: u8 = 0x01 | 0x04 | 0x08 | 0x10;
/// Attested credential data follow.
const ATTESTED: u8 = 0x40;

/// A P-256 key at one site, the id of its credential, and its model.
pub struct SoftKey {
    pair: KeyPair,
    origin: String,
    rp_id: String,
    /// The credential's id.
    pub id: [u8; 16],
    /// The AAGUID.
    pub model: [u8; 16],
}

/// An assertion: as it is sent, and as its signature sees it.
pub struct Assertion {
    /// The answer's JSON.
    pub json: String,
    /// What is signed.
    pub message: Vec<u8>,
    /// By the key.
    pub signature: Vec<u8>,
}

impl SoftKey {
    /// A new key for an origin whose host is the RP ID.
    pub fn new(origin: &str, id: [u8; 16], model: [u8; 16]) -> Self {
        Self {
            pair: KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap(),
            origin: origin.to_owned(),
            rp_id: origin.split(['/', ':']).nth(3).unwrap().to_owned(),
            id,
            model,
        }
    }

    /// The public key as a SEC 1 point.
    pub fn point(&self) -> &[u8] {
        self.pair.public_key_raw()
    }

    /// The public key as COSE has it (RFC 9053 §7.1.1).
    pub fn cose(&self) -> Vec<u8> {
        let (x, y) = self.point()[1..].split_at(32);
        let kind = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01];
        [&kind, &[0x21, 0x58, 0x20][..], x, &[0x22, 0x58, 0x20], y].concat()
    }

    /// Answers creation options with this challenge (base64url); `maker` vouches for the model.
    pub fn register(&self, challenge: &str, maker: Option<&Maker>) -> Value {
        self.registered(challenge, |data, client_data| match maker {
            None => (text("none"), vec![0xa0]),
            Some(maker) => {
                let attested = maker.attest(&signed(data, client_data));
                (text("packed"), packed(&attested))
            }
        })
    }

    /// The same as a security key of old: what `maker` signs tells no model (WebAuthn L3 §8.6).
    pub fn register_by_u2f(&self, challenge: &str, maker: &Maker) -> Value {
        self.registered(challenge, |_, client_data| {
            let message = [
                &[0][..],
                digest(&SHA256, self.rp_id.as_bytes()).as_ref(),
                digest(&SHA256, client_data.as_bytes()).as_ref(),
                &self.id,
                self.point(),
            ]
            .concat();
            (text("fido-u2f"), u2f(&maker.attest(&message)))
        })
    }

    fn registered(
        &self,
        challenge: &str,
        attest: impl FnOnce(&[u8], &str) -> (Vec<u8>, Vec<u8>),
    ) -> Value {
        let length = u16::try_from(self.id.len()).unwrap().to_be_bytes();
        let data = [
            &self.authenticator_data(FLAGS | ATTESTED, 1)[..],
            &self.model,
            &length,
            &self.id,
            &self.cose(),
        ]
        .concat();
        let client_data = self.client_data("webauthn.create", challenge);
        let (format, statement) = attest(&data, &client_data);
        let object = [
            &[0xa3][..],
            &text("fmt"),
            &format,
            &text("attStmt"),
            &statement,
            &text("authData"),
            &bytes(&data),
        ]
        .concat();
        self.answer(&json!({
            "clientDataJSON": base64url(client_data.as_bytes()),
            "attestationObject": base64url(&object),
            "transports": ["internal", "hybrid"],
        }))
    }

    /// Answers request options with this challenge (base64url), for the user of this handle.
    pub fn assert(&self, challenge: &str, user: &[u8]) -> Assertion {
        let data = self.authenticator_data(FLAGS, 2);
        let client_data = self.client_data("webauthn.get", challenge);
        let message = signed(&data, &client_data);
        let signature = self.pair.sign(&message).unwrap();
        let answer = self.answer(&json!({
            "clientDataJSON": base64url(client_data.as_bytes()),
            "authenticatorData": base64url(&data),
            "signature": base64url(&signature),
            "userHandle": base64url(user),
        }));
        Assertion {
            json: answer.to_string(),
            message,
            signature,
        }
    }

    fn answer(&self, response: &Value) -> Value {
        json!({
            "id": base64url(&self.id),
            "rawId": base64url(&self.id),
            "type": "public-key",
            "authenticatorAttachment": "platform",
            "clientExtensionResults": {},
            "response": response,
        })
    }

    /// Up to the counter (WebAuthn L3 §6.1).
    fn authenticator_data(&self, flags: u8, counter: u32) -> Vec<u8> {
        let rp = digest(&SHA256, self.rp_id.as_bytes());
        [rp.as_ref(), &[flags], &counter.to_be_bytes()].concat()
    }

    fn client_data(&self, kind: &str, challenge: &str) -> String {
        let origin = &self.origin;
        format!(
            r#"{{"type":"{kind}","challenge":"{challenge}","origin":"{origin}","crossOrigin":false}}"#
        )
    }
}

/// What a signature and an attestation are over.
fn signed(data: &[u8], client_data: &str) -> Vec<u8> {
    [data, digest(&SHA256, client_data.as_bytes()).as_ref()].concat()
}

/// A `packed` statement by a certificate (WebAuthn L3 §8.2).
fn packed((signature, certificate): &(Vec<u8>, Vec<u8>)) -> Vec<u8> {
    let members = [
        text("alg"),
        vec![0x26],
        text("sig"),
        bytes(signature),
        text("x5c"),
        vec![0x81],
        bytes(certificate),
    ];
    [vec![0xa3], members.concat()].concat()
}

/// A `fido-u2f` statement by a certificate (WebAuthn L3 §8.6).
fn u2f((signature, certificate): &(Vec<u8>, Vec<u8>)) -> Vec<u8> {
    let members = [
        text("sig"),
        bytes(signature),
        text("x5c"),
        vec![0x81],
        bytes(certificate),
    ];
    [vec![0xa2], members.concat()].concat()
}

fn text(content: &str) -> Vec<u8> {
    [head(0x60, content.len()), content.as_bytes().to_vec()].concat()
}

fn bytes(content: &[u8]) -> Vec<u8> {
    [head(0x40, content.len()), content.to_vec()].concat()
}

/// The head of a CBOR item (RFC 8949 §3).
fn head(major: u8, length: usize) -> Vec<u8> {
    match u16::try_from(length).unwrap().to_be_bytes() {
        [0, low @ 0..=23] => vec![major + low],
        [0, low] => vec![major + 24, low],
        [high, low] => vec![major + 25, high, low],
    }
}

/// Bytes as answers carry them.
pub fn base64url(bytes: &[u8]) -> String {
    BASE64URL_NOPAD.encode(bytes)
}
