//! A second realm beside the first, at a host of its own.

use countersign::realm::{Realm, RealmId};
use countersign::{Countersign, Password, Policy, Verdict};
use countersign_http::PublicUrl;

use super::{Client, World};

const HOST: &str = "login.shop.example";

/// The realm `shop` at `https://login.shop.example`.
pub struct Shop {
    pub mfa: Countersign,
    host: &'static str,
}

impl Shop {
    /// Served beside the world's own realm from here on.
    pub fn beside(world: &World) -> Self {
        Self::ruled(world, Policy::default())
    }

    pub fn ruled(world: &World, policy: Policy) -> Self {
        let url = PublicUrl::parse(&format!("https://{HOST}")).unwrap();
        let realm = Realm {
            id: RealmId::parse("shop").unwrap(),
            issuer: "The Shop".to_owned(),
            rp_id: "shop.example".to_owned(),
            origins: vec![url.origin()],
            related_origins: vec!["https://depot.example".to_owned()],
            audience: url.origin(),
        };
        let mfa = world.mfa.in_realm(realm, policy).unwrap();
        world.realms.replace(vec![(mfa.clone(), Some(url))]);
        Self { mfa, host: HOST }
    }

    pub fn client(&self, world: &World) -> Client {
        Client::at(world, self.host)
    }

    pub async fn add_user(&self, name: &str, password: &str) {
        let password = Password::new(password.to_owned());
        let added = self.mfa.operator().add_user(name, password, false).await;
        assert!(matches!(added.unwrap(), Verdict::Accepted(())));
    }
}
