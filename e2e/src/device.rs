//! What keeps passkeys: a phone or a security key, simulated by the browser of one tab. Its owner is
//! there, touches it and is recognized by it, until told otherwise.

use std::time::{Duration, Instant};

use chromiumoxide::Page;
use chromiumoxide::cdp::browser_protocol::web_authn::{
    AddCredentialParams, AddVirtualAuthenticatorParams, AuthenticatorId, AuthenticatorProtocol,
    AuthenticatorTransport, EnableParams, GetCredentialsParams, RemoveCredentialParams,
    SetAutomaticPresenceSimulationParams, SetResponseOverrideBitsParams, SetUserVerifiedParams,
    VirtualAuthenticatorOptions,
};

pub use chromiumoxide::cdp::browser_protocol::web_authn::Credential;

use crate::tab::Tab;

/// Longer than a browser takes on a busy machine.
const DEADLINE: Duration = Duration::from_secs(40);

/// A device.
pub struct Device {
    page: Page,
    id: AuthenticatorId,
}

impl Device {
    /// The phone or computer itself: what it keeps is copied to the owner's other devices.
    pub async fn phone(tab: &Tab) -> Self {
        let options = options(AuthenticatorTransport::Internal)
            .default_backup_eligibility(true)
            .default_backup_state(true);
        Self::connect(tab, options.build().unwrap()).await
    }

    /// A key with a PIN, plugged in: what it keeps never leaves it.
    pub async fn security_key(tab: &Tab) -> Self {
        let options = options(AuthenticatorTransport::Usb);
        Self::connect(tab, options.build().unwrap()).await
    }

    async fn connect(tab: &Tab, options: VirtualAuthenticatorOptions) -> Self {
        let page = tab.page.clone();
        page.execute(EnableParams::builder().enable_ui(false).build())
            .await
            .unwrap();
        let added = page.execute(AddVirtualAuthenticatorParams::new(options));
        let id = added.await.unwrap().result.authenticator_id;
        Self { page, id }
    }

    /// Whether somebody touches it when it asks. Without, it waits.
    pub async fn touched(&self, is: bool) {
        let set = SetAutomaticPresenceSimulationParams::new(self.id.clone(), is);
        self.page.execute(set).await.unwrap();
    }

    /// Whether it recognizes who touches it.
    pub async fn recognizes(&self, does: bool) {
        let set = SetUserVerifiedParams::new(self.id.clone(), does);
        self.page.execute(set).await.unwrap();
    }

    /// From now on it signs with another key than its own.
    pub async fn forge(&self) {
        self.sign_wrongly(true).await;
    }

    /// From now on it signs with its own key again.
    pub async fn unforge(&self) {
        self.sign_wrongly(false).await;
    }

    async fn sign_wrongly(&self, does: bool) {
        let mut bits = SetResponseOverrideBitsParams::new(self.id.clone());
        bits.is_bogus_signature = Some(does);
        self.page.execute(bits).await.unwrap();
    }

    /// The passkeys on it, with their secrets: what whoever copies it has.
    pub async fn passkeys(&self) -> Vec<Credential> {
        let get = GetCredentialsParams::new(self.id.clone());
        self.page.execute(get).await.unwrap().result.credentials
    }

    /// Waits until the browser has made it forget all of them.
    pub async fn forgets(&self) {
        let begun = Instant::now();
        while !self.passkeys().await.is_empty() {
            assert!(begun.elapsed() < DEADLINE, "it still offers a passkey");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    /// Loses a passkey.
    pub async fn lose(&self, passkey: &Credential) {
        let id = passkey.credential_id.clone();
        let remove = RemoveCredentialParams::new(self.id.clone(), id);
        self.page.execute(remove).await.unwrap();
    }

    /// Takes in one that was copied.
    pub async fn take_in(&self, passkey: Credential) {
        let add = AddCredentialParams::new(self.id.clone(), passkey);
        self.page.execute(add).await.unwrap();
    }
}

type Options = chromiumoxide::cdp::browser_protocol::web_authn::VirtualAuthenticatorOptionsBuilder;

fn options(transport: AuthenticatorTransport) -> Options {
    VirtualAuthenticatorOptions::builder()
        .protocol(AuthenticatorProtocol::Ctap2)
        .transport(transport)
        .has_resident_key(true)
        .has_user_verification(true)
        .is_user_verified(true)
        .automatic_presence_simulation(true)
}
