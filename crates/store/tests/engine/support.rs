//! A whole engine on a SQLite file, with a clock that is set by hand, and a phone for its user.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use countersign::audit::Actor;
use countersign::otp::{Algorithm, Digits, Period, Secret, Totp};
use countersign::port::Spawn;
use countersign::port::store::Store;
use countersign::realm::{Realm, RealmId};
use countersign::session::{Origin, Token};
use countersign::vault::Keyring;
use countersign::{
    AttestationPolicy, Builder, Client, Countersign, EnrollmentOptions, FirstStep, Hashing,
    Password, Policy, Proof, Session, SignedIn, Verdict,
};
use countersign_store::{Options, SqliteStore};
use countersign_testkit::{TestClock, TestRandom};

pub const PASSWORD: &str = "correct horse battery staple";

pub struct World {
    pub folder: tempfile::TempDir,
    pub clock: Arc<TestClock>,
    pub random: Arc<TestRandom>,
    pub keyring: Keyring,
    pub policy: Policy,
    pub mfa: Countersign,
}

pub struct Runtime;

impl Spawn for Runtime {
    fn spawn(&self, work: Pin<Box<dyn Future<Output = ()> + Send>>) {
        tokio::spawn(work);
    }
}

/// The user's phone.
pub struct Phone {
    pub base32: String,
}

impl Phone {
    pub fn code_at(&self, seconds: u64) -> String {
        let secret = Secret::from_base32(&self.base32).unwrap();
        let totp = Totp::new(&secret, Algorithm::Sha1, Digits::SIX, Period::DEFAULT);
        totp.code_at(seconds).text().to_string()
    }

    /// The first step after `from` whose code is also the next one's.
    pub fn repeating_step(&self, from: u64) -> u64 {
        let secret = Secret::from_base32(&self.base32).unwrap();
        let totp = Totp::new(&secret, Algorithm::Sha1, Digits::SIX, Period::DEFAULT);
        let value = |step| totp.code_at_step(step).text().to_string();
        let mut last = value(from);
        (from..from + 20_000_000)
            .find(|step| {
                let next = value(step + 1);
                let same = next == last;
                last = next;
                same
            })
            .unwrap()
    }

    /// A code of six digits that no step near `seconds` has.
    pub fn wrong_code(&self, seconds: u64) -> String {
        let near: Vec<String> = (0..10)
            .map(|step| self.code_at(seconds - 150 + 30 * step))
            .collect();
        (0..1_000_000)
            .map(|number| format!("{number:06}"))
            .find(|code| !near.contains(code))
            .unwrap()
    }
}

impl World {
    pub fn new() -> Self {
        Self::with_policy(Policy::default())
    }

    pub fn with_policy(policy: Policy) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let (clock, random) = (
            Arc::new(TestClock::default()),
            Arc::new(TestRandom::default()),
        );
        let keyring = Keyring::generate(countersign::clock::Clock::now(&*clock), &*random).unwrap();
        let mfa = build(
            &folder.path().join("store.db"),
            &clock,
            &random,
            &keyring,
            policy,
            AttestationPolicy::default(),
        );
        Self {
            folder,
            clock,
            random,
            keyring,
            policy,
            mfa,
        }
    }

    pub fn path(&self) -> PathBuf {
        self.folder.path().join("store.db")
    }

    /// The same file opened again, as after a restart.
    pub fn reopened(self) -> Self {
        let Self {
            folder,
            clock,
            random,
            keyring,
            policy,
            mfa,
        } = self;
        drop(mfa);
        let mfa = build(
            &folder.path().join("store.db"),
            &clock,
            &random,
            &keyring,
            policy,
            AttestationPolicy::default(),
        );
        Self {
            folder,
            clock,
            random,
            keyring,
            policy,
            mfa,
        }
    }

    /// A second engine on the same file and keyring, as another process would have it.
    pub fn beside(&self) -> Countersign {
        build(
            &self.path(),
            &self.clock,
            &self.random,
            &self.keyring,
            self.policy,
            AttestationPolicy::default(),
        )
    }

    /// The same with authenticators that must attest what they are.
    pub fn beside_attested(&self, attestation: AttestationPolicy) -> Countersign {
        build(
            &self.path(),
            &self.clock,
            &self.random,
            &self.keyring,
            self.policy,
            attestation,
        )
    }

    /// The same for another realm.
    pub fn elsewhere(&self) -> Countersign {
        let realm = Realm {
            id: RealmId::parse("elsewhere").unwrap(),
            issuer: "Elsewhere".to_owned(),
            rp_id: "localhost".to_owned(),
            origins: vec!["http://localhost:8080".to_owned()],
            related_origins: Vec::new(),
            audience: "http://localhost:8080".to_owned(),
        };
        let store = SqliteStore::open(&self.path(), Options::default()).unwrap();
        let builder = builder(store, &self.clock, &self.random, &self.keyring);
        builder.realm(realm).build().unwrap()
    }

    pub fn seconds(&self) -> u64 {
        self.mfa.now().unix_seconds()
    }

    pub fn next_step(&self) {
        self.clock.advance(Duration::from_secs(30));
    }

    pub async fn add_user(&self, name: &str) {
        accepted(
            self.mfa
                .operator()
                .add_user(name, Password::new(PASSWORD.to_owned()), false)
                .await
                .unwrap(),
        );
    }

    pub async fn sign_in(&self, name: &str) -> Session {
        let FirstStep::SignedIn(signed_in) = self.first_step(name, client()).await else {
            panic!("a second step")
        };
        self.session(&signed_in).await
    }

    pub async fn first_step(&self, name: &str, client: Client) -> FirstStep {
        accepted(
            self.mfa
                .login(name, Password::new(PASSWORD.to_owned()), client)
                .await
                .unwrap(),
        )
    }

    pub async fn session(&self, signed_in: &SignedIn) -> Session {
        self.mfa.session(&signed_in.session).await.unwrap().unwrap()
    }

    pub async fn pending(&self, name: &str) -> Token {
        match self.first_step(name, client()).await {
            FirstStep::SecondStep { pending, .. } => pending,
            FirstStep::SignedIn(_) => panic!("no second step"),
        }
    }

    /// A user with a TOTP authenticator: the phone, the backup codes and the session.
    pub async fn enroll(&self, name: &str) -> (Phone, Vec<String>, Session) {
        self.add_user(name).await;
        let session = self.sign_in(name).await;
        self.enroll_with(&session).await
    }

    pub async fn enroll_with(&self, session: &Session) -> (Phone, Vec<String>, Session) {
        let options = EnrollmentOptions::default();
        let begun = accepted(
            self.mfa
                .begin_enrollment(session, options, Origin::default())
                .await
                .unwrap(),
        );
        let phone = Phone {
            base32: begun.secret().to_owned(),
        };
        let code = phone.code_at(self.seconds());
        let confirmed = accepted(
            self.mfa
                .confirm_enrollment(session, &code, client())
                .await
                .unwrap(),
        );
        let codes = confirmed
            .backup_codes
            .map(|codes| codes.reveal().map(str::to_owned).collect())
            .unwrap_or_default();
        let session = self.mfa.session(&confirmed.session).await.unwrap().unwrap();
        (phone, codes, session)
    }

    pub async fn second_step(&self, pending: &Token, code: &str) -> Verdict<SignedIn> {
        self.mfa
            .second_step(pending, Proof::code(code), client())
            .await
            .unwrap()
    }
}

fn build(
    path: &std::path::Path,
    clock: &Arc<TestClock>,
    random: &Arc<TestRandom>,
    keyring: &Keyring,
    policy: Policy,
    attestation: AttestationPolicy,
) -> Countersign {
    let store = SqliteStore::open(path, Options::default()).unwrap();
    let builder = builder(store, clock, random, keyring);
    builder
        .policy(policy)
        .attestation(attestation)
        .build()
        .unwrap()
}

fn builder<'a>(
    store: SqliteStore,
    clock: &Arc<TestClock>,
    random: &Arc<TestRandom>,
    keyring: &'a Keyring,
) -> Builder<'a, impl Store + use<'a>> {
    Countersign::builder(store, keyring)
        .clock(Arc::clone(clock))
        .randomness(Arc::clone(random))
        .spawn(Runtime)
        .hashing(Hashing {
            threads: 2,
            queue: 4096,
            reserved: 0,
        })
}

/// A client at an address of its own.
pub fn client() -> Client {
    client_at(1)
}

pub fn client_at(last: u8) -> Client {
    let address = Some(IpAddr::V4(Ipv4Addr::new(192, 0, 2, last)));
    Client {
        origin: Origin {
            actor: Actor::User,
            address,
            agent: Some("test".to_owned()),
            request_id: None,
        },
        known: None,
    }
}

pub fn accepted<T>(verdict: Verdict<T>) -> T {
    match verdict {
        Verdict::Accepted(content) => content,
        Verdict::Refused(refusal) => panic!("refused: {refusal:?}"),
        Verdict::Throttled { retry_at, .. } => panic!("throttled until {retry_at:?}"),
    }
}

/// `accepted`, the refusal's name, or `throttled`.
pub fn told<T>(verdict: &Verdict<T>) -> String {
    match verdict {
        Verdict::Accepted(_) => "accepted".to_owned(),
        Verdict::Refused(refusal) => format!("{refusal:?}"),
        Verdict::Throttled { .. } => "throttled".to_owned(),
    }
}
