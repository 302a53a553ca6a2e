//! A person who has come to the site: what they know, what they hold, and the ways they go often.

use crate::phone::{Phone, read_picture};
use crate::tab::Tab;
use crate::world::World;

/// Long enough to stand alone.
pub const PASSWORD: &str = "quietly ambling marmots";

/// Somebody with an account and a second step.
pub struct Person {
    /// What they sign in with.
    pub name: &'static str,
    /// What only they know.
    pub password: String,
    /// What they hold.
    pub phone: Phone,
    /// Backup codes not used yet.
    pub codes: Vec<String>,
}

impl Person {
    /// Follows the one-time link, makes the account, adds a phone, and leaves the backup codes for
    /// later. The checker does not look at these pages each time that a story begins so.
    pub async fn settle(world: &World, tab: &Tab) -> Self {
        tab.hurried.set(true);
        Self::arrive(world, tab).await;
        tab.press("Add an authenticator").await;
        tab.fill("Name for it", "Pixel").await;
        tab.press("Show the QR code").await;
        let mut phone = Phone::scan(&read_picture(&tab.picture(Some(".qr")).await));
        tab.fill("Code from the app", &phone.code().await).await;
        tab.press("Confirm").await;
        let codes = tab.texts("#codes li").await;
        assert_eq!(codes.len(), 10);
        tab.press("I have saved them").await;
        tab.hurried.set(false);
        tab.press("Skip for now").await;
        assert_eq!(tab.heading().await, "Your account");
        Self {
            name: "alice",
            password: PASSWORD.to_owned(),
            phone,
            codes,
        }
    }

    /// Follows the one-time link, makes the account, and adds the passkey “Blue” with what device is
    /// there. The backup codes are given back, and nobody has typed one.
    pub async fn settle_with_passkey(world: &World, tab: &Tab) -> Vec<String> {
        tab.hurried.set(true);
        Self::arrive(world, tab).await;
        tab.press("Add a passkey").await;
        tab.fill("Name for it", "Blue").await;
        tab.click("Add a passkey").await;
        tab.reads("Your passkey is ready.").await;
        let codes = tab.texts("#codes li").await;
        assert_eq!(codes.len(), 10);
        tab.press("I have saved them").await;
        tab.hurried.set(false);
        tab.press("Skip for now").await;
        assert_eq!(tab.heading().await, "Your account");
        codes
    }

    /// Follows the one-time link and makes the account.
    pub async fn arrive(world: &World, tab: &Tab) {
        tab.goto(&world.server.setup_link).await;
        tab.fill("Name", "alice").await;
        tab.fill("Password", PASSWORD).await;
        tab.press("Create the account").await;
        assert_eq!(tab.heading().await, "Your account");
    }

    /// The first step, from the sign-in page.
    pub async fn enter_password(&self, tab: &Tab) {
        tab.fill("Name", self.name).await;
        tab.fill("Password", &self.password).await;
        tab.press("Sign in").await;
        assert_eq!(tab.heading().await, "Enter your code");
    }

    /// The second step by a backup code, crossed out with that.
    pub async fn enter_backup_code(&mut self, tab: &Tab) {
        tab.press("Use a backup code instead").await;
        tab.fill("Backup code", &self.codes.pop().unwrap()).await;
        tab.press("Continue").await;
    }

    /// The second step by the phone.
    pub async fn enter_code(&mut self, tab: &Tab) {
        tab.fill("Code from your authenticator", &self.phone.code().await)
            .await;
        tab.press("Continue").await;
    }
}
