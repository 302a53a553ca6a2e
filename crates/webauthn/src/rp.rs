//! The relying party: its id, its name and the origins that may use it; refuses origins that no
//! browser would write and subdomains that nobody listed.

use serde::Serialize;

use crate::digest::sha256;
use crate::error::RelyingPartyError;
use crate::origin;

/// Where the frame of a page may belong to another origin (WebAuthn L3 §7.1 steps 10 and 11).
#[derive(Clone, PartialEq, Eq, Debug)]
enum Embedding {
    /// Nowhere.
    Refused,
    /// In pages of these origins.
    Within(Vec<String>),
}

/// A relying party (WebAuthn L3 §4): one RP ID, and every origin whose ceremonies it accepts, by
/// exact comparison (§13.5.8, §13.5.9).
///
/// Whether the RP ID is a public suffix such as `co.uk` is not known here; browsers refuse those.
///
/// ```
/// use countersign_webauthn::RelyingParty;
///
/// let rp = RelyingParty::new("example.com", "Example", ["https://login.example.com"])?
///     .with_related_origins(["https://example.co.uk"])?;
/// assert!(rp.accepts_origin("https://example.co.uk"));
/// assert!(!rp.accepts_origin("https://example.com"), "only what is listed");
/// # Ok::<(), countersign_webauthn::error::RelyingPartyError>(())
/// ```
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct RelyingParty {
    id: String,
    id_hash: [u8; 32],
    name: String,
    web: Vec<String>,
    apps: Vec<String>,
    embedding: Embedding,
}

/// What `https://RP-ID/.well-known/webauthn` answers as `application/json` (WebAuthn L3 §5.11).
#[derive(Clone, PartialEq, Eq, Debug, Serialize)]
pub struct RelatedOrigins<'a> {
    /// Every web origin that may use the RP ID. Browsers look at five registrable names at least,
    /// and may ignore more.
    pub origins: Vec<&'a str>,
}

impl RelyingParty {
    /// How many origins of one kind there may be.
    pub const MAX_ORIGINS: usize = 64;

    /// `id` is the RP ID: a lower-case domain name, or `localhost`. Each origin is `https` and at or
    /// below it; `http` only for `localhost`. An empty `name` becomes the id (WebAuthn L3 §5.4.1).
    pub fn new<O: AsRef<str>>(
        id: &str,
        name: &str,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, RelyingPartyError> {
        if !origin::is_rp_id(id) {
            return Err(RelyingPartyError::RpId);
        }
        let web = listed(origins, |text| match origin::host(text) {
            Some(host) if origin::is_within(host, id) => Ok(()),
            Some(_) => Err(RelyingPartyError::Outside),
            None => Err(RelyingPartyError::Origin),
        })?;
        if web.is_empty() {
            return Err(RelyingPartyError::Count);
        }
        Ok(Self {
            id: id.to_owned(),
            id_hash: sha256(id.as_bytes()),
            name: if name.is_empty() { id } else { name }.to_owned(),
            web,
            apps: Vec::new(),
            embedding: Embedding::Refused,
        })
    }

    /// Origins of other sites that may use the same passkeys (WebAuthn L3 §5.11).
    pub fn with_related_origins<O: AsRef<str>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, RelyingPartyError> {
        self.web.extend(listed(origins, is_web_origin)?);
        if self.web.len() > Self::MAX_ORIGINS {
            return Err(RelyingPartyError::Count);
        }
        Ok(self)
    }

    /// Android apps that may use the same passkeys, each as
    /// `android:apk-key-hash:` and the base64url of its certificate's SHA-256.
    pub fn with_app_origins<O: AsRef<str>>(
        mut self,
        origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, RelyingPartyError> {
        self.apps = listed(origins, |text| {
            origin::is_app(text)
                .then_some(())
                .ok_or(RelyingPartyError::AppOrigin)
        })?;
        Ok(self)
    }

    /// Accepts ceremonies inside a frame, in pages of these origins (WebAuthn L3 §7.1 steps 10 and
    /// 11). A browser that does not tell the page's origin passes, since Level 2 has no word for it.
    pub fn with_embedding<O: AsRef<str>>(
        mut self,
        top_origins: impl IntoIterator<Item = O>,
    ) -> Result<Self, RelyingPartyError> {
        self.embedding = Embedding::Within(listed(top_origins, is_web_origin)?);
        Ok(self)
    }

    /// The RP ID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The name that older clients show.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 of the RP ID, what authenticator data begin with (WebAuthn L3 §6.1).
    pub fn id_hash(&self) -> &[u8; 32] {
        &self.id_hash
    }

    /// Whether a ceremony may come from this origin; letter by letter.
    pub fn accepts_origin(&self, origin: &str) -> bool {
        self.web.iter().chain(&self.apps).any(|own| own == origin)
    }

    /// Whether a ceremony may come out of a frame of another origin.
    pub fn accepts_embedding(&self) -> bool {
        self.embedding != Embedding::Refused
    }

    /// Whether the page around the frame may be of this origin.
    pub fn accepts_top_origin(&self, origin: &str) -> bool {
        match &self.embedding {
            Embedding::Refused => false,
            Embedding::Within(origins) => origins.iter().any(|own| own == origin),
        }
    }

    /// What to serve under `/.well-known/webauthn`.
    pub fn related_origins(&self) -> RelatedOrigins<'_> {
        RelatedOrigins {
            origins: self.web.iter().map(String::as_str).collect(),
        }
    }
}

fn is_web_origin(text: &str) -> Result<(), RelyingPartyError> {
    origin::host(text)
        .map(drop)
        .ok_or(RelyingPartyError::Origin)
}

fn listed<O: AsRef<str>>(
    origins: impl IntoIterator<Item = O>,
    judge: impl Fn(&str) -> Result<(), RelyingPartyError>,
) -> Result<Vec<String>, RelyingPartyError> {
    let mut list = Vec::new();
    for origin in origins {
        judge(origin.as_ref())?;
        if list.len() >= RelyingParty::MAX_ORIGINS {
            return Err(RelyingPartyError::Count);
        }
        list.push(origin.as_ref().to_owned());
    }
    Ok(list)
}
