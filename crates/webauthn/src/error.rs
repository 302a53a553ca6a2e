//! What can be wrong, one enum a kind of input and one a ceremony whose variants are the steps of
//! WebAuthn L3 §7.1 and §7.2; refuses to carry the input itself.

mod attestation;
mod authentication;
mod registration;

pub use attestation::{CertificateError, StatementError, TpmError, TrustError};
pub use authentication::AuthenticationError;
pub use registration::RegistrationError;

/// Bytes, or text for bytes, that are none within their bounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not base64url without padding, or not of an allowed length")]
pub struct LengthError;

/// A signature that the key did not make over these bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is wrong")]
pub struct SignatureError;

/// Why a relying party cannot be set up so: the caller's fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RelyingPartyError {
    /// The RP ID is no lower-case domain name of two labels or more, nor `localhost`
    /// (WebAuthn L3 §4, RP ID; an address cannot be one).
    #[error("the RP ID is not a lower-case domain name")]
    RpId,
    /// No origin, or more than 64.
    #[error("a relying party has 1 to 64 origins")]
    Count,
    /// Not written as a browser writes an origin: `https://host` with `:port` only if it is not 443,
    /// no path, no upper case; `http` for `localhost` alone.
    #[error("not an origin as browsers write it")]
    Origin,
    /// The host is neither the RP ID nor below it; a related origin is named as such
    /// (WebAuthn L3 §5.11).
    #[error("the origin is not within the RP ID")]
    Outside,
    /// Not `android:apk-key-hash:` and the base64url of 32 bytes.
    #[error("not the origin of an app")]
    AppOrigin,
}

/// Why bytes are no CBOR in the form that authenticators must write (WebAuthn L3 §2.4).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CborError {
    /// An item goes on behind the end.
    #[error("the CBOR ends too early")]
    Truncated,
    /// Bytes behind the end.
    #[error("bytes behind the end of the CBOR")]
    Trailing,
    /// No CBOR, or an indefinite length, a tag or text that is not UTF-8.
    #[error("not CBOR of the canonical form")]
    Syntax,
    /// A number that would fit in fewer bytes.
    #[error("a CBOR number takes more bytes than it needs")]
    LongForm,
    /// Keys that are not in order, or a key twice.
    #[error("the keys of a CBOR map are not in order")]
    KeyOrder,
    /// More levels than eight.
    #[error("the CBOR nests too deep")]
    TooDeep,
    /// More items or bytes than are taken.
    #[error("the CBOR is too large")]
    TooLarge,
    /// An item of another type than the one that belongs there.
    #[error("a CBOR item is of the wrong type")]
    Type,
    /// A member that must be there is not, or one too many.
    #[error("a CBOR map does not have the members it must have")]
    Member,
}

/// Why bytes are no usable COSE key (WebAuthn L3 §6.5.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CoseError {
    /// Not CBOR.
    #[error(transparent)]
    Cbor(#[from] CborError),
    /// An algorithm that this crate does not verify, by its COSE number.
    #[error("the COSE algorithm {0} is not supported")]
    Algorithm(i64),
    /// A member is missing, of the wrong type, does not fit the algorithm, or has no place there.
    #[error("the COSE key does not have the members of its algorithm")]
    Member,
    /// A coordinate, modulus or exponent of the wrong size.
    #[error("a parameter of the COSE key is out of range")]
    Parameter,
    /// The point is not on the curve (WebAuthn L3 §5.8.5).
    #[error("the point of the COSE key is not on its curve")]
    Point,
}

/// Why client data are refused (WebAuthn L3 §5.8.1, §7.1 steps 5 to 11).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClientDataError {
    /// Not UTF-8.
    #[error("the client data are not UTF-8")]
    Utf8,
    /// Not a JSON object, a member of the wrong type or twice.
    #[error("the client data are not the JSON object they must be")]
    Json,
    /// Made by another ceremony.
    #[error("the client data are of another type of ceremony")]
    Type,
    /// Not the challenge of this ceremony.
    #[error("the challenge is another one")]
    Challenge,
    /// An origin that is not allowed.
    #[error("the origin is not allowed")]
    Origin,
    /// Made inside a frame of another origin.
    #[error("the page stood in a frame of another origin")]
    CrossOrigin,
    /// The frame belonged to an origin that is not allowed.
    #[error("the page stood in a frame of an origin that is not allowed")]
    TopOrigin,
}

/// Why bytes are no authenticator data (WebAuthn L3 §6.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthenticatorDataError {
    /// Fewer bytes than the flags promise.
    #[error("the authenticator data end too early")]
    Truncated,
    /// More bytes than are taken.
    #[error("the authenticator data are too long")]
    TooLong,
    /// Bytes that no flag announces.
    #[error("bytes behind the end of the authenticator data")]
    Trailing,
    /// The credential's public key is not CBOR.
    #[error("the public key in the authenticator data: {0}")]
    PublicKey(CborError),
    /// Extension outputs that are not a CBOR map.
    #[error("the extensions in the authenticator data: {0}")]
    Extensions(CborError),
    /// Attested credential data are missing at a registration, or present at an authentication.
    #[error("attested credential data where none belong, or none where they do")]
    Attested,
}

/// Why an answer of a browser is none that can be judged (WebAuthn L3 §7.1 step 3, §7.2 step 3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ResponseError {
    /// More than [`MAX_RESPONSE`](crate::MAX_RESPONSE) bytes.
    #[error("the answer is too long")]
    TooLong,
    /// Not the JSON of Level 3: a member is missing, twice, of another type, not base64url, empty
    /// or too long.
    #[error("the answer is not the JSON that a browser makes")]
    Json,
}

/// Why a metadata blob is not believed (FIDO Metadata Service 3, §3.2).
#[cfg(feature = "fido-mds")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MetadataError {
    /// Not a signed blob, or not the JSON that belongs in it.
    #[error("not a metadata blob")]
    Shape,
    /// Neither RS256 nor ES256.
    #[error("the blob is signed by an algorithm that is not supported")]
    Algorithm,
    /// A root that the caller gave is no certificate.
    #[error("a given root is not a certificate")]
    Root,
    /// Its certificates do not lead to a given root now, or are not for the host.
    #[error("the blob's certificates are not trusted")]
    Chain,
    /// Its signature is wrong.
    #[error("the blob's signature is wrong")]
    Signature,
}
