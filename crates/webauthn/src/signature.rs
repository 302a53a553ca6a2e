//! Signatures over what an authenticator signs, by aws-lc-rs; refuses raw ECDSA signatures, which
//! WebAuthn L3 §6.5.5 wants as DER.

use aws_lc_rs::digest::{Context, SHA256, SHA384};
use aws_lc_rs::rsa::PublicKeyComponents;
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, ED25519, ParsedPublicKey,
    RSA_PKCS1_2048_8192_SHA256, UnparsedPublicKey,
};

use crate::cose::Algorithm;
use crate::error::{CoseError, SignatureError};

/// A public key of one of the algorithms on offer, its parameters in the one form that is allowed.
#[derive(Clone, PartialEq, Eq)]
pub struct PublicKey<'a>(Material<'a>);

#[derive(Clone, PartialEq, Eq)]
enum Material<'a> {
    /// Uncompressed (SEC 1 §2.3.3).
    P256([u8; 65]),
    /// Uncompressed (SEC 1 §2.3.3).
    P384([u8; 97]),
    /// RFC 8032 §5.1.2.
    Ed25519(&'a [u8]),
    /// Big-endian, no leading zero.
    Rsa { n: &'a [u8], e: &'a [u8] },
}

impl<'a> PublicKey<'a> {
    pub(crate) fn p256(x: &[u8], y: &[u8]) -> Result<Self, CoseError> {
        Ok(Self(Material::P256(uncompressed::<32, 65>(x, y)?)))
    }

    pub(crate) fn p384(x: &[u8], y: &[u8]) -> Result<Self, CoseError> {
        Ok(Self(Material::P384(uncompressed::<48, 97>(x, y)?)))
    }

    pub(crate) fn ed25519(x: &'a [u8]) -> Result<Self, CoseError> {
        if x.len() == 32 {
            return Ok(Self(Material::Ed25519(x)));
        }
        Err(CoseError::Parameter)
    }

    /// 2 048 to 4 096 bits (NIST: at least 112 bits of strength), an odd exponent from 65 537 to
    /// 32 bits (FIPS 186-5 §5.1).
    pub(crate) fn rsa(n: &'a [u8], e: &'a [u8]) -> Result<Self, CoseError> {
        // No leading zero, and in 256 bytes none of the first bit either.
        let least = if n.len() == 256 { 0x80 } else { 1 };
        let n_fits =
            (256..=512).contains(&n.len()) && n.first().is_some_and(|&first| first >= least);
        let exponent = e
            .iter()
            .fold(0_u64, |sum, &byte| (sum << 8) | u64::from(byte));
        let e_fits = (3..=4).contains(&e.len())
            && e.first() != Some(&0)
            && exponent >= 65_537
            && exponent % 2 == 1;
        if n_fits && e_fits {
            return Ok(Self(Material::Rsa { n, e }));
        }
        Err(CoseError::Parameter)
    }

    /// The algorithm that this key verifies.
    pub fn algorithm(&self) -> Algorithm {
        match &self.0 {
            Material::P256(_) => Algorithm::Es256,
            Material::P384(_) => Algorithm::Es384,
            Material::Ed25519(_) => Algorithm::EdDsa,
            Material::Rsa { .. } => Algorithm::Rs256,
        }
    }

    /// Refuses a key that can verify nothing: a point that is not on its curve (WebAuthn L3
    /// §5.8.5), a modulus that is none.
    pub fn check(&self) -> Result<(), CoseError> {
        let parsed = match &self.0 {
            Material::P256(point) => ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point),
            Material::P384(point) => ParsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, point),
            Material::Ed25519(point) => ParsedPublicKey::new(&ED25519, point),
            Material::Rsa { n, e } => {
                let key = PublicKeyComponents { n: *n, e: *e };
                return key
                    .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
                    .map(drop)
                    .map_err(|_| CoseError::Parameter);
            }
        };
        parsed.map(drop).map_err(|_| CoseError::Point)
    }

    /// Verifies a signature over two pieces joined: authenticator data and the hash of the client
    /// data (WebAuthn L3 §7.2 step 21).
    pub fn verify(
        &self,
        first: &[u8],
        second: &[u8],
        signature: &[u8],
    ) -> Result<(), SignatureError> {
        let digest = |algorithm| {
            let mut digest = Context::new(algorithm);
            digest.update(first);
            digest.update(second);
            digest.finish()
        };
        match &self.0 {
            Material::P256(point) => UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, point)
                .verify_digest(&digest(&SHA256), signature),
            Material::P384(point) => UnparsedPublicKey::new(&ECDSA_P384_SHA384_ASN1, point)
                .verify_digest(&digest(&SHA384), signature),
            Material::Ed25519(point) => {
                UnparsedPublicKey::new(&ED25519, point).verify(&[first, second].concat(), signature)
            }
            Material::Rsa { n, e } => PublicKeyComponents { n: *n, e: *e }.verify(
                &RSA_PKCS1_2048_8192_SHA256,
                &[first, second].concat(),
                signature,
            ),
        }
        .map_err(|_| SignatureError)
    }

    /// The coordinates of a point on P-256, as U2F signs them: `04 ‖ x ‖ y`.
    pub(crate) fn p256_point(&self) -> Option<&[u8; 65]> {
        match &self.0 {
            Material::P256(point) => Some(point),
            _ => None,
        }
    }
}

fn uncompressed<const COORDINATE: usize, const POINT: usize>(
    x: &[u8],
    y: &[u8],
) -> Result<[u8; POINT], CoseError> {
    if x.len() != COORDINATE || y.len() != COORDINATE {
        return Err(CoseError::Parameter);
    }
    let mut point = [4; POINT];
    for (slot, byte) in point.iter_mut().skip(1).zip(x.iter().chain(y)) {
        *slot = *byte;
    }
    Ok(point)
}
