//! Certificates of authenticators, made for one test each.

use rcgen::{
    BasicConstraints, CertificateParams, CustomExtension, DistinguishedName, DnType, IsCa, Issuer,
    KeyPair, PKCS_ECDSA_P256_SHA256, date_time_ymd,
};

use super::Signer;

/// Inside the dates of every certificate here.
pub const NOW: u64 = 1_764_000_000;

/// A CA, an intermediate below it, and what they sign.
pub struct Authority {
    pub root: Vec<u8>,
    pub intermediate: Vec<u8>,
    params: CertificateParams,
    key: KeyPair,
}

/// A certificate and the key in it.
pub struct Certified {
    pub der: Vec<u8>,
    pub signer: Signer,
}

impl Authority {
    pub fn new() -> Self {
        let (root_params, root_key) = authority("Root");
        let root = root_params.self_signed(&root_key).unwrap();
        let (params, key) = authority("Intermediate");
        let issuer = Issuer::from_params(&root_params, &root_key);
        let intermediate = params.signed_by(&key, &issuer).unwrap();
        Self {
            root: root.der().to_vec(),
            intermediate: intermediate.der().to_vec(),
            params,
            key,
        }
    }

    /// Certifies a new key.
    pub fn certify(&self, params: &CertificateParams) -> Certified {
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
        self.certify_key(params, &key)
    }

    /// Certifies a key that is there already.
    pub fn certify_key(&self, params: &CertificateParams, key: &KeyPair) -> Certified {
        let issuer = Issuer::from_params(&self.params, &self.key);
        let der = params.signed_by(key, &issuer).unwrap().der().to_vec();
        Certified {
            der,
            signer: Signer::from_pkcs8(key.serialized_der()),
        }
    }

    /// The certificates of a statement, as `x5c` wants them.
    pub fn path(&self, leaf: &Certified) -> Vec<Vec<u8>> {
        vec![leaf.der.clone(), self.intermediate.clone()]
    }
}

fn authority(name: &str) -> (CertificateParams, KeyPair) {
    let mut params = dated();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).unwrap();
    (params, key)
}

fn dated() -> CertificateParams {
    let mut params = CertificateParams::new(Vec::<String>::new()).unwrap();
    params.distinguished_name = DistinguishedName::new();
    params.not_before = date_time_ymd(2024, 1, 1);
    params.not_after = date_time_ymd(2044, 1, 1);
    params
}

/// A certificate with nothing in it.
pub fn blank() -> CertificateParams {
    let mut params = dated();
    params.is_ca = IsCa::ExplicitNoCa;
    params
}

/// As WebAuthn L3 §8.2.1 wants it.
pub fn packed() -> CertificateParams {
    let mut params = blank();
    let name = &mut params.distinguished_name;
    name.push(DnType::CountryName, "SE");
    name.push(DnType::OrganizationName, "Authenticators");
    name.push(DnType::OrganizationalUnitName, "Authenticator Attestation");
    name.push(DnType::CommonName, "Model 1");
    params
}

pub fn extension(oid: &[u64], content: Vec<u8>, critical: bool) -> CustomExtension {
    let mut extension = CustomExtension::from_oid_content(oid, content);
    extension.set_criticality(critical);
    extension
}

/// A DER value: tag bytes, length, content.
pub fn der(tag: &[u8], content: &[u8]) -> Vec<u8> {
    let length = match content.len() {
        length @ 0..=127 => vec![u8::try_from(length).unwrap()],
        length => [
            vec![0x82],
            u16::try_from(length).unwrap().to_be_bytes().to_vec(),
        ]
        .concat(),
    };
    [tag, &length, content].concat()
}
