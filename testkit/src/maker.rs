//! A maker of authenticators: the root that stands behind its models, the certificate that each of
//! them holds, and metadata about them. Made for one test each; nobody else trusts it.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use data_encoding::BASE64;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, IsCa, Issuer, KeyPair,
    PKCS_ECDSA_P256_SHA256, SanType, SigningKey as _, date_time_ymd,
};
use serde_json::{Value, json};

use crate::key::base64url;

/// A root, and a certificate below it for authenticators.
pub struct Maker {
    root: Vec<u8>,
    params: CertificateParams,
    key: KeyPair,
    certificate: Vec<u8>,
    certified: KeyPair,
}

impl Maker {
    /// A new one. All it signs is good from 2024 to 2044.
    pub fn new() -> Self {
        let mut params = dated("Maker");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let (key, certified) = (pair(), pair());
        let root = params.self_signed(&key).unwrap();
        let mut leaf = dated("Model 1");
        let name = &mut leaf.distinguished_name;
        name.push(DnType::CountryName, "SE");
        name.push(DnType::OrganizationName, "Authenticators");
        name.push(DnType::OrganizationalUnitName, "Authenticator Attestation");
        let leaf = leaf.signed_by(&certified, &Issuer::from_params(&params, &key));
        Self {
            root: root.der().to_vec(),
            certificate: leaf.unwrap().der().to_vec(),
            params,
            key,
            certified,
        }
    }

    /// The root's certificate, DER.
    pub fn root(&self) -> &[u8] {
        &self.root
    }

    /// The same as PEM (RFC 7468).
    pub fn root_pem(&self) -> String {
        let text = BASE64.encode(&self.root);
        let lines: Vec<&str> = text
            .as_bytes()
            .chunks(64)
            .map(|line| std::str::from_utf8(line).unwrap())
            .collect();
        format!(
            "-----BEGIN CERTIFICATE-----\n{}\n-----END CERTIFICATE-----\n",
            lines.join("\n")
        )
    }

    /// A signature of an authenticator and the certificate of its key.
    pub(crate) fn attest(&self, message: &[u8]) -> (Vec<u8>, Vec<u8>) {
        let signature = self.certified.sign(message).unwrap();
        (signature, self.certificate.clone())
    }

    /// A metadata blob of the FIDO alliance's form, signed by a certificate of this maker for `host`.
    pub fn metadata(&self, host: &str, payload: &Value) -> String {
        let (mut params, key) = (dated(host), pair());
        params.subject_alt_names = vec![SanType::DnsName(host.try_into().unwrap())];
        let issuer = Issuer::from_params(&self.params, &self.key);
        let leaf = params.signed_by(&key, &issuer).unwrap();
        let header = json!({ "alg": "ES256", "typ": "JWT", "x5c": [BASE64.encode(leaf.der())] });
        let signed = [header.to_string(), payload.to_string()]
            .map(|part| base64url(part.as_bytes()))
            .join(".");
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair = EcdsaKeyPair::from_pkcs8(algorithm, key.serialized_der()).unwrap();
        let signature = pair.sign(&SystemRandom::new(), signed.as_bytes()).unwrap();
        format!("{signed}.{}", base64url(signature.as_ref()))
    }

    /// Metadata that name this maker's root for models by their AAGUID, each with one status.
    pub fn payload(&self, next_update: &str, models: &[(&str, &str)]) -> Value {
        let entry = |(aaguid, status): &(&str, &str)| {
            json!({
                "aaguid": aaguid,
                "metadataStatement": {
                    "description": "A model",
                    "attestationRootCertificates": [BASE64.encode(&self.root)],
                },
                "statusReports": [{ "status": status }],
            })
        };
        let entries: Vec<Value> = models.iter().map(entry).collect();
        json!({ "no": 42, "nextUpdate": next_update, "entries": entries })
    }
}

impl Default for Maker {
    fn default() -> Self {
        Self::new()
    }
}

fn pair() -> KeyPair {
    KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap()
}

fn dated(name: &str) -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2044, 1, 1);
    params.is_ca = IsCa::ExplicitNoCa;
    params
}
