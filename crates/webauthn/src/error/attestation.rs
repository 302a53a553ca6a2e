//! Why an attestation statement, a certificate or a chain is refused; refuses to quote any of them.

use super::{CborError, CoseError, SignatureError};

/// Why an attestation statement does not hold (WebAuthn L3 §8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StatementError {
    /// Not CBOR, or not the members of the format.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// An algorithm that this crate does not verify, by its COSE number; SHA-1 is among them.
    #[error("the COSE algorithm {0} is not supported")]
    Algorithm(i64),
    /// The statement names another algorithm than the key has.
    #[error("the algorithm is not that of the key")]
    AlgorithmMismatch,
    /// The signature is wrong.
    #[error("the signature is wrong")]
    Signature,
    /// The first certificate is not as the format wants it.
    #[error("the attestation certificate: {0}")]
    Certificate(#[from] CertificateError),
    /// The certificate or the TPM vouches for another public key.
    #[error("another public key is attested")]
    PublicKey,
    /// The certificate is for another model.
    #[error("the certificate names another AAGUID")]
    Aaguid,
    /// The certificate is bound to another ceremony.
    #[error("the attested challenge is another one")]
    Challenge,
    /// The key may be used by all applications, was brought from outside or may do more than sign
    /// (WebAuthn L3 §8.4).
    #[error("the authorization list does not describe a credential")]
    Authorization,
    /// What the TPM says.
    #[error("the TPM's attestation: {0}")]
    Tpm(#[from] TpmError),
}

impl From<SignatureError> for StatementError {
    fn from(SignatureError: SignatureError) -> Self {
        Self::Signature
    }
}

impl From<CoseError> for StatementError {
    fn from(error: CoseError) -> Self {
        match error {
            CoseError::Algorithm(number) => Self::Algorithm(number),
            CoseError::Cbor(error) => Self::Cbor(error),
            _ => Self::PublicKey,
        }
    }
}

/// What is wrong with an attestation certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CertificateError {
    /// No certificate, more than eight, or one of more than 8 KiB.
    #[error("a chain has 1 to 8 certificates of at most 8 KiB")]
    Count,
    /// Not the DER of a certificate, or an extension that is not DER.
    #[error("not a certificate")]
    Der,
    /// Not version 3.
    #[error("not a certificate of version 3")]
    Version,
    /// The subject is not as WebAuthn L3 §8.2.1 or §8.3.1 wants it.
    #[error("the subject is not that of an attestation certificate")]
    Subject,
    /// Basic constraints are missing or say CA.
    #[error("an attestation certificate must say that it is no CA")]
    BasicConstraints,
    /// An extension that must not be critical is.
    #[error("an extension is critical that must not be")]
    Critical,
    /// An extension that the format rests on is missing.
    #[error("an extension is missing")]
    Extension,
    /// The subject alternative name does not describe a TPM (WebAuthn L3 §8.3.1).
    #[error("the alternative name does not describe a TPM")]
    AlternativeName,
    /// The extended key usage is not that of an attestation identity key (WebAuthn L3 §8.3.1).
    #[error("the key usage is not that of an attestation identity key")]
    KeyUsage,
    /// A public key that is of no supported kind.
    #[error("the public key of the certificate cannot be used")]
    PublicKey,
}

/// What is wrong with what a TPM says (WebAuthn L3 §8.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TpmError {
    /// Another version than 2.0.
    #[error("not TPM 2.0")]
    Version,
    /// `pubArea` or `certInfo` ends too early, too late, or has an unknown type.
    #[error("a TPM structure cannot be read")]
    Structure,
    /// Not made by a TPM (`TPM_GENERATED_VALUE`).
    #[error("not made inside a TPM")]
    Magic,
    /// Not about a key (`TPM_ST_ATTEST_CERTIFY`).
    #[error("not a certification of a key")]
    Type,
    /// Bound to another ceremony.
    #[error("the extra data are another hash")]
    ExtraData,
    /// About another key.
    #[error("the certified name is that of another key")]
    Name,
}

/// Why a correct attestation is not trusted (WebAuthn L3 §7.1 step 24).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TrustError {
    /// No attestation.
    #[error("there is no attestation")]
    None,
    /// Signed by the credential itself.
    #[error("the credential attests itself")]
    SelfSigned,
    /// A model that is not on the list.
    #[error("the AAGUID is not on the list")]
    Aaguid,
    /// No certificate on the way is valid now, or none leads to a trusted root.
    #[error("no valid chain leads to a trusted root")]
    Chain,
    /// A U2F attestation that names a model, where the policy wants none named.
    #[error("a U2F attestation with an AAGUID")]
    U2fAaguid,
}
