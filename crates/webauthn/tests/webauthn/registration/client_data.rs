//! Steps 5 to 11: client data.

use countersign_webauthn::RegistrationError as Error;

use super::{finish, refusal};
use crate::forge::{Attestation, ClientData, Signer, challenge, registration};

#[test]
fn client_data_are_judged_by_steps_5_to_11() {
    let signer = Signer::es256();
    let usual = || ClientData::new("webauthn.create");
    let standard = data_encoding::BASE64.encode(challenge().as_bytes());
    let cases: Vec<(Vec<u8>, Error)> = [
        (usual().with("type", "webauthn.get"), Error::Type),
        (usual().with("type", ""), Error::Type),
        (usual().with("type", "Webauthn.create"), Error::Type),
        (usual().without("type"), Error::Type),
        (usual().with("type", 1), Error::Json),
        (usual().with("challenge", "AAAA"), Error::Challenge),
        (usual().with("challenge", ""), Error::Challenge),
        (
            usual().with("challenge", challenge().text() + "="),
            Error::Challenge,
        ),
        (
            usual().with("challenge", challenge().text() + "A"),
            Error::Challenge,
        ),
        (usual().with("challenge", standard), Error::Challenge),
        (usual().without("challenge"), Error::Challenge),
        (usual().with("challenge", vec![9; 32]), Error::Json),
        (
            usual().with("origin", "http://login.example.com"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://login.example.com:8443"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://login.example.com/"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://LOGIN.example.com"),
            Error::Origin,
        ),
        (usual().with("origin", "https://example.com"), Error::Origin),
        (
            usual().with("origin", "https://a.login.example.com"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://login.example.com.evil.net"),
            Error::Origin,
        ),
        (
            usual().with("origin", "https://evil.net#https://login.example.com"),
            Error::Origin,
        ),
        (usual().with("origin", "null"), Error::Origin),
        (usual().with("origin", ""), Error::Origin),
        (usual().without("origin"), Error::Origin),
        (usual().with("origin", 1), Error::Json),
        (usual().with("crossOrigin", true), Error::CrossOrigin),
        (usual().with("crossOrigin", "false"), Error::Json),
        (
            usual().with("crossOrigin", serde_json::Value::Null),
            Error::Json,
        ),
        (
            usual().with("topOrigin", "https://login.example.com"),
            Error::TopOrigin,
        ),
        (usual().with("topOrigin", 1), Error::Json),
    ]
    .into_iter()
    .map(|(data, error)| (data.json(), error))
    .chain(unreadable())
    .collect();
    for (client_data, expected) in cases {
        let shown = String::from_utf8_lossy(&client_data).into_owned();
        let mut answer = Attestation::none(&signer);
        answer.client_data = client_data;
        let answer = answer.attested_by_itself(&signer);
        assert_eq!(refusal(&answer), expected, "{shown}");
    }
}

fn unreadable() -> Vec<(Vec<u8>, Error)> {
    let usual = String::from_utf8(ClientData::new("webauthn.create").json()).unwrap();
    let twice = usual.replacen(
        '{',
        &format!(r#"{{"challenge":"{}","#, challenge().text()),
        1,
    );
    vec![
        (b"\xff\xfe".to_vec(), Error::Utf8),
        ([usual.as_bytes(), b"\xff"].concat(), Error::Utf8),
        (b"[]".to_vec(), Error::Json),
        (members_in_an_array().into_bytes(), Error::Json),
        (b"null".to_vec(), Error::Json),
        (b"{".to_vec(), Error::Json),
        (format!("{usual} x").into_bytes(), Error::Json),
        (twice.into_bytes(), Error::Json),
        (vec![b'['; 8000], Error::Json),
    ]
}

fn members_in_an_array() -> String {
    let challenge = challenge().text();
    format!(r#"["webauthn.create","{challenge}","https://login.example.com",false]"#)
}

#[test]
fn order_unknown_members_a_mark_and_token_binding_do_not_matter() {
    let signer = Signer::es256();
    let usual = ClientData::new("webauthn.create")
        .with("tokenBinding", "rubbish")
        .with("extraData", serde_json::json!({"a": [1, 2, {"b": null}]}));
    let reversed = format!(
        r#"{{"origin":"https://login.example.com","challenge":"{}","type":"webauthn.create"}}"#,
        challenge().text(),
    );
    for client_data in [
        usual.json(),
        [b"\xef\xbb\xbf".as_slice(), &usual.json()].concat(),
        reversed.into_bytes(),
    ] {
        let mut answer = Attestation::none(&signer);
        answer.client_data = client_data;
        finish(registration(), &answer.attested_by_itself(&signer)).unwrap();
    }
}
