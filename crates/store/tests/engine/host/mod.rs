//! An application with its own users, by an API key, on a real store.

mod admin;
mod enroll;
mod key;
mod keys;
mod once;
mod passkey;
mod verify;

pub use key::Key;

use countersign::api_key::Scopes;
use countersign::audit::AuditRow;
use countersign::id::AuthenticatorId;
use countersign::port::store::EventFilter;
use countersign::session::Origin;
use countersign::user::UserId;
use countersign::{
    Caller, Client, EnrollmentOptions, Host, NewKey, Policy, Proof, Verdict, Verified,
};

use crate::support::{Phone, World, accepted};

const INVALID: &str = "InvalidCode { clock_offset: None }";

/// Kept until the test ends.
fn user(id: &str) -> &'static UserId {
    Box::leak(Box::new(UserId::parse(id).unwrap()))
}

/// A back end that has a key.
struct Shop {
    world: World,
    caller: Caller,
}

impl Shop {
    async fn new() -> Self {
        Self::with_policy(Policy::default()).await
    }

    async fn with_policy(policy: Policy) -> Self {
        let world = World::with_policy(policy);
        let caller = caller(&world, Scopes::ALL).await;
        Self { world, caller }
    }

    fn host(&self) -> Host<'_> {
        self.world.mfa.host_by(&self.caller, Origin::default())
    }

    /// A code of now, of this phone.
    fn code(&self, phone: &Phone) -> String {
        phone.code_at(self.world.seconds())
    }

    async fn begin(&self, id: &str, proof: Option<&str>) -> Verdict<(AuthenticatorId, Phone)> {
        let options = EnrollmentOptions::default();
        let begun = self.host();
        let begun = begun.begin_enrollment(user(id), "alice", options, proof, None);
        begun.await.unwrap().map(|begun| {
            let base32 = begun.secret().to_owned();
            (begun.id(), Phone { base32 })
        })
    }

    /// A user's phone, and the backup codes if it is the first.
    async fn enroll(&self, id: &str, proof: Option<&str>) -> (AuthenticatorId, Phone, Vec<String>) {
        let (authenticator, phone) = accepted(self.begin(id, proof).await);
        let code = self.code(&phone);
        let confirmed = self.host();
        let confirmed = confirmed.confirm_enrollment(user(id), authenticator, &code);
        let confirmed = accepted(confirmed.await.unwrap());
        assert_eq!(confirmed.authenticator, authenticator);
        let codes = confirmed.backup_codes.map(|codes| {
            let codes = codes.reveal().map(str::to_owned);
            codes.collect()
        });
        (authenticator, phone, codes.unwrap_or_default())
    }

    async fn verify(&self, id: &str, proof: Proof) -> Verdict<Verified> {
        let context = Client::default();
        let verified = self.host();
        let verified = verified.verify(user(id), proof, None, context);
        verified.await.unwrap()
    }

    /// The proof of a verification by the code of the next step.
    async fn proof(&self, id: &str, phone: &Phone) -> String {
        self.world.next_step();
        let verified = self.verify(id, Proof::code(self.code(phone))).await;
        accepted(verified).proof.reveal().to_string()
    }

    async fn events(&self) -> Vec<AuditRow> {
        let filter = EventFilter {
            after: None,
            user: None,
            newest: false,
            limit: 1000,
        };
        let rows = self.world.mfa.operator().events(filter).await.unwrap();
        assert!(rows.iter().all(|(_, holds)| *holds));
        rows.into_iter().map(|(row, _)| row).collect()
    }
}

async fn caller(world: &World, scopes: Scopes) -> Caller {
    let new = NewKey {
        name: "shop",
        scopes,
        lifetime: None,
    };
    let (_, key) = accepted(world.mfa.operator().create_api_key(new).await.unwrap());
    let recognized = world.mfa.recognize_key(key.reveal()).await.unwrap();
    recognized.unwrap()
}
