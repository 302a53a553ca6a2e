//! Metadata blobs: whom they are signed by, which models they let be trusted, and which no more.

use countersign_webauthn::Aaguid;
use countersign_webauthn::error::MetadataError;
use countersign_webauthn::mds::{Metadata, Standing};
use data_encoding::BASE64;
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, SanType};
use serde_json::{Value, json};

use crate::forge::{Authority, NOW, base64url, blank};

const HOST: &str = "mds.example.com";
const GOOD: &str = "07070707-0707-0707-0707-070707070707";
const FALLEN: &str = "08080808-0808-0808-0808-080808080808";

fn payload(authority: &Authority) -> Value {
    let root = BASE64.encode(&authority.root);
    let entry = |aaguid: &str, statuses: &[&str]| {
        let reports: Vec<_> = statuses
            .iter()
            .map(|status| json!({"status": status}))
            .collect();
        json!({
            "aaguid": aaguid,
            "metadataStatement": {
                "description": "A model",
                "attestationRootCertificates": [root],
                "schema": 3,
            },
            "statusReports": reports,
            "timeOfLastStatusChange": "2026-01-01",
        })
    };
    json!({
        "legalHeader": "…",
        "no": 42,
        "nextUpdate": "2026-12-01",
        "entries": [
            entry(GOOD, &["FIDO_CERTIFIED_L1"]),
            entry(FALLEN, &["FIDO_CERTIFIED", "REVOKED"]),
            {"attestationCertificateKeyIdentifiers": ["00"], "statusReports": []},
        ],
    })
}

/// A blob by a certificate for a host, its algorithm called so.
fn blob(authority: &Authority, host: &str, alg: &str, payload: &Value) -> String {
    use aws_lc_rs::rand::SystemRandom;
    use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    let mut params = blank();
    params.subject_alt_names = vec![SanType::DnsName(host.try_into().unwrap())];
    let leaf = authority.certify_key(&params, &key);
    let path: Vec<_> = authority
        .path(&leaf)
        .iter()
        .map(|der| BASE64.encode(der))
        .collect();
    let header = json!({"alg": alg, "typ": "JWT", "x5c": path});
    let signed = format!(
        "{}.{}",
        base64url(header.to_string().as_bytes()),
        base64url(payload.to_string().as_bytes()),
    );
    let pair =
        EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.serialized_der()).unwrap();
    let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
    format!("{signed}.{}", base64url(signature.as_ref()))
}

fn verify(blob: &str, root: &[u8]) -> Result<Metadata, MetadataError> {
    Metadata::verify(blob.as_bytes(), &[root], HOST, NOW)
}

#[test]
fn a_blob_tells_roots_and_standing_of_models() {
    let authority = Authority::new();
    let blob = blob(&authority, HOST, "ES256", &payload(&authority));
    let metadata = verify(&blob, &authority.root).unwrap();
    assert_eq!(
        (metadata.number, metadata.next_update.as_str()),
        (42, "2026-12-01")
    );
    let standing = |aaguid: &str| {
        let model = metadata.model(aaguid.parse().unwrap());
        model.map(|model| model.standing)
    };
    assert_eq!(standing(GOOD), Some(Standing::Good));
    assert_eq!(standing(FALLEN), Some(Standing::Fallen));
    assert_eq!(metadata.model(Aaguid::ZERO), None);
    let listed: Vec<String> = metadata.models().map(|(id, _)| id.to_string()).collect();
    assert_eq!(listed, [GOOD, FALLEN]);
    let shown = format!("{:?}", metadata.anchors());
    assert!(shown.contains(GOOD) && !shown.contains(FALLEN));
}

#[test]
fn a_blob_is_refused_unless_chain_host_signature_and_dates_fit() {
    let authority = Authority::new();
    let payload = payload(&authority);
    let usual = blob(&authority, HOST, "ES256", &payload);
    let refused = |blob: &str| verify(blob, &authority.root).unwrap_err();
    assert_eq!(
        verify(&usual, &Authority::new().root).unwrap_err(),
        MetadataError::Chain
    );
    assert_eq!(verify(&usual, b"rubbish").unwrap_err(), MetadataError::Root);
    let other_host = blob(&authority, "evil.example.com", "ES256", &payload);
    assert_eq!(refused(&other_host), MetadataError::Chain);
    let late = Metadata::verify(usual.as_bytes(), &[&authority.root], HOST, 4_000_000_000);
    assert_eq!(late.unwrap_err(), MetadataError::Chain);
    for alg in ["none", "HS256", "es256", "RS1"] {
        let blob = blob(&authority, HOST, alg, &payload);
        assert_eq!(refused(&blob), MetadataError::Algorithm);
    }
    let misnamed = blob(&authority, HOST, "RS256", &payload);
    assert_eq!(refused(&misnamed), MetadataError::Signature);
    let parts: Vec<&str> = usual.split('.').collect();
    let mut altered = payload.clone();
    altered["no"] = 43.into();
    let altered = base64url(altered.to_string().as_bytes());
    let swapped = format!("{}.{altered}.{}", parts[0], parts[2]);
    assert_eq!(refused(&swapped), MetadataError::Signature);
    for rubbish in [
        "",
        ".",
        "..",
        "a.b.c",
        &format!("{}.{}", parts[0], parts[1]),
    ] {
        assert_eq!(refused(rubbish), MetadataError::Shape);
    }
    let shapeless = blob(&authority, HOST, "ES256", &json!({"entries": []}));
    assert_eq!(refused(&shapeless), MetadataError::Shape);
}
