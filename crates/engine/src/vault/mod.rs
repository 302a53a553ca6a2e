//! The vault: seals and opens secrets at rest, and binds rows to their place. It never reads a key by
//! itself: a [`Keyring`] is given, unwrapped, and lives in zeroizing memory.

mod envelope;
#[cfg(feature = "identity")]
mod identity;
mod keyring;
mod mac;

use sha2::Sha256;

pub(crate) use envelope::Context;
pub use envelope::{OtpSecret, PasswordHash, Sealed};
pub use keyring::{Class, Keyring, KeyringError};
pub use mac::{MacError, RowMac};

use crate::realm::RealmId;
use crate::user::{Subject, UserKey, UserName};
use mac::Mac;

/// Opens what it sealed, checks what it bound.
pub struct Vault {
    seal: Vec<(u32, hkdf::Hkdf<Sha256>)>,
    mac: Vec<(u32, Mac)>,
    #[cfg(feature = "identity")]
    identity: Vec<(u32, identity::SigningKey)>,
}

impl Vault {
    /// A vault over a keyring; the newest key of each class seals, all of them open.
    pub fn new(keyring: &Keyring) -> Result<Self, KeyringError> {
        keyring.check()?;
        let seal = keyring
            .keys(Class::Seal)
            .map(|(id, key)| Ok((id, envelope::data_key(key)?)));
        let mac = keyring
            .keys(Class::Mac)
            .map(|(id, key)| Ok((id, Mac::new(key)?)));
        let mac: Vec<(u32, Mac)> = mac.collect::<Result<_, KeyringError>>()?;
        Ok(Self {
            seal: seal.collect::<Result<_, KeyringError>>()?,
            #[cfg(feature = "identity")]
            identity: identity::keys(&mac)?,
            mac,
        })
    }

    /// Binds `parts` under the newest MAC key, for `purpose`.
    pub(crate) fn mac(&self, purpose: &[u8], parts: &[&[u8]]) -> RowMac {
        self.mac.last().map_or_else(RowMac::empty, |(id, key)| {
            RowMac::new(*id, key.tag(purpose, parts))
        })
    }

    /// Checks what [`Self::mac`] made, with the key that it names.
    pub(crate) fn check_mac(
        &self,
        purpose: &[u8],
        parts: &[&[u8]],
        mac: &RowMac,
    ) -> Result<(), MacError> {
        let (_, key) = self
            .mac
            .iter()
            .find(|(id, _)| *id == mac.key())
            .ok_or(MacError::UnknownKey)?;
        if key.verify(purpose, parts, mac.tag()) {
            Ok(())
        } else {
            Err(MacError::Tampered)
        }
    }

    /// What a name's attempts are counted under.
    pub(crate) fn subject(&self, realm: &RealmId, name: &UserName) -> Subject {
        Subject(self.short(
            b"subject",
            &[realm.as_str().as_bytes(), name.canonical().as_bytes()],
        ))
    }

    /// A keyed hash of a client address, so that the store holds none in the clear for strangers.
    pub(crate) fn bucket(&self, address: &[u8]) -> [u8; 16] {
        self.short(b"address", &[address])
    }

    /// The routing tag that a user's tokens begin with.
    pub(crate) fn tag(&self, user: &UserKey) -> [u8; 8] {
        self.short(b"tag", &[&user.0])
    }

    /// The tag by which a known-browser token vouches for itself.
    pub(crate) fn known_tag(&self, realm: &RealmId, random: &[u8]) -> [u8; 8] {
        self.short(b"known browser", &[realm.as_str().as_bytes(), random])
    }

    /// The token that a form carries, bound to the realm and the cookie beside it.
    pub fn form_token(&self, realm: &RealmId, binding: &str) -> String {
        let mac = self.mac(b"form", &[realm.as_str().as_bytes(), binding.as_bytes()]);
        data_encoding::BASE64URL_NOPAD.encode(mac.tag())
    }

    /// Whether a form's token belongs to the cookie beside it, in constant time.
    pub fn check_form_token(&self, realm: &RealmId, binding: &str, token: &str) -> bool {
        let parts = [realm.as_str().as_bytes(), binding.as_bytes()];
        let mut tag = [0; 32];
        let bytes = token.as_bytes();
        let fits = data_encoding::BASE64URL_NOPAD
            .decode_len(bytes.len())
            .is_ok_and(|length| length == tag.len());
        fits && data_encoding::BASE64URL_NOPAD
            .decode_mut(bytes, &mut tag)
            .is_ok()
            && self
                .mac
                .iter()
                .any(|(_, key)| key.verify(b"form", &parts, &tag))
    }

    fn short<const N: usize>(&self, purpose: &[u8], parts: &[&[u8]]) -> [u8; N] {
        let mut short = [0; N];
        short
            .iter_mut()
            .zip(self.mac(purpose, parts).tag())
            .for_each(|(to, from)| *to = *from);
        short
    }
}

/// Feeds `parts` so that no two lists of parts feed the same bytes: each behind its length.
pub(crate) fn length_prefixed(parts: &[&[u8]], mut feed: impl FnMut(&[u8])) {
    for part in parts {
        feed(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        feed(part);
    }
}

#[cfg(test)]
mod tests;
