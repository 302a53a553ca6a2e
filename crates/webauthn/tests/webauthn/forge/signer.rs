//! Keys of the four algorithms.

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeySize;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1_SIGNING, ECDSA_P384_SHA384_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
    KeyPair as _, RSA_PKCS1_SHA256, RsaKeyPair,
};
use countersign_webauthn::Algorithm;

use x509_cert::der::asn1::UintRef;
use x509_cert::der::{Decode as _, Reader as _, SliceReader};

use super::cbor::{bytes, int, map};

pub enum Signer {
    Es256(EcdsaKeyPair),
    EdDsa(Ed25519KeyPair),
    Es384(EcdsaKeyPair),
    Rs256(RsaKeyPair),
}

impl Signer {
    pub fn new(algorithm: Algorithm) -> Self {
        match algorithm {
            Algorithm::Es256 => {
                Self::Es256(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap())
            }
            Algorithm::EdDsa => Self::EdDsa(Ed25519KeyPair::generate().unwrap()),
            Algorithm::Es384 => {
                Self::Es384(EcdsaKeyPair::generate(&ECDSA_P384_SHA384_ASN1_SIGNING).unwrap())
            }
            Algorithm::Rs256 => Self::Rs256(RsaKeyPair::generate(KeySize::Rsa2048).unwrap()),
        }
    }

    pub fn es256() -> Self {
        Self::new(Algorithm::Es256)
    }

    /// A P-256 key that something else made.
    pub fn from_pkcs8(der: &[u8]) -> Self {
        Self::Es256(EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, der).unwrap())
    }

    /// The P-256 key whose private half is 1 and whose public half is the generator.
    pub fn generator(point: &[u8]) -> Self {
        let mut one = [0; 32];
        one[31] = 1;
        let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
        let pair = EcdsaKeyPair::from_private_key_and_public_key(algorithm, &one, point);
        Self::Es256(pair.unwrap())
    }

    pub fn algorithm(&self) -> Algorithm {
        match self {
            Self::Es256(_) => Algorithm::Es256,
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Es384(_) => Algorithm::Es384,
            Self::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// SEC 1 point, Ed25519 key, or nothing for RSA.
    pub fn point(&self) -> Vec<u8> {
        match self {
            Self::Es256(pair) | Self::Es384(pair) => pair.public_key().as_ref().to_vec(),
            Self::EdDsa(pair) => pair.public_key().as_ref().to_vec(),
            Self::Rs256(_) => Vec::new(),
        }
    }

    /// The members of the COSE key, label and encoded value.
    pub fn cose_members(&self) -> Vec<(i64, Vec<u8>)> {
        let point = self.point();
        let alg = int(self.algorithm().number());
        match self {
            Self::Es256(_) | Self::Es384(_) => {
                let (x, y) = point[1..].split_at(point.len() / 2);
                let curve = if matches!(self, Self::Es256(_)) { 1 } else { 2 };
                vec![
                    (1, int(2)),
                    (3, alg),
                    (-1, int(curve)),
                    (-2, bytes(x)),
                    (-3, bytes(y)),
                ]
            }
            Self::EdDsa(_) => vec![(1, int(1)), (3, alg), (-1, int(6)), (-2, bytes(&point))],
            Self::Rs256(pair) => {
                let (n, e) = rsa_numbers(pair.public_key().as_ref());
                vec![(1, int(3)), (3, alg), (-1, bytes(&n)), (-2, bytes(&e))]
            }
        }
    }

    pub fn cose(&self) -> Vec<u8> {
        cose_of(&self.cose_members())
    }

    pub fn sign(&self, message: &[u8]) -> Vec<u8> {
        let random = SystemRandom::new();
        match self {
            Self::Es256(pair) | Self::Es384(pair) => {
                pair.sign(&random, message).unwrap().as_ref().to_vec()
            }
            Self::EdDsa(pair) => pair.sign(message).as_ref().to_vec(),
            Self::Rs256(pair) => {
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(&RSA_PKCS1_SHA256, &random, message, &mut signature)
                    .unwrap();
                signature
            }
        }
    }
}

/// Modulus and exponent of an `RSAPublicKey` (RFC 8017 §A.1.1).
fn rsa_numbers(der: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let mut reader = SliceReader::new(der).unwrap();
    reader
        .sequence(|reader| {
            let n = UintRef::decode(reader)?.as_bytes().to_vec();
            let e = UintRef::decode(reader)?.as_bytes().to_vec();
            Ok::<_, x509_cert::der::Error>((n, e))
        })
        .unwrap()
}

pub fn cose_of(members: &[(i64, Vec<u8>)]) -> Vec<u8> {
    let members: Vec<_> = members
        .iter()
        .map(|(label, value)| (int(*label), value.clone()))
        .collect();
    map(&members)
}
