//! The engine on a SQLite file behind the router.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use countersign::otp::{Algorithm, Digits, Period, Secret, Totp};
use countersign::port::Spawn;
use countersign::realm::{Realm, RealmId};
use countersign::vault::Keyring;
use countersign::{AttestationPolicy, Countersign, Hashing, Password, Policy, Verdict};
use countersign_http::{PublicUrl, Realms, Site};
use countersign_store::{Options, SqliteStore};
use countersign_testkit::{TestClock, TestRandom};

use super::Client;

/// Long enough to stand alone, and on no list.
pub const PASSWORD: &str = "correct horse battery staple";

/// Tokio's own.
pub struct Runtime;

impl Spawn for Runtime {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        tokio::spawn(work);
    }
}

/// What may differ from the default.
#[derive(Default)]
pub struct Rules {
    /// What authenticators must attest.
    pub attestation: AttestationPolicy,
    pub policy: Policy,
    pub related_origins: Vec<String>,
}

/// The product.
pub struct World {
    pub clock: Arc<TestClock>,
    pub mfa: Countersign,
    pub realms: Realms,
    pub router: Router,
    pub site: Site,
    keyring: Keyring,
    folder: tempfile::TempDir,
}

impl World {
    /// At `https://login.example.com`, without a limit by address.
    pub fn new() -> Self {
        Self::at("https://login.example.com")
    }

    pub fn at(public_url: &str) -> Self {
        let mut site = Site::new(PublicUrl::parse(public_url).unwrap());
        site.address_limit = 0;
        Self::with(site)
    }

    pub fn with(site: Site) -> Self {
        Self::ruled(site, Rules::default())
    }

    /// With rules that are not the default.
    pub fn ruled(site: Site, mut rules: Rules) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let clock = Arc::new(TestClock::default());
        let random = Arc::new(TestRandom::default());
        let keyring = Keyring::generate(countersign::clock::Clock::now(&*clock), &*random).unwrap();
        let realm = Realm {
            related_origins: std::mem::take(&mut rules.related_origins),
            ..realm(RealmId::default(), &site)
        };
        let mfa = engine(folder.path(), &keyring, realm, &clock, random, rules);
        let realms = Realms::new(mfa.clone(), site.clone());
        let router = realms.router();
        Self {
            clock,
            mfa,
            realms,
            router,
            site,
            keyring,
            folder,
        }
    }

    /// Another realm over the same store, of which this world knows nothing.
    pub fn other_realm(&self) -> Countersign {
        let realm = realm(RealmId::parse("other").unwrap(), &self.site);
        let random = Arc::new(TestRandom::seeded(7));
        engine(
            self.folder.path(),
            &self.keyring,
            realm,
            &self.clock,
            random,
            Rules::default(),
        )
    }

    pub fn client(&self) -> Client {
        Client::new(self)
    }

    pub fn pass(&self, seconds: u64) {
        self.clock.advance(Duration::from_secs(seconds));
    }

    pub fn seconds(&self) -> u64 {
        self.mfa.now().unix_seconds()
    }

    pub async fn add_user(&self, name: &str) {
        let password = Password::new(PASSWORD.to_owned());
        let added = self.mfa.operator().add_user(name, password, false).await;
        assert!(matches!(added.unwrap(), Verdict::Accepted(())));
    }

    /// A user who is signed in with the password.
    pub async fn signed_in(&self, name: &str) -> Client {
        self.add_user(name).await;
        let client = self.client();
        client.login(name).await;
        client
    }

    /// A user with an authenticator, its phone, and the backup codes.
    pub async fn enrolled(&self, name: &str) -> (Client, Phone, Vec<String>) {
        let client = self.signed_in(name).await;
        let (phone, codes) = self.enroll(&client).await;
        (client, phone, codes)
    }

    /// Enrolls one more authenticator.
    pub async fn enroll(&self, client: &Client) -> (Phone, Vec<String>) {
        let setup = client.post("/mfa/setup", "{}").await;
        assert_eq!(setup.status, 201, "{}", setup.text());
        let phone = Phone::new(&setup.json()["secret"]);
        let code = phone.code(self.seconds());
        let confirmed = client.post("/mfa/confirm", code_body(&code)).await;
        assert_eq!(confirmed.status, 200, "{}", confirmed.text());
        let codes = confirmed.json()["backup_codes"].as_array().cloned();
        let codes = codes.unwrap_or_default();
        let codes = codes.iter().map(|code| code.as_str().unwrap().to_owned());
        (phone, codes.collect())
    }

    /// Another browser of the user, past the first step. The clock moves on to an unused code.
    pub async fn pending(&self, name: &str) -> Client {
        self.pass(30);
        let client = self.client();
        let answer = client.login(name).await;
        assert_eq!(answer.json()["requires_mfa"], true);
        client
    }
}

fn realm(id: RealmId, site: &Site) -> Realm {
    let url = &site.public_url;
    Realm {
        id,
        issuer: "Countersign".to_owned(),
        rp_id: url.host().to_owned(),
        origins: vec![url.origin()],
        related_origins: Vec::new(),
        audience: url.origin(),
    }
}

fn engine(
    folder: &Path,
    keyring: &Keyring,
    realm: Realm,
    clock: &Arc<TestClock>,
    random: Arc<TestRandom>,
    rules: Rules,
) -> Countersign {
    let store = SqliteStore::open(&folder.join("store.db"), Options::default()).unwrap();
    Countersign::builder(store, keyring)
        .realm(realm)
        .clock(Arc::clone(clock))
        .randomness(random)
        .spawn(Runtime)
        .attestation(rules.attestation)
        .policy(rules.policy)
        .hashing(Hashing {
            threads: 2,
            queue: 4096,
            reserved: 0,
        })
        .build()
        .unwrap()
}

fn code_body(code: &str) -> String {
    format!(r#"{{"code":"{code}"}}"#)
}

/// The user's phone.
pub struct Phone(Totp);

impl Phone {
    pub fn new(secret: &serde_json::Value) -> Self {
        Self::from_base32(secret.as_str().unwrap())
    }

    pub fn from_base32(secret: &str) -> Self {
        let secret = Secret::from_base32(secret).unwrap();
        Self(Totp::new(
            &secret,
            Algorithm::Sha1,
            Digits::SIX,
            Period::DEFAULT,
        ))
    }

    pub fn code(&self, seconds: u64) -> String {
        self.0.code_at(seconds).text().to_string()
    }

    /// Six digits that no step near `seconds` has.
    pub fn wrong(&self, seconds: u64) -> String {
        let near: Vec<String> = (0..40)
            .map(|step| self.code(seconds - 600 + 30 * step))
            .collect();
        let mut all = (0..).map(|number| format!("{number:06}"));
        all.find(|code| !near.contains(code)).unwrap()
    }
}
