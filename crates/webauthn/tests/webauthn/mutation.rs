//! Forged answers by the thousand: each byte, bit, length and member of both ceremonies is changed
//! in turn, once under the old signature and once under a new one, and each is refused.

mod assertion;
mod attestation;
mod member;

use countersign_webauthn::{
    AuthenticationError, AuthenticationResponse, RegistrationError, RegistrationResponse,
    TrustPolicy,
};
use serde_json::Value;

use crate::forge::{
    Stored, authentication, authentication_state, registration, registration_state, rp,
};

/// Each bit flipped, each prefix, and a byte more.
fn bent(original: &[u8]) -> Vec<Vec<u8>> {
    let flipped = (0..original.len() * 8).map(|bit| {
        let mut bytes = original.to_vec();
        bytes[bit / 8] ^= 1 << (bit % 8);
        bytes
    });
    let cut = (0..original.len()).map(|length| original[..length].to_vec());
    let longer = [0x00, 0x20, 0xff].map(|byte| [original, &[byte]].concat());
    flipped.chain(cut).chain(longer).collect()
}

fn authenticate(answer: &Value, stored: &Stored) -> Result<(), Option<AuthenticationError>> {
    let response =
        AuthenticationResponse::parse(answer.to_string().as_bytes()).map_err(|_| None)?;
    authentication_state(authentication())
        .finish(&rp(), &response, &stored.view())
        .map(drop)
        .map_err(Some)
}

fn register(answer: &Value) -> Result<(), Option<RegistrationError>> {
    let response = RegistrationResponse::parse(answer.to_string().as_bytes()).map_err(|_| None)?;
    registration_state(registration())
        .finish(&rp(), &response, &TrustPolicy::Accept)
        .map(drop)
        .map_err(Some)
}
