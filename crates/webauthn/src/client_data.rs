//! Client data, what the browser says about a ceremony (WebAuthn L3 §5.8.1); refuses another type,
//! challenge or origin, and every member that stands there twice.

use std::borrow::Cow;

use serde::Deserialize;

use crate::ceremony::ChallengeHash;
use crate::error::ClientDataError;
use crate::rp::RelyingParty;

/// Which ceremony client data are for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// `webauthn.create`.
    Registration,
    /// `webauthn.get`.
    Authentication,
}

impl Ceremony {
    /// The `type` in the client data.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Registration => "webauthn.create",
            Self::Authentication => "webauthn.get",
        }
    }
}

/// The members of client data that decide something. Others, `tokenBinding` among them, are passed
/// over (WebAuthn L3 §5.8.1).
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ClientData<'a> {
    #[serde(rename = "type", borrow, default)]
    ceremony: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    challenge: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    origin: Option<Cow<'a, str>>,
    #[serde(default, deserialize_with = "present")]
    cross_origin: bool,
    #[serde(borrow, default)]
    top_origin: Option<Cow<'a, str>>,
}

/// A member that may be missing and is never `null`.
fn present<'de, D: serde::Deserializer<'de>>(from: D) -> Result<bool, D::Error> {
    bool::deserialize(from)
}

impl<'a> ClientData<'a> {
    /// Reads the JSON (WebAuthn L3 §7.1 steps 5 and 6, §7.2 steps 8 and 9). A byte order mark goes;
    /// what is not UTF-8 is refused instead of replaced.
    pub fn parse(json: &'a [u8]) -> Result<Self, ClientDataError> {
        let json = json.strip_prefix(b"\xef\xbb\xbf").unwrap_or(json);
        let json = core::str::from_utf8(json).map_err(|_| ClientDataError::Utf8)?;
        // serde would take an array of the members, too.
        if !json.trim_start().starts_with('{') {
            return Err(ClientDataError::Json);
        }
        serde_json::from_str(json).map_err(|_| ClientDataError::Json)
    }

    /// The challenge as it stands there, before anything about it is judged: what a caller that
    /// keeps no state recognizes its own by.
    pub fn challenge(&self) -> Option<&str> {
        self.challenge.as_deref()
    }

    /// Judges type, challenge and origins, in this order (WebAuthn L3 §7.1 steps 7 to 11, §7.2
    /// steps 10 to 14).
    pub fn judge(
        &self,
        ceremony: Ceremony,
        challenge: &ChallengeHash,
        rp: &RelyingParty,
    ) -> Result<(), ClientDataError> {
        if self.ceremony.as_deref() != Some(ceremony.as_str()) {
            return Err(ClientDataError::Type);
        }
        if !self
            .challenge
            .as_deref()
            .is_some_and(|text| challenge.is_of(text))
        {
            return Err(ClientDataError::Challenge);
        }
        if !self
            .origin
            .as_deref()
            .is_some_and(|origin| rp.accepts_origin(origin))
        {
            return Err(ClientDataError::Origin);
        }
        if self.cross_origin && !rp.accepts_embedding() {
            return Err(ClientDataError::CrossOrigin);
        }
        match &self.top_origin {
            Some(origin) if !rp.accepts_top_origin(origin) => Err(ClientDataError::TopOrigin),
            _ => Ok(()),
        }
    }
}
